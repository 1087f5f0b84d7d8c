"""Whole answers in the whole gateway: what an operation says of itself, and what it costs twice."""

from __future__ import annotations

import asyncio
import time
from urllib.parse import quote

import httpx
import pytest

from gateway.sandbox import Fault
from tests.graph.stage import Stage, staged

TOKEN = "correct-horse-battery"  # noqa: S105 - a test's own
ADMIN = {"authorization": f"Bearer {TOKEN}"}
FILM = "{ movie(by: {tmdbId: 603}) { title credits { cast { name } } } }"
PAGE = """{ charts(chart: POPULAR, first: 3) { nodes { title
  trailers(first: 1) { nodes { name viewCount } } requests { nodes { status } } } } }"""
LIVE = "{ upstreams { name } movie(by: {tmdbId: 603}) { title } }"


async def post(stage: Stage, query: str, **headers: str) -> httpx.Response:
    named = {name.replace("_", "-"): each for name, each in headers.items()}
    return await stage.http.post("/graphql", json={"query": query}, headers=named)


async def test_a_repeated_operation_asks_nobody_and_says_so(stage: Stage) -> None:
    first = await post(stage, PAGE)
    assert first.headers["cache-control"] == "public, max-age=30"
    assert first.headers["cdn-cache-control"] == "public, max-age=30"
    assert sum(stage.calls().values()) > 3
    again = await post(stage, PAGE)
    assert again.content == first.content
    assert again.headers["cache-status"].startswith("Marquee; hit; ttl=")
    assert again.headers["etag"] == first.headers["etag"]
    assert sum(stage.calls().values()) == 0


@pytest.mark.parametrize(
    ("query", "control"),
    [
        (FILM, "public, max-age=86400"),
        ("{ genres { name } }", "public, max-age=604800"),
        ("{ movie(by: {tmdbId: 999999999}) { title } }", "public, max-age=600"),
        ("{ movie(by: {tmdbId: 603}) { title } viewer { id } }", "no-store"),
        (LIVE, "no-store"),
        ("{ __typename }", "no-store"),
        ("{ nonsense }", "no-store"),
    ],
)
async def test_it_tells_caches_how_long(stage: Stage, query: str, control: str) -> None:
    for _ in range(2):
        assert (await post(stage, query)).headers["cache-control"] == control


async def test_a_get_may_be_kept_by_a_cdn_and_asked_about_by_its_tag(stage: Stage) -> None:
    path = f"/graphql?query={quote(FILM)}"
    first = await stage.http.get(path)
    assert first.headers["vary"] == "Accept, Accept-Language, X-Freshness, X-Cost"
    named = {"if-none-match": first.headers["etag"]}
    for _ in range(2):
        unchanged = await stage.http.get(path, headers=named)
        assert (unchanged.status_code, unchanged.content) == (304, b"")
        assert unchanged.headers["cache-control"] == first.headers["cache-control"]
    other = await stage.http.get(path, headers={**named, "accept-language": "de"})
    assert other.status_code == 200
    newer = {**named, "accept": "application/graphql-response+json"}
    assert (await stage.http.get(path, headers=newer)).status_code == 200


async def test_a_purge_drops_every_answer_that_shows_the_film(stage: Stage) -> None:
    chart = "{ charts(chart: POPULAR, first: 3) { nodes { tmdbId } } }"
    nodes = (await post(stage, chart)).json()["data"]["charts"]["nodes"]
    shown = next(each["tmdbId"] for each in nodes if each["tmdbId"] != 603)
    await post(stage, FILM)
    stage.calls()
    await stage.gateway.cache.purge(f"movie:{shown}")
    assert "ttl=" not in (await post(stage, chart)).headers["cache-status"]
    assert "ttl=" in (await post(stage, FILM)).headers["cache-status"]
    await stage.gateway.cache.purge("movie:603")
    assert (await post(stage, FILM)).headers["cache-status"] == "Marquee; fwd=miss"
    assert stage.calls()["tmdb"] == 1


async def test_an_error_is_for_now_only(stage: Stage) -> None:
    stage.upstream("tmdb").faults.set([Fault(kind="server_error")])
    failed = await post(stage, FILM)
    assert "errors" in failed.json()
    assert failed.headers["cache-control"] == "no-store"
    assert "etag" not in failed.headers
    assert "errors" in (await post(stage, FILM)).json()


async def test_answers_with_stale_parts_are_not_kept() -> None:
    clock = [time.time()]
    async with staged(now=lambda: clock[0]) as stage:
        await post(stage, FILM)
        stage.upstream("tmdb").faults.set([Fault(kind="server_error")])
        clock[0] += 3 * 24 * 3600
        for _ in range(2):
            stale = await post(stage, FILM)
            assert stale.headers["cache-control"] == "no-store"
            assert stale.json()["extensions"]["freshness"][0]["state"] == "STALE"


@pytest.mark.parametrize("query", [PAGE, LIVE])
async def test_all_who_ask_at_once_share_one_execution(stage: Stage, query: str) -> None:
    await post(stage, query)
    alone = sum(stage.calls().values())
    async with staged({"GATEWAY_ADMIN_TOKEN": TOKEN}) as cold:
        cold.calls()
        answers = await asyncio.gather(*(post(cold, query) for _ in range(20)))
        assert len({each.content for each in answers}) == 1
        assert sum(cold.calls().values()) == alone
        told = await cold.http.get("/admin/cache/stats", headers=ADMIN)
        assert told.json()["counters"]["answers_shared"] == 19


async def test_what_was_told_of_its_parts_grows_older() -> None:
    clock = [time.time()]
    async with staged(now=lambda: clock[0]) as stage:
        first = await stage.ask(FILM, x_freshness="all")
        clock[0] += 50
        later = await post(stage, FILM, x_freshness="all")
    ages = [mark["ageSeconds"] for mark in first["extensions"]["freshness"]]
    marks = later.json()["extensions"]["freshness"]
    assert [mark["ageSeconds"] for mark in marks] == [age + 50 for age in ages]
    assert {mark["source"] for mark in marks} == {"MEMORY"}
    assert later.headers["age"] == "50"


async def test_without_any_cache_only_what_is_in_flight_is_shared() -> None:
    async with staged({"GATEWAY_CACHE": "off"}) as stage:
        for _ in range(2):
            answers = await asyncio.gather(*(post(stage, FILM) for _ in range(5)))
            assert {each.headers["cache-status"] for each in answers} == {"Marquee; fwd=miss"}
            assert stage.calls()["tmdb"] == 1


async def test_switched_off_each_operation_is_executed() -> None:
    async with staged({"GATEWAY_ANSWER_CACHE": "off"}) as stage:
        await post(stage, FILM)
        again = await post(stage, FILM)
        assert again.headers["cache-status"] == "Marquee; hit"
        assert again.headers["cache-control"].startswith("public, max-age=")
