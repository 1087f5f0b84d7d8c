"""Goodput of a real server at a multiple of its capacity; strangers ask, nobody waits for anybody.

Ratios to the capacity that the same server showed a moment before. The load comes from the other
core; operations are warm pages, so that it is the gateway's CPU that runs out.
"""

from __future__ import annotations

import asyncio
import random
import time
from dataclasses import dataclass, field
from statistics import quantiles
from typing import Final

import aiohttp
import pytest

from tests.faults.replicas import Replica, crowd, replicas

DEADLINE_S: Final = 5.0
RUN_S: Final = 12.0
TIMES: Final = (2.0, 4.0)
PAGE: Final = """{ charts(chart: POPULAR, first: 20) { nodes {
  tmdbId title releaseDate runtimeMinutes poster { url } credits { cast { name character } }
  trailers(first: 5) { nodes { name key viewCount durationSeconds } } availability
  requests(first: 1) { nodes { status } } } } }"""
SMALL: Final = "{ movie(by: {tmdbId: 603}) { title runtimeMinutes } }"
SETTINGS: Final = {"GATEWAY_REDIS_URL": "off", "TMDB_CHANGES_INTERVAL_S": "0"}


@dataclass
class Seen:
    """What the crowd got."""

    good_s: list[float] = field(default_factory=list)
    shed_s: list[float] = field(default_factory=list)
    late: int = 0
    failed: int = 0


async def one(http: aiohttp.ClientSession, replica: Replica, query: str, seen: Seen) -> None:
    start_s = time.perf_counter()
    try:
        async with http.post(f"{replica.url}/graphql", json={"query": query}) as answer:
            await answer.read()
    except (aiohttp.ClientError, TimeoutError):
        seen.failed += 1
        return
    took_s = time.perf_counter() - start_s
    if answer.status == 503:
        seen.shed_s.append(took_s)
    elif answer.status == 200 and took_s <= DEADLINE_S:
        seen.good_s.append(took_s)
    else:
        seen.late += 1


async def capacity_per_s(http: aiohttp.ClientSession, replica: Replica, query: str) -> float:
    """With as many readers as keep the server busy, and no more."""
    seen, end_s = Seen(), time.perf_counter() + 5

    async def reader() -> None:
        while time.perf_counter() < end_s:
            await one(http, replica, query, seen)

    await asyncio.gather(*(reader() for _ in range(8)))
    return len(seen.good_s) / 5


async def flood(
    http: aiohttp.ClientSession, replica: Replica, query: str, per_s: float
) -> tuple[Seen, float]:
    """Strangers at a rate; and how many a second really came."""
    seen, tasks = Seen(), list[asyncio.Task[None]]()
    start_s = at_s = time.perf_counter()
    while at_s < start_s + RUN_S:
        at_s += random.expovariate(per_s)
        await asyncio.sleep(max(0.0, at_s - time.perf_counter()))
        tasks.append(asyncio.create_task(one(http, replica, query, seen)))
    came_per_s = len(tasks) / (time.perf_counter() - start_s)
    await asyncio.gather(*tasks)
    return seen, came_per_s


def told(seen: Seen, times: float, capacity: float, came_per_s: float) -> str:
    def spread(values: list[float]) -> str:
        cuts = quantiles([*values, 0.0, 0.0], n=100)
        return f"p50 {cuts[49] * 1000:.1f} p95 {cuts[94] * 1000:.1f} p99 {cuts[98] * 1000:.1f} ms"

    return (
        f"{times:.0f}x ({came_per_s:.0f}/s came): goodput {len(seen.good_s) / RUN_S / capacity:.2f}"
        f" of {capacity:.0f}/s; good {spread(seen.good_s)}; shed {len(seen.shed_s)},"
        f" {spread(seen.shed_s)}; late {seen.late}, failed {seen.failed}"
    )


@pytest.mark.bench
@pytest.mark.timeout(300)
@pytest.mark.parametrize("query", [PAGE, SMALL], ids=["page", "small"])
async def test_goodput_under_overload(query: str) -> None:
    """The goal is 0.9 at four times the capacity; of small operations this crowd is no measure.

    They cost hardly more than their refusal, and this client hardly sends as many.
    """
    async with replicas(1, SETTINGS) as (replica,), crowd() as http:
        await one(http, replica, query, Seen())
        capacity = await capacity_per_s(http, replica, query)
        print()  # noqa: T201
        for times in TIMES:
            seen, came_per_s = await flood(http, replica, query, times * capacity)
            print(told(seen, times, capacity, came_per_s))  # noqa: T201
