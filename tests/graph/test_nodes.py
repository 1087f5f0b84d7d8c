"""Relay's object identification: what a list shows can be fetched again by its id alone."""

from __future__ import annotations

import pytest

from gateway.graph.ids import global_id
from gateway.sandbox import Fault
from tests.graph.stage import Stage

NODE = """query($id: ID!) { node(id: $id) {
  __typename id
  ... on Movie { title }
  ... on Trailer { key name }
  ... on Request { tmdbId requestStatus: status } } }"""
LISTS = """{
  charts(chart: POPULAR, first: 5) { nodes { __typename id title
    similar(first: 2) { nodes { __typename id title } }
    trailers(first: 2) { nodes { __typename id key name } } } }
  search(query: "matrix", first: 2) { nodes { __typename id title } }
  requests(first: 5) { nodes { __typename id tmdbId requestStatus: status
    movie { __typename id title } } }
}"""


def nodes_in(value: object) -> list[dict[str, object]]:
    """Every node of an answer, without what is nested in it."""
    if isinstance(value, list):
        return [node for item in value for node in nodes_in(item)]
    if not isinstance(value, dict):
        return []
    inner = [node for item in value.values() for node in nodes_in(item)]
    plain = {key: each for key, each in value.items() if not isinstance(each, dict | list)}
    return [plain, *inner] if "id" in value else inner


async def test_every_node_comes_back_from_any_list(stage: Stage) -> None:
    shown = nodes_in(await stage.data(LISTS))
    assert {node["__typename"] for node in shown} == {"Movie", "Trailer", "Request"}
    for node in shown:
        again = (await stage.data(NODE, {"id": node["id"]}))["node"]
        assert again == {key: each for key, each in node.items() if key != "movie"}


async def test_nodes_answers_slot_by_slot(stage: Stage) -> None:
    """Order and repetitions stay; each bad id has an error of its own."""
    movie, gone = global_id("Movie", 603), global_id("Movie", 999_999_999)
    body = await stage.ask(
        "query($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }",
        {"ids": ["x", movie, gone, global_id("Request", 1_000_000), movie, global_id("User", 1)]},
    )
    slots = body["data"]["nodes"]
    found = {"__typename": "Movie", "id": movie}
    assert slots == [None, found, None, None, found, None]
    assert [(e["path"], e["extensions"]["code"]) for e in body["errors"]] == [
        (["nodes", 0], "BAD_USER_INPUT"),
        (["nodes", 5], "BAD_USER_INPUT"),
    ]


async def test_nodes_takes_a_hundred(stage: Stage) -> None:
    query = "query($ids: [ID!]!) { nodes(ids: $ids) { id } }"
    ids = [global_id("Movie", 603)] * 100
    assert len((await stage.data(query, {"ids": ids}))["nodes"]) == 100
    assert stage.calls()["tmdb"] == 1
    body = await stage.ask(query, {"ids": [*ids, ids[0]]})
    assert body["errors"][0]["extensions"] == {"code": "BAD_USER_INPUT", "argument": "ids"}
    assert sum(stage.calls().values()) == 0
    assert await stage.data(query, {"ids": []}) == {"nodes": []}


async def test_a_sick_upstream_takes_its_own_slots_only(stage: Stage) -> None:
    request = (await stage.data("{ requests(first: 1) { nodes { id } } }"))["requests"]["nodes"][0]
    stage.sandbox.tmdb.faults.set([Fault(kind="server_error")])
    body = await stage.ask(
        "query($ids: [ID!]!) { nodes(ids: $ids) { id } }",
        {"ids": [global_id("Movie", 603), request["id"]]},
    )
    assert body["data"]["nodes"] == [None, request]
    (error,) = body["errors"]
    assert (error["path"], error["extensions"]["upstream"]) == (["nodes", 0], "tmdb")


@pytest.mark.parametrize(
    "node_id",
    [
        global_id("Movie", 999_999_999),
        global_id("Trailer", 603, "0" * 24, "en"),
        global_id("Trailer", 999_999_999, "0" * 24, "xx"),
        global_id("Request", 2_000_000),
    ],
)
async def test_what_does_not_exist_is_null_without_error(stage: Stage, node_id: str) -> None:
    assert await stage.data(NODE, {"id": node_id}) == {"node": None}


async def test_a_trailer_in_another_language_is_found_by_its_id(stage: Stage) -> None:
    found = await stage.data(
        """{ movie(by: {tmdbId: 603}) {
          trailers(first: 50, languages: ["de"]) { nodes { id language } } } }"""
    )
    (trailer,) = found["movie"]["trailers"]["nodes"]
    assert trailer["language"] == "de"
    body = await stage.ask(
        "query($id: ID!) { node(id: $id) { id ... on Trailer { language } } }",
        {"id": trailer["id"]},
        accept_language="ja",
    )
    assert body == {"data": {"node": trailer}}


async def test_movies_answers_slot_by_slot(stage: Stage) -> None:
    body = await stage.ask(
        """query($by: [MovieRef!]!) { movies(by: $by) { tmdbId } }""",
        {
            "by": [
                {"tmdbId": 603},
                {"imdbId": "nonsense"},
                {"id": global_id("Movie", 550)},
                {"tmdbId": 999_999_999},
                {"imdbId": "tt0133093"},
                {"imdbId": "tt9999999"},
            ]
        },
    )
    found = [movie and movie["tmdbId"] for movie in body["data"]["movies"]]
    assert found == [603, None, 550, None, 603, None]
    (error,) = body["errors"]
    assert (error["path"], error["extensions"]["code"]) == (["movies", 1], "BAD_USER_INPUT")
    paths = [call.path for call in stage.sandbox.tmdb.calls]
    assert sorted(set(paths)) == sorted(paths)


async def test_movies_takes_a_hundred(stage: Stage) -> None:
    query = "query($by: [MovieRef!]!) { movies(by: $by) { id } }"
    body = await stage.ask(query, {"by": [{"tmdbId": 603}] * 101})
    assert body["errors"][0]["extensions"] == {"code": "BAD_USER_INPUT", "argument": "by"}
