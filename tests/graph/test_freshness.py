"""Honest answers: what is stale is marked, and on demand where everything came from."""

from __future__ import annotations

import time

from gateway.sandbox import Fault
from tests.graph.stage import Stage, staged

FILM = "{ movie(by: {tmdbId: 603}) { title credits { cast { name } } trailers { totalCount } } }"


async def test_a_fresh_answer_says_nothing_unless_asked(stage: Stage) -> None:
    body = await stage.ask(FILM)
    assert "extensions" not in body
    body = await stage.ask(FILM, x_freshness="all")
    marks = body["extensions"]["freshness"]
    assert [mark["path"] for mark in marks] == [
        ["movie"],
        ["movie", "credits"],
        ["movie", "trailers"],
    ]
    assert {(mark["upstream"], mark["state"]) for mark in marks} == {("tmdb", "FRESH")}
    assert {mark["source"] for mark in marks} == {"MEMORY"}


async def test_headers_tell_a_miss_from_a_hit(stage: Stage) -> None:
    cold = await stage.http.post("/graphql", json={"query": FILM})
    assert cold.headers["cache-status"] == "Marquee; fwd=miss"
    assert "age" not in cold.headers
    warm = await stage.http.post("/graphql", json={"query": FILM})
    assert warm.headers["cache-status"] == "Marquee; hit; ttl=21600"
    assert warm.headers["age"] == "0"
    parts = await stage.http.post("/graphql", json={"query": FILM.replace("title", "tmdbId title")})
    assert parts.headers["cache-status"] == "Marquee; hit"
    assert parts.headers["age"] == "0"


async def test_a_stale_answer_is_marked_whether_asked_or_not() -> None:
    clock = [time.time()]
    async with staged(now=lambda: clock[0]) as stage:
        healthy = await stage.ask(FILM)
        stage.upstream("tmdb").faults.set([Fault(kind="server_error")])
        clock[0] += 3 * 24 * 3600
        answer = await stage.http.post("/graphql", json={"query": FILM})
    body = answer.json()
    assert body["data"] == healthy["data"]
    assert "errors" not in body
    marks = body["extensions"]["freshness"]
    assert {mark["state"] for mark in marks} == {"STALE"}
    assert {tuple(mark["path"]) for mark in marks} >= {("movie",), ("movie", "credits")}
    assert all(mark["ageSeconds"] >= 3 * 24 * 3600 for mark in marks)
    assert {mark["reason"] for mark in marks} <= {"REVALIDATING", "UPSTREAM_UNAVAILABLE"}
    assert answer.headers["cache-status"] == "Marquee; hit; detail=stale"
    assert int(answer.headers["age"]) >= 3 * 24 * 3600


async def test_a_client_may_have_less_time_than_we_give() -> None:
    async with staged({"GATEWAY_DEADLINE_S": "30", "YOUTUBE_TIMEOUT_S": "0.3"}) as stage:
        stage.upstream("youtube").faults.set([Fault(kind="black_hole")])
        query = "{ movie(by: {tmdbId: 603}) { title trailers(first: 1) { nodes { viewCount } } } }"
        body = await stage.ask(query, x_deadline_ms="200")
        assert body["data"]["movie"]["title"] == "The Matrix"
        assert body["errors"][0]["extensions"]["code"] in {"DEADLINE_EXCEEDED", "UPSTREAM_TIMEOUT"}
        for nonsense in ("0", "-5", "soon", "1e3", "9" * 30):
            stage.upstream("youtube").faults.clear()
            body = await stage.ask(query, x_deadline_ms=nonsense)
            assert "errors" not in body
