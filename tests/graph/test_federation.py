"""Routers ask for entities by key: together, each for itself, and no more than so many."""

from __future__ import annotations

from typing import Any

import pytest

from gateway.graph.ids import global_id
from gateway.sandbox import Fault
from gateway.schema import print_subgraph_sdl
from tests.graph.stage import Stage

ENTITIES = """query($r: [_Any!]!) { _entities(representations: $r) {
  __typename ... on Movie { id tmdbId title }
  ... on Trailer { key } ... on Request { tmdbId } } }"""


def movie(**key: object) -> dict[str, object]:
    return {"__typename": "Movie", **key}


async def ask(stage: Stage, *representations: object) -> dict[str, Any]:
    return await stage.ask(ENTITIES, {"r": list(representations)})


async def test_the_service_tells_its_own_schema(stage: Stage) -> None:
    data = await stage.data("{ _service { sdl } }")
    assert data == {"_service": {"sdl": print_subgraph_sdl()}}


async def test_a_film_is_found_by_either_key(stage: Stage) -> None:
    body = await ask(stage, movie(tmdbId=603), movie(id=global_id("Movie", 27205)))
    assert "errors" not in body
    assert [each["tmdbId"] for each in body["data"]["_entities"]] == [603, 27205]
    assert stage.calls()["tmdb"] == 2


async def test_trailers_and_requests_are_found_by_id(stage: Stage) -> None:
    known = await stage.data("""{
      movie(by: {tmdbId: 603}) { trailers(first: 1) { nodes { id key } } }
      requests(first: 1) { nodes { id tmdbId } } }""")
    (trailer,) = known["movie"]["trailers"]["nodes"]
    (request,) = known["requests"]["nodes"]
    body = await ask(
        stage,
        {"__typename": "Request", "id": request["id"]},
        {"__typename": "Trailer", "id": trailer["id"]},
    )
    assert body["data"]["_entities"] == [
        {"__typename": "Request", "tmdbId": request["tmdbId"]},
        {"__typename": "Trailer", "key": trailer["key"]},
    ]


async def test_a_hundred_films_take_a_call_each_and_one_for_their_requests(stage: Stage) -> None:
    query = ENTITIES.replace("title", "title availability keywords { name } runtimeMinutes")
    found = stage.sandbox.tmdb.catalogue.real[:100]
    body = await stage.ask(query, {"r": [movie(tmdbId=film.tmdb_id) for film in found]})
    assert "errors" not in body
    assert [e["tmdbId"] for e in body["data"]["_entities"]] == [film.tmdb_id for film in found]
    calls = stage.calls()
    assert calls["tmdb"] == len(found)
    assert calls["seerr"] == 1
    assert len(found) > 20


BAD = {
    "no object": 5,
    "a list": [],
    "no type": {"tmdbId": 603},
    "another type": {"__typename": "User", "id": "x"},
    "a type that is no name": {"__typename": ["Movie"], "tmdbId": 603},
    "no key": movie(title="The Matrix"),
    "a key that is null": movie(tmdbId=None),
    "a word": movie(tmdbId="603"),
    "a truth": movie(tmdbId=True),
    "a fraction": movie(tmdbId=603.5),
    "a film below zero": movie(tmdbId=-1),
    "a film beyond all": movie(tmdbId=2**40),
    "an id that is none": movie(id="603"),
    "an id that is a number": movie(id=603),
    "another's id": movie(id=global_id("Request", 1)),
}


@pytest.mark.parametrize("bad", BAD.values(), ids=BAD)
async def test_what_names_nothing_nulls_its_own_slot_only(stage: Stage, bad: object) -> None:
    body = await ask(stage, movie(tmdbId=603), bad, movie(tmdbId=27205))
    first, second, third = body["data"]["_entities"]
    assert (first["tmdbId"], second, third["tmdbId"]) == (603, None, 27205)
    (error,) = body["errors"]
    assert error["path"] == ["_entities", 1]
    assert error["extensions"]["code"] == "BAD_USER_INPUT"


async def test_what_is_not_there_is_null_without_an_error(stage: Stage) -> None:
    body = await ask(stage, movie(tmdbId=1_999_999_999), movie(tmdbId=603))
    assert "errors" not in body
    assert body["data"]["_entities"][0] is None


async def test_an_upstream_that_fails_takes_its_own_entities(stage: Stage) -> None:
    known = await stage.data("{ requests(first: 1) { nodes { id tmdbId } } }")
    (request,) = known["requests"]["nodes"]
    stage.upstream("tmdb").faults.set([Fault(kind="server_error")])
    body = await ask(stage, movie(tmdbId=603), {"__typename": "Request", "id": request["id"]})
    assert body["data"]["_entities"][0] is None
    assert body["data"]["_entities"][1]["tmdbId"] == request["tmdbId"]
    assert body["errors"][0]["extensions"]["upstream"] == "tmdb"


async def test_no_more_than_a_hundred_are_asked_for(stage: Stage) -> None:
    body = await ask(stage, *(movie(tmdbId=number) for number in range(101)))
    assert body["errors"][0]["extensions"] == {"code": "TOO_MANY_REPRESENTATIONS", "limit": 100}
    halves = """query($r: [_Any!]!) { a: _entities(representations: $r) { __typename }
      b: _entities(representations: $r) { __typename } }"""
    body = await stage.ask(halves, {"r": [movie(tmdbId=number) for number in range(51)]})
    assert "102 representations" in body["errors"][0]["message"]
    assert sum(stage.calls().values()) == 0
