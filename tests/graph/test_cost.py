"""`extensions.cost` tells what an operation can cost, what it has cost, and in whose calls."""

from __future__ import annotations

from typing import Any

import pytest

from gateway.sandbox import Fault
from tests.graph.stage import Stage, staged

CHART = """{ charts(chart: POPULAR, first: 6) { nodes {
  title runtimeMinutes bestTrailer { viewCount } availability requests { totalCount } } } }"""
UNITS = {"tmdb": "tmdbCalls", "youtube": "youtubeUnits", "seerr": "seerrCalls", "omdb": "omdbCalls"}
OPERATIONS = {
    "one film": "{ movie(by: {tmdbId: 603}) { title imdbId credits { cast { name } } } }",
    "a chart": CHART,
    "further pages": """{ movie(by: {tmdbId: 603}) {
      recommendations(first: 60) { nodes { title } } similar(first: 3) { totalCount } } }""",
    "ratings": "{ charts(chart: TOP_RATED, first: 3) { nodes { ratings { value } } } }",
    "requests": "{ requests(first: 4) { nodes { status movie { title genres { name } } } } }",
    "by ids": "{ movies(by: [{tmdbId: 603}, {tmdbId: 604}, {tmdbId: -1}]) { title } }",
    "nothing": "{ upstreams { name } __typename }",
    "the schema": "{ __schema { types { name } } }",
}


async def costs(stage: Stage, query: str, wish: str = "include") -> dict[str, Any]:
    body = await stage.ask(query, X_Cost=wish)
    assert "errors" not in body
    found: dict[str, Any] = body["extensions"]["cost"]
    return found


@pytest.mark.parametrize("query", OPERATIONS.values(), ids=OPERATIONS)
async def test_upstream_units_are_the_calls_that_arrive(stage: Stage, query: str) -> None:
    preview = await costs(stage, query, "preview")
    assert sum(stage.calls().values()) == 0
    cold = await costs(stage, query)
    assert cold["upstreams"] == {UNITS[name]: count for name, count in stage.calls().items()}
    assert cold["requested"] == preview["requested"] >= cold["actual"] >= 0
    for unit, count in cold["upstreams"].items():
        assert count <= preview["upstreams"][unit]
    warm = await costs(stage, query)
    assert warm["upstreams"] == dict.fromkeys(UNITS.values(), 0)
    assert {**warm, "upstreams": None} == {**cold, "upstreams": None}


async def test_a_chart_costs_what_it_says(stage: Stage) -> None:
    preview = await costs(stage, CHART, "preview")
    per_film = 1 + 1 + (3 + 1) + 1 + 2
    assert preview["requested"] == 3 + 6 * per_film
    assert preview["upstreams"] == {
        "tmdbCalls": 1 + 6,
        "youtubeUnits": 1,
        "seerrCalls": 2,
        "omdbCalls": 0,
    }
    assert preview["limit"] == 20_000
    assert "actual" not in preview


async def test_a_preview_executes_nothing_and_is_no_error(stage: Stage) -> None:
    body = await stage.ask("{ movie(by: {tmdbId: 603}) { title } }", X_Cost="Preview ")
    assert body["data"] is None
    assert "errors" not in body
    assert sum(stage.calls().values()) == 0


async def test_a_preview_tells_what_would_be_refused() -> None:
    async with staged({"GATEWAY_MAX_COST": "10"}) as stage:
        assert (await costs(stage, CHART, "preview"))["requested"] > 10
        body = await stage.ask(CHART)
        assert body["errors"][0]["extensions"] == {"code": "QUERY_TOO_EXPENSIVE", "limit": 10}
        assert "`charts.nodes" in body["errors"][0]["message"]
        assert sum(stage.calls().values()) == 0


async def test_who_does_not_ask_is_not_told(stage: Stage) -> None:
    for headers in ({}, {"X_Cost": "please"}):
        body = await stage.ask("{ genres { name } }", **headers)
        assert "extensions" not in body


async def test_costs_stand_beside_freshness(stage: Stage) -> None:
    body = await stage.ask("{ genres { name } }", X_Cost="include", X_Freshness="all")
    assert set(body["extensions"]) == {"cost", "freshness"}


async def test_what_failed_is_counted_as_it_was_sent(stage: Stage) -> None:
    stage.upstream("tmdb").faults.set([Fault(kind="server_error")])
    body = await stage.ask("{ movie(by: {tmdbId: 603}) { title } }", X_Cost="include")
    assert body["errors"]
    told = body["extensions"]["cost"]
    assert told["upstreams"]["tmdbCalls"] == stage.calls()["tmdb"] > 1
