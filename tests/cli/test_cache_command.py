"""``gateway cache`` on a real Valkey, as a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest
from click.testing import CliRunner, Result

from gateway.cache.readthrough import Cached, ReadThrough, Source
from gateway.cache.survey import kind_of
from gateway.cli import main
from tests.cache.stage import Clock, Upstream, cache_on, film_slot
from tests.valkey import free_port, valkey_server, valkey_url

__all__ = ["valkey_server", "valkey_url"]


def run(*arguments: str, url: str | None) -> Result:
    environ = {name: None for name in os.environ if name.startswith("GATEWAY_")}
    return CliRunner().invoke(
        main, ["cache", *arguments], env={**environ, "GATEWAY_REDIS_URL": url}
    )


async def source(cache: ReadThrough, tmdb_id: int, upstream: Upstream) -> Source:
    [found] = await cache.get_many([film_slot(tmdb_id)], upstream)
    assert isinstance(found, Cached)
    return found.source


async def test_a_purge_is_seen_by_replicas_within_a_second(valkey_url: str) -> None:
    clock, upstream = Clock(), Upstream()
    replicas = [cache_on(valkey_url, clock) for _ in range(2)]
    for replica in replicas:
        for tmdb_id in (603, 550):
            await source(replica, tmdb_id, upstream)
            assert await source(replica, tmdb_id, upstream) is Source.MEMORY
    ran = subprocess.run(  # noqa: ASYNC221 - our own command, as an operator runs it
        [sys.executable, "-m", "gateway.cli", "cache", "purge", "movie:603", "movie:9"],
        env={"PATH": os.environ["PATH"], "GATEWAY_REDIS_URL": valkey_url},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert ran.stdout == "movie:603: purged\nmovie:9: nothing was cached under it\n"
    clock.now_s += 1.0
    assert await source(replicas[0], 603, upstream) is Source.UPSTREAM
    assert await source(replicas[1], 603, upstream) is Source.REDIS
    assert await source(replicas[1], 550, upstream) is not Source.UPSTREAM
    for replica in replicas:
        await replica.aclose()


async def test_a_thousand_tags_are_few_round_trips(valkey_url: str) -> None:
    tags = [f"movie:{tmdb_id}" for tmdb_id in range(1000)]
    result = run_in_thread(*tags, url=valkey_url)
    assert result.exit_code == 0
    assert len(result.output.splitlines()) == 1000


def run_in_thread(*tags: str, url: str) -> Result:
    """The command runs a loop of its own, which this test's loop does not allow in its thread."""
    from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415 - for this one test

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(run, "purge", *tags, url=url).result()


@pytest.mark.parametrize("machine", [False, True])
async def test_stats_count_by_kind(valkey_url: str, *, machine: bool) -> None:
    cache, upstream = cache_on(valkey_url, Clock()), Upstream()
    for tmdb_id in range(3):
        await source(cache, tmdb_id, upstream)
    await cache.aclose()
    ran = subprocess.run(  # noqa: S603, ASYNC221 - as above
        [sys.executable, "-m", "gateway.cli", "cache", "stats", *(["--json"] if machine else [])],
        env={"PATH": os.environ["PATH"], "GATEWAY_REDIS_URL": valkey_url},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    if machine:
        found = json.loads(ran.stdout)
        assert found["entries"] == {"tmdb.movie": 3}
        assert found["others"] == {"tags": 4}  # one of them is everybody's
        assert found["server"]["used_memory"] > 100_000
    else:
        words = [line.split() for line in ran.stdout.splitlines()]
        assert ["tmdb.movie", "3"] in words
        assert ["tags", "4"] in words


@pytest.mark.parametrize(("url", "state"), [(None, "not set"), ("off", "off")])
@pytest.mark.parametrize("command", [["purge", "movie:603"], ["stats"]])
def test_a_cache_of_one_process_is_told_with_its_setting(
    command: list[str], url: str | None, state: str
) -> None:
    result = run(*command, url=url)
    assert result.exit_code == 1
    assert result.output.startswith(f"Error: GATEWAY_REDIS_URL: {state}, so each gateway has")
    assert "gateway cache --help" in result.output


@pytest.mark.parametrize("command", [["purge", "movie:603"], ["stats"]])
def test_a_redis_that_is_away_is_told_without_its_password(command: list[str]) -> None:
    result = run(*command, url=f"redis://user:hunter2@127.0.0.1:{free_port()}/0")
    assert result.exit_code == 1
    assert "GATEWAY_REDIS_URL: redis://***@127.0.0.1" in result.output
    assert result.output.endswith("does not answer, or not to this user\n")
    assert "hunter2" not in result.output


@pytest.mark.parametrize("tag", ["Movie:603", "movie 603", "*", "movie:" + "6" * 200])
def test_what_is_no_tag_is_refused(tag: str) -> None:
    result = run("purge", tag, url="redis://127.0.0.1:1")
    assert result.exit_code == 1
    assert "not a tag, such as movie:603 or requests" in result.output


def test_help_teaches_the_tags_and_the_way_to_a_running_gateway() -> None:
    texts = " ".join(run(*words, "--help", url=None).output for words in ([], ["purge"], ["stats"]))
    for word in (
        "movie:<tmdb id>",
        "requests ",
        "GATEWAY_REDIS_URL",
        "GATEWAY_ADMIN_TOKEN",
        "/admin/cache/purge",
        "gateway cache stats --json",
    ):
        assert word in texts


@pytest.mark.parametrize(
    ("key", "kind"),
    [
        (film_slot(603).key, ("tmdb.movie", True)),
        (f"{{{film_slot(603).key}}}:lease", ("leases", False)),
        ("mq:tag:movie:603", ("tags", False)),
        ("mq:quota:tmdb:calls:1", ("quotas", False)),
        ("mq:lead:tmdb:1", ("leaders", False)),
        ("mq:note:tmdb:1", ("notes", False)),
        ("somebody:mq:else", None),
        ("mq", None),
    ],
)
def test_keys_are_told_apart(key: str, kind: tuple[str, bool] | None) -> None:
    assert kind_of(key) == kind
