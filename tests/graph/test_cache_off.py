"""GATEWAY_CACHE=off: every operation asks anew, but what it shares with others in flight once."""

from __future__ import annotations

import asyncio

from tests.graph.stage import staged

PAGE = """{ movie(by: {tmdbId: 603}) {
  title credits { cast { name } } requests(first: 1) { nodes { status } } } }"""


async def test_each_operation_asks_the_upstreams_anew() -> None:
    async with staged({"GATEWAY_CACHE": "off"}) as stage:
        first = await stage.data(PAGE)
        calls = stage.calls()
        assert (calls["tmdb"], calls["seerr"]) == (1, 1)
        assert await stage.data(PAGE) == first
        again = stage.calls()
        assert (again["tmdb"], again["seerr"]) == (1, 0)  # Seerr's lists are kept as wholes


async def test_what_is_in_flight_is_shared() -> None:
    async with staged({"GATEWAY_CACHE": "off"}) as stage:
        found = await asyncio.gather(*(stage.data(PAGE) for _ in range(5)))
        assert all(each == found[0] for each in found)
        assert stage.calls()["tmdb"] == 1
        assert stage.gateway.cache.stats()["hit_redis"] == 0
