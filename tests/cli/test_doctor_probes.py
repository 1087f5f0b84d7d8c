"""The doctor's questions, put to a real Valkey and a real clock header."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from gateway.cli.embedded import embedded_valkey
from gateway.cli.findings import Finding, setting_lines
from gateway.cli.probe_book import probe_book
from gateway.cli.probes import WatchingPort, judge_clock, probe_cache, probe_upstream
from gateway.registry import load_subgraphs
from gateway.sandbox import SandboxTmdb
from gateway.settings import GatewaySettings, resolve_upstreams
from gateway.transport.httpx_port import HttpxPort
from gateway.upstreams.book.schema import walk
from gateway.upstreams.book.settings import FILE, location

NOON = "Mon, 23 Nov 2026 12:00:00 GMT"


@pytest.mark.parametrize(
    ("ours", "good", "text"),
    [
        ("12:00:01", True, "1 s ahead of tmdb"),
        ("11:59:50", True, "10 s behind tmdb"),
        ("12:02:00", False, "120 s ahead of tmdb"),
        ("11:00:00", False, "3600 s behind tmdb"),
    ],
)
def test_the_clock_is_held_against_the_upstreams(ours: str, text: str, *, good: bool) -> None:
    now = datetime.fromisoformat(f"2026-11-23T{ours}").replace(tzinfo=UTC)
    assert judge_clock("tmdb", NOON, lambda: now) == Finding("clock", good, text)


@pytest.mark.parametrize("date", [None, "", "yesterday"])
def test_a_date_that_cannot_be_read_proves_nothing(date: str | None) -> None:
    assert judge_clock("tmdb", date) is None


async def test_a_cache_that_answers_tells_its_version() -> None:
    with embedded_valkey() as url:
        finding = await probe_cache(url)
    assert finding.good is True
    assert "Valkey 9." in finding.text
    assert finding.text.endswith(" ms")


async def test_a_cache_that_is_gone_is_wrong_and_names_the_variable() -> None:
    finding = await probe_cache("redis://:hunter2@127.0.0.1:1/0")
    assert finding.good is False
    assert "GATEWAY_REDIS_URL" in finding.text
    assert "hunter2" not in finding.text


@pytest.mark.parametrize("url", [None, "off"])
async def test_no_cache_is_not_wrong(url: str | None) -> None:
    assert (await probe_cache(url)).good is None


KEYS = {"TMDB_TOKEN": "sandbox", "YOUTUBE_API_KEY": "sandbox"}


async def probe(environ: dict[str, str], transport: httpx.AsyncBaseTransport) -> list[Finding]:
    subgraphs = [each for each in load_subgraphs() if each.name in {"tmdb", "youtube"}]
    settings = resolve_upstreams({each.name: each.settings for each in subgraphs}, environ)
    port = WatchingPort(HttpxPort(transport))
    found = [await probe_upstream(each, settings[each.name], port) for each in subgraphs]
    await port.aclose()
    return found


def sandbox(path: str) -> dict[str, str]:
    return {**KEYS, f"{path.upper()}_BASE_URL": "http://sandbox"}


async def test_an_upstream_that_takes_the_key_is_good() -> None:
    transport = httpx.ASGITransport(app=SandboxTmdb().app())
    tmdb, _ = await probe({**sandbox("tmdb"), "YOUTUBE_BASE_URL": "off"}, transport)
    assert tmdb.good is True
    assert "key valid" in tmdb.text


async def test_a_refused_key_names_its_variable() -> None:
    environ = {"TMDB_TOKEN": "invalid", "TMDB_BASE_URL": "http://sandbox"}
    tmdb, youtube = await probe(environ, httpx.ASGITransport(app=SandboxTmdb().app()))
    assert tmdb.good is False
    assert tmdb.text == "http://sandbox: reached, but the key is refused: check TMDB_TOKEN"
    assert youtube == Finding("youtube", None, "off: its fields are null")


async def test_an_upstream_that_is_not_there_names_its_address() -> None:
    def refuse(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused", request=request)

    tmdb, _ = await probe(sandbox("tmdb"), httpx.MockTransport(refuse))
    assert tmdb.good is False
    assert tmdb.text.endswith("check TMDB_BASE_URL")


def test_each_setting_has_a_line_with_its_source() -> None:
    environ = {"GATEWAY_REDIS_URL": "redis://:hunter2@cache", "GATEWAY_GRAPHIQL": "no"}
    settings = GatewaySettings.from_environ(environ)
    lines = {line.split()[0]: line.split()[1:3] for line in setting_lines(settings, environ)}
    assert lines["GATEWAY_REDIS_URL"] == ["environment", "redis://***@cache"]
    assert lines["GATEWAY_GRAPHIQL"] == ["environment", "false"]
    assert lines["GATEWAY_LANGUAGE"] == ["default", "en-US"]
    assert lines["GATEWAY_CORS_ORIGINS"] == ["default", "-"]
    assert len(lines) == len(list(GatewaySettings.variables()))


def test_a_long_value_does_not_run_into_the_next_column() -> None:
    origins = ",".join(f"https://movies-{number}.example" for number in range(9))
    environ = {"GATEWAY_CORS_ORIGINS": origins}
    settings = GatewaySettings.from_environ(environ)
    (line,) = [line for line in setting_lines(settings, environ) if "CORS_ORIGINS" in line]
    assert line.split()[2].startswith("https://movies-0.example,https://movies-")
    assert line.split()[2].endswith("…")
    assert line.split()[3:6] == ["Web", "origins", "that"]


def test_columns_are_wide_enough_for_names_and_defaults() -> None:
    for subgraph in load_subgraphs():
        for each in subgraph.settings.variables():
            settings = subgraph.settings.from_environ({each.name: each.default})
            (line,) = [line for line in setting_lines(settings, {}) if f" {each.name} " in line]
            assert "…" not in line
            assert line.endswith(f" {each.description}")


async def test_the_database_is_looked_at_and_not_made(tmp_path: Path) -> None:
    settings = GatewaySettings(data_dir=tmp_path / "none")
    found = await probe_book(settings)
    assert (found.good, "not there yet" in found.text) == (True, True)
    assert not settings.data_dir.exists()
    await walk(location(settings))
    assert "revision" in (await probe_book(settings)).text
    with sqlite3.connect(settings.data_dir / FILE) as held:
        held.execute("UPDATE alembic_version SET version_num = '9999'")
    held.close()
    newer = await probe_book(settings)
    assert (newer.good, "newer release" in newer.text) == (False, True)


async def test_a_server_that_is_gone_names_its_variable_and_no_password() -> None:
    settings = GatewaySettings.from_environ(
        {"GATEWAY_DATABASE_URL": "postgresql://marquee:canary@127.0.0.1:1/marquee"}
    )
    found = await probe_book(settings)
    assert found.good is False
    assert "GATEWAY_DATABASE_URL" in found.text
    assert "canary" not in found.text
