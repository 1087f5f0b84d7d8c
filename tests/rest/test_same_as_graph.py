"""What REST answers is what the graph answers, value for value."""

from __future__ import annotations

from typing import Any, Final

import pytest

from gateway.graph.ids import global_id
from gateway.sandbox import Fault
from gateway.web.rest import load_texts
from tests.graph.stage import staged
from tests.requests.cast import as_
from tests.requests.stages import FILM, OTHER_FILM, BookHands, Scene
from tests.rest.rest import Rest

TEXTS: Final = load_texts()
MATRIX: Final = {"tmdbId": 603}
LIST: Final = {"first": 3}
Told = dict[str, Any]

EVERYTHING: Final = (
    f"anyGenre={global_id('Genre', 28)}&releasedFrom=1980-01-01&releasedTo=2020-12-31&minVotes=10"
    "&minRating=5.5&maxRating=9.5&minRuntimeMinutes=60&maxRuntimeMinutes=240&originalLanguage=en"
    "&orderBy=TITLE_ASC&first=3"
)
QUESTIONS: Final[list[tuple[str, str, Told, list[str]]]] = [
    ("/api/movies/603", "movie", MATRIX, ["movie"]),
    (
        "/api/movies/603?language=de-DE&region=FR",
        "movie",
        {**MATRIX, "language": "de-DE", "region": "FR"},
        ["movie"],
    ),
    (
        "/api/movies/155/trailers?first=3",
        "trailers",
        {"tmdbId": 155, **LIST},
        ["movie", "trailers"],
    ),
    (
        "/api/movies/603/trailers?languages=de&languages=en&kinds=TRAILER&kinds=CLIP",
        "trailers",
        {**MATRIX, "first": 5, "languages": ["de", "en"], "kinds": ["TRAILER", "CLIP"]},
        ["movie", "trailers"],
    ),
    ("/api/search?query=the&first=3", "search", {"query": "the", **LIST}, ["search"]),
    (
        "/api/search?query=matrix&year=1999&language=de&region=DE",
        "search",
        {"query": "matrix", "year": 1999, "language": "de", "region": "DE", "first": 20},
        ["search"],
    ),
    ("/api/discover?first=3", "discover", LIST, ["discover"]),
    (
        f"/api/discover?{EVERYTHING}",
        "discover",
        {
            "filter": {
                "anyGenre": [global_id("Genre", 28)],
                "releasedFrom": "1980-01-01",
                "releasedTo": "2020-12-31",
                "minRating": 5.5,
                "maxRating": 9.5,
                "minVotes": 10,
                "minRuntimeMinutes": 60,
                "maxRuntimeMinutes": 240,
                "originalLanguage": "en",
            },
            "orderBy": "TITLE_ASC",
            **LIST,
        },
        ["discover"],
    ),
    (
        f"/api/discover?genres={global_id('Genre', 28)}&year=1999",
        "discover",
        {"filter": {"genres": [global_id("Genre", 28)], "year": 1999}, "first": 20},
        ["discover"],
    ),
    (
        "/api/discover?chart=TRENDING_WEEK&first=3",
        "charts",
        {"chart": "TRENDING_WEEK", **LIST},
        ["charts"],
    ),
    ("/api/requests?first=3", "requests", {**LIST, "count": False, "known": False}, ["requests"]),
    (
        "/api/requests?status=PENDING&status=APPROVED&orderBy=CREATED_AT_ASC&count=true",
        "requests",
        {
            "status": ["PENDING", "APPROVED"],
            "orderBy": "CREATED_AT_ASC",
            "first": 20,
            "count": True,
            "known": False,
        },
        ["requests"],
    ),
]
"""An address, and the operation and variables that ask the same, and where its answer stands."""


async def graphs(scene: Scene, name: str, variables: Told, path: list[str], **who: str) -> Told:
    """The graph's own answer, as a resource would tell it."""
    body = await scene.stage.ask(TEXTS[name], variables, **who)
    found = body["data"]
    for step in path:
        found = found[step]
    told = {**found, "errors": [], "freshness": []}
    for each in body.get("errors", ()):
        kept = {key: value for key, value in each.items() if key != "locations"}
        told["errors"].append({**kept, "path": each["path"][len(path) :]})
    return told


def absent(told: Told) -> Told:
    """A count that nobody asked for is null here, and not asked for there."""
    return {
        key: value for key, value in told.items() if not (key == "totalCount" and value is None)
    }


async def test_reads(scene: Scene) -> None:
    rest = Rest(scene)
    await rest.made("ann")
    await rest.made("max", OTHER_FILM)
    for where, name, variables, path in QUESTIONS:
        answer = await rest.get(where)
        assert answer.status_code == 200, answer.text
        found = await graphs(scene, name, variables, path)
        assert without_reasons(absent(answer.json())) == absent(found), where
        assert answer.json().get("nodes") != []


def without_reasons(told: Told) -> Told:
    """Nobody anonymous is told why; the model says null."""
    nodes = told.get("nodes")
    if nodes is None:
        return {key: value for key, value in told.items() if key != "reason"}
    return {**told, "nodes": [without_reasons(each) for each in nodes]}


async def test_a_request_and_what_is_one_s_own(scene: Scene) -> None:
    rest, keeps_reasons = Rest(scene), isinstance(scene.hands, BookHands)
    made = await rest.made("ann")
    await rest.step("max", "decline", made["id"], {"reason": "on disc"})
    user = made["requestedBy"]["id"]
    for name, why in (("ann", "on disc"), ("bob", None), ("max", "on disc")):
        who, reason = as_(name), why if keeps_reasons else None  # Seerr has no place for them
        shown = await rest.get(f"/api/requests/{made['id']}", name)
        asked: Told = {"id": made["id"], "known": True}
        assert shown.json() == await graphs(scene, "request", asked, ["node"], **who)
        assert shown.json()["reason"] == reason
        assert shown.headers["cache-control"].startswith("private")
        assert {"Authorization", "Cookie"} <= set(shown.headers["vary"].split(", "))
        listed = await rest.get(f"/api/requests?requestedBy={user}", name)
        asked = {"requestedBy": user, "first": 20, "count": False, "known": True}
        found = await graphs(scene, "requests", asked, ["requests"], **who)
        assert absent(listed.json()) == found
        assert [each["reason"] for each in listed.json()["nodes"]] == [reason]


@pytest.mark.parametrize(
    ("upstream", "missing"),
    [("omdb", "ratings"), pytest.param("youtube", "bestTrailer", marks=pytest.mark.slow)],
)
async def test_what_an_upstream_leaves_out(book: Scene, upstream: str, missing: str) -> None:
    """The rest is answered all the same, and nobody keeps it."""
    book.stage.upstream(upstream).faults.set([Fault(kind="server_error")])
    answer = await Rest(book).get("/api/movies/603")
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    told = answer.json()
    assert told["title"] == "The Matrix"
    assert told["errors"]
    assert {each["extensions"]["upstream"] for each in told["errors"]} == {upstream}
    assert any(each["path"][0] == missing for each in told["errors"])
    found = await graphs(book, "movie", MATRIX, ["movie"])
    for each in (*told["errors"], *found["errors"]):
        each["extensions"].pop("retryAfterMs", None)
        each["extensions"]["code"] = each["message"] = ""  # by then the breaker may be open
    assert told == found


async def test_a_list_of_requests_outlives_an_outage_of_films(book: Scene) -> None:
    rest = Rest(book)
    made = await rest.made("ann")
    await book.stage.gateway.cache.purge(f"movie:{FILM}")
    book.stage.sandbox.tmdb.faults.set([Fault(kind="server_error")])
    answer = await rest.get("/api/requests?count=true")
    assert answer.status_code == 200
    told = answer.json()
    assert [(each["id"], each["movie"]) for each in told["nodes"]] == [(made["id"], None)]
    assert told["errors"][0]["path"][:3] == ["nodes", 0, "movie"]
    lone = await rest.get("/api/movies/155")
    assert (lone.status_code, lone.json()["upstream"]) == (503, "tmdb")
    assert "retry-after" in lone.headers


async def test_what_is_stale_is_told() -> None:
    now = [1_000_000.0]
    async with staged(now=lambda: now[0]) as stage:
        fresh = (await stage.http.get("/api/movies/603", headers={"X-Freshness": "all"})).json()
        assert {each["state"] for each in fresh["freshness"]} == {"FRESH"}
        assert (await stage.http.get("/api/movies/603")).json()["freshness"] == []
        now[0] += 25 * 3600
        stage.sandbox.tmdb.faults.set([Fault(kind="server_error")])
        answer = await stage.http.get("/api/movies/603")
        assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")
        stale = answer.json()
        assert stale["title"] == "The Matrix"
        assert "tmdb" in {each["upstream"] for each in stale["freshness"]}
        assert {each["state"] for each in stale["freshness"]} == {"STALE"}
        assert all(not each["path"] or each["path"][0] in stale for each in stale["freshness"])
