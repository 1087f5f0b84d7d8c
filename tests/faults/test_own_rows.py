"""Rows of the fault matrix that end otherwise than with an error: most of them are TMDB's."""

from __future__ import annotations

import asyncio
import resource
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from gateway.registry import UPSTREAMS
from gateway.sandbox import Fault
from tests.faults.house import DEADLINE_S, FILMS, housed
from tests.faults.page import AGED_S, PAGE, assert_honest
from tests.faults.proxy import ChaosProxy, Weather

MOST_MB = 32
ONE_A_DAY = ["tmdb", *(pytest.param(name, marks=pytest.mark.slow) for name in UPSTREAMS[1:])]


def title_of(tmdb_id: int) -> str:
    """An operation that makes one call to TMDB."""
    return f"{{ movie(by: {{tmdbId: {tmdb_id}}}) {{ title }} }}"


FILM = title_of(603)


@pytest.mark.parametrize("upstream", ONE_A_DAY)
async def test_a_kept_connection_closed_by_the_peer_is_not_noticed(
    valkey_url: str, upstream: str
) -> None:
    """Whether the close is an orderly one, a reset, or comes just as the next call goes out."""
    async with housed(valkey_url) as house:
        healthy = await house.ask(PAGE)
        taken = house.proxies[upstream].connections
        for is_reset in (False, True):
            await house.settle()
            house.clock.ahead_s += 90 * 86400.0
            house.calls()
            closing = house.proxies[upstream].drop(reset=is_reset)
            _, answer = await asyncio.gather(closing, house.ask(PAGE))
            assert answer.data == healthy.data
            assert not answer.errors
            assert house.calls()[upstream] <= 2
        assert house.proxies[upstream].connections > taken


async def test_an_absence_is_null_without_error_and_remembered(valkey_url: str) -> None:
    async with housed(valkey_url) as house:
        house.sandbox.tmdb.faults.set([Fault(kind="status", status=404)])
        for calls in (1, 0, 0):
            answer = await house.ask(FILM)
            assert answer.body == {"data": {"movie": None}}
            assert house.calls()["tmdb"] == calls
            await house.settle()
        house.sandbox.tmdb.faults.clear()
        house.clock.ahead_s += 700.0  # past the minutes that absence is remembered for
        assert (await house.ask(FILM)).data == {"movie": {"title": "The Matrix"}}


async def test_a_part_missing_from_a_200_is_fetched_alone(valkey_url: str) -> None:
    parts = "{ movie(by: {tmdbId: 603}) { title credits { cast { name } } keywords { name } } }"
    async with housed() as other:
        healthy = await other.ask(parts)
    async with housed(valkey_url) as house:
        house.sandbox.tmdb.faults.set([Fault(kind="drop_parts", parts=("credits",), count=1)])
        answer = await house.ask(parts)
        assert answer.data == healthy.data
        assert not answer.errors
        assert [call.path for call in house.sandbox.tmdb.calls] == [
            "/movie/603",
            "/movie/603/credits",
        ]
        await house.settle()
        house.calls()
        assert (await house.ask(parts)).data == healthy.data
        assert house.calls()["tmdb"] == 0


@pytest.mark.slow
async def test_nothing_of_a_failure_is_cached(valkey_url: str) -> None:
    """As soon as the upstream is well again, so are the answers."""
    for kind in ("rate_limited", "server_error", "malformed", "cut_body", "wrong_types"):
        async with housed(valkey_url) as house:
            house.sandbox.tmdb.faults.set([Fault(kind=kind)])
            assert (await house.ask(FILM)).data == {"movie": None}
            await house.settle()
            house.sandbox.tmdb.faults.clear()
            async with housed(valkey_url) as other:  # breaker and gate are of the first process
                other.proxies["tmdb"].target = house.proxies["tmdb"].target
                assert (await other.ask(FILM)).data == {"movie": {"title": "The Matrix"}}


@pytest.mark.slow
async def test_a_closed_gate_spares_the_upstream(valkey_url: str) -> None:
    """429 with Retry-After: nothing is sent, other films included, until it is over."""
    async with housed(valkey_url) as house:
        fault = Fault(kind="rate_limited", retry_after_s=7, count=1)
        house.sandbox.tmdb.faults.set([fault])
        for film in range(600, 610):
            answer = await house.ask(title_of(film))
            assert answer.codes <= {"UPSTREAM_RATE_LIMITED"}
            assert_honest(answer.errors, "tmdb")
        assert house.calls()["tmdb"] == 1


@pytest.mark.slow
async def test_a_spent_quota_stops_youtube_until_midnight(valkey_url: str) -> None:
    """The rest of every page is intact."""
    async with housed(valkey_url) as house:
        house.sandbox.youtube.faults.set([Fault(kind="quota_exceeded", count=1)])
        for film in FILMS.real[:4]:
            answer = await house.ask(PAGE.replace("603", str(film.tmdb_id)))
            assert answer.codes == {"QUOTA_EXHAUSTED"}
            assert_honest(answer.errors, "youtube")
            waits = {error["extensions"]["retryAfterMs"] for error in answer.errors}
            assert all(1000 < wait_ms <= 25 * 3600 * 1000 for wait_ms in waits)
            assert answer.data["movie"]["ratings"]
        assert house.calls()["youtube"] == 1


@pytest.mark.slow
async def test_an_open_breaker_spares_the_upstream(valkey_url: str) -> None:
    async with housed(valkey_url) as house:
        house.sandbox.tmdb.faults.set([Fault(kind="server_error")])
        codes: set[str] = set()
        for film in range(600, 640):
            answer = await house.ask(title_of(film))
            codes |= answer.codes
            assert_honest(answer.errors, "tmdb")
        assert codes == {"UPSTREAM_UNAVAILABLE", "CIRCUIT_OPEN"}
        assert house.calls()["tmdb"] <= 10
        health = house.gateway.runtime.upstreams["tmdb"].http
        assert health is not None
        assert (health.status().in_flight, health.status().queued) == (0, 0)


async def test_a_hot_key_that_expires_is_refreshed_once(valkey_url: str) -> None:
    """A thousand readers in the second in which it goes stale."""
    async with housed(valkey_url, {"GATEWAY_DEADLINE_S": "10"}) as house:
        await house.ask(FILM)
        await house.settle()
        house.clock.ahead_s += AGED_S["tmdb"]
        house.sandbox.tmdb.faults.set([Fault(kind="latency", latency_s=0.3)])
        house.calls()
        for _ in range(10):
            answers = await asyncio.gather(*(house.ask(FILM) for _ in range(20)))
            assert all(a.data == {"movie": {"title": "The Matrix"}} for a in answers)
        await house.settle()
        assert house.calls()["tmdb"] == 1


@pytest.mark.slow
async def test_a_bomb_costs_little_memory(valkey_url: str) -> None:
    async with housed(valkey_url, {"GATEWAY_DEADLINE_S": "10"}) as house:
        await house.ask(PAGE)
        house.sandbox.tmdb.faults.set([Fault(kind="gzip_bomb", bomb_mib=128)])
        before_kb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        answers = [await house.ask(title_of(film)) for film in (604, 605)]
        grown_mb = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before_kb) / 1024
        print(f"a bomb of 128 MiB: memory +{grown_mb:.1f} MB")  # noqa: T201
        assert {code for a in answers for code in a.codes} == {"UPSTREAM_BAD_RESPONSE"}
        assert grown_mb <= MOST_MB


@asynccontextmanager
async def endless(proxy: ChaosProxy) -> AsyncIterator[list[int]]:
    """Put a server behind a proxy whose answers never end; gives what it could send of each."""
    sent: list[int] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        sent.append(0)
        try:
            await reader.readuntil(b"\r\n\r\n")
            writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\r\n")
            while sent[-1] < 2**30:
                writer.write(b" " * 65_536)
                await writer.drain()
                sent[-1] += 65_536
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.transport.abort()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    target, proxy.target = proxy.target, ("127.0.0.1", server.sockets[0].getsockname()[1])
    try:
        yield sent
    finally:
        proxy.target = target
        server.close()


@pytest.mark.parametrize("upstream", ONE_A_DAY)
async def test_a_body_of_a_gigabyte_is_given_up_early(valkey_url: str, upstream: str) -> None:
    async with housed(valkey_url) as house:
        await house.proxies[upstream].drop()
        before_kb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        async with endless(house.proxies[upstream]) as sent:
            answer = await house.ask(PAGE)
        grown_mb = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before_kb) / 1024
        print(f"1 GB from {upstream}: memory +{grown_mb:.1f} MB, sent {sent}")  # noqa: T201
        assert_honest(answer.errors, upstream)
        assert answer.codes <= {"UPSTREAM_BAD_RESPONSE", "DEADLINE_EXCEEDED", "UPSTREAM_TIMEOUT"}
        assert answer.codes
        assert grown_mb <= MOST_MB
        assert all(each <= 24 * 2**20 for each in sent)


@pytest.mark.slow
async def test_a_name_that_does_not_resolve(valkey_url: str) -> None:
    for name in UPSTREAMS:
        variable = f"{name.upper()}_BASE_URL"
        async with housed(valkey_url, {variable: "http://nowhere.invalid"}) as house:
            answer = await house.ask(PAGE)
            assert_honest(answer.errors, name)
            assert answer.codes <= {"UPSTREAM_UNAVAILABLE", "DEADLINE_EXCEEDED", "UPSTREAM_TIMEOUT"}
            assert answer.codes
            assert answer.took_s <= DEADLINE_S + 0.1


@pytest.mark.slow
async def test_two_upstreams_down_at_once_leave_the_others(valkey_url: str) -> None:
    async with housed(valkey_url) as house:
        await house.proxies["youtube"].set(Weather(refuse=True))
        house.sandbox.seerr.faults.set([Fault(kind="server_error")])
        answer = await house.ask(PAGE)
        assert answer.data["movie"]["title"] == "The Matrix"
        assert len(answer.data["movie"]["ratings"]) > 1
        assert {e["extensions"]["upstream"] for e in answer.errors} == {"youtube", "seerr"}
        assert_honest(answer.errors)
