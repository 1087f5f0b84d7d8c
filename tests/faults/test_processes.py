"""Four gateway processes on one Valkey: one call among all, and a filler that is killed."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

import pytest

from gateway.registry import UPSTREAMS
from gateway.sandbox import Fault, Sandbox
from tests.faults.house import FILMS, environ_of, serving
from tests.faults.replicas import Replica, ask, ask_all, crowd, replicas

READERS: Final = 1000
RUNS: Final = 20
SERVED_S: Final = 3.0
FILM: Final = "{ movie(by: {tmdbId: %d}) { tmdbId title credits { cast { name } } } }"
IDS: Final = sorted(FILMS.real, key=lambda film: film.tmdb_id)

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


@asynccontextmanager
async def fleet(url: str) -> AsyncIterator[tuple[Sandbox, list[Replica]]]:
    """Four replicas over one sandbox, asked for nothing yet."""
    sandbox = Sandbox(FILMS)
    async with serving(sandbox.app()) as port:
        environ = environ_of(dict.fromkeys(UPSTREAMS, port))
        environ |= {"GATEWAY_REDIS_URL": url, "GATEWAY_DEADLINE_S": "30"}
        environ["GATEWAY_MAX_OPERATIONS"] = str(READERS)  # nobody is sent away
        async with replicas(4, environ) as running:
            sandbox.tmdb.log.clear()
            yield sandbox, running


async def test_a_thousand_cold_readers_cost_one_call(valkey_url: str) -> None:
    calls, times = [], []
    async with fleet(valkey_url) as (sandbox, running), crowd() as http:
        for film in IDS[:RUNS]:
            start_s = time.perf_counter()
            answers = await ask_all(http, running, FILM % film.tmdb_id, READERS)
            times.append(time.perf_counter() - start_s)
            assert all(each == answers[0] for each in answers)
            assert answers[0]["data"]["movie"]["tmdbId"] == film.tmdb_id
            calls.append(len(sandbox.tmdb.calls))
            sandbox.tmdb.log.clear()
    print(  # noqa: T201 - the figures are the point
        f"\nTMDB calls of {RUNS} runs, {READERS} readers in 4 processes: {calls}; "
        f"{min(times):.2f} to {max(times):.2f} s"
    )
    assert calls == [1] * RUNS


async def test_a_killed_filler_is_replaced(valkey_url: str) -> None:
    async with fleet(valkey_url) as (sandbox, (first, *others)), crowd() as http:
        for each in others:  # so that what is measured is not their first operation
            await ask(http, each, FILM % IDS[1].tmdb_id)
        sandbox.tmdb.log.clear()
        sandbox.tmdb.faults.set([Fault(kind="latency", latency_s=30, count=1)])
        doomed = asyncio.ensure_future(ask(http, first, FILM % IDS[0].tmdb_id))
        while not sandbox.tmdb.calls:  # noqa: ASYNC110 - it arrives from outside
            await asyncio.sleep(0.01)
        waiting = asyncio.ensure_future(ask_all(http, others, FILM % IDS[0].tmdb_id, READERS))
        await asyncio.sleep(1.0)
        assert len(sandbox.tmdb.calls) == 1
        first.process.kill()
        killed_s = time.perf_counter()
        answers = await waiting
        took_s = time.perf_counter() - killed_s
        await asyncio.gather(doomed, return_exceptions=True)
        calls = len(sandbox.tmdb.calls)
    print(  # noqa: T201 - the figure is the point
        f"\nfiller killed: {READERS} readers served {took_s:.2f} s later, {calls} calls"
    )
    assert all("errors" not in each for each in answers)
    assert answers[0]["data"]["movie"]["tmdbId"] == IDS[0].tmdb_id
    assert took_s <= SERVED_S
    assert calls == 2
