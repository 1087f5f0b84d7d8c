"""How often a page waits for the network: counted, not timed."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any

import pytest

from gateway.registry import UPSTREAMS
from gateway.sandbox import Fault, Sandbox
from tests.graph.stage import Stage, staged
from tests.graph.test_call_counts import CHART_PAGE, FILM_PAGE, REQUEST_PAGE

TURNS = 400  # of the loop without a new call, after which nothing but the network is waited for
LATENCY_S = 0.05
CHART = "{ charts(chart: POPULAR, first: 20) { nodes { title poster { url } } } }"


class Trips:
    """Upstreams that answer all at once, when nobody has anything left to ask.

    Attributes:
        sizes: How many calls shared each round trip.
    """

    def __init__(self) -> None:
        self.sizes: list[int] = []
        self._waiting: list[asyncio.Future[None]] = []

    async def sleep(self, _: float) -> None:
        """Be on the way."""
        answered: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(answered)
        await answered

    async def count(self, operation: Coroutine[Any, Any, Any]) -> Any:  # noqa: ANN401 - JSON
        """Run it, and let the upstreams answer."""
        task = asyncio.create_task(operation)
        seen, still = 0, 0
        while not task.done():
            await asyncio.sleep(0)
            seen, still = len(self._waiting), still + 1 if len(self._waiting) == seen else 0
            if seen and still > TURNS:
                self._answer()
        return await task

    def _answer(self) -> None:
        waiting, self._waiting = self._waiting, []
        self.sizes.append(len(waiting))
        for each in waiting:
            each.set_result(None)


async def page(stage: Stage, trips: Trips, query: str) -> Any:  # noqa: ANN401 - JSON
    """One page over a network that takes its time."""
    for name in UPSTREAMS:
        late = Fault(kind="latency", latency_s=LATENCY_S)
        stage.upstream(name).faults.set([late])
    return await trips.count(stage.data(query))


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        (CHART, 1),
        (CHART_PAGE, 3),  # the chart, its films, their videos
        (REQUEST_PAGE, 3),  # requests, films, videos
        (FILM_PAGE, 3),
    ],
    ids=["chart", "n+1", "requests", "film"],
)
async def test_a_cold_page_waits_no_longer_than_its_data_depend(query: str, expected: int) -> None:
    trips = Trips()
    async with staged(sandbox=Sandbox(sleep=trips.sleep)) as stage:
        assert await page(stage, trips, query)
        assert sum(stage.calls().values()) == sum(trips.sizes)
    assert len(trips.sizes) == expected, trips.sizes
