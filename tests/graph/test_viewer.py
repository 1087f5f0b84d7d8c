"""Who asks: a context without a viewer is anonymous, one with a viewer shows what is theirs."""

from __future__ import annotations

from typing import Any

from graphql import execute, parse

from gateway.domain.request import User
from gateway.domain.role import Role
from gateway.domain.viewer import Viewer
from gateway.graph.context import GraphContext
from gateway.graph.ids import global_id
from gateway.graph.locale import Locale
from gateway.schema import build_schema
from gateway.transport.deadline import limit
from tests.graph.stage import Stage

MINE = """{ viewer { id displayName } movie(by: {tmdbId: %d}) {
  hd: viewerRequest { ...R } uhd: viewerRequest(is4k: true) { ...R }
  requests(first: 100) { nodes { ...R } } } }
  fragment R on Request { id is4k requestedBy { id } }"""


async def as_viewer(stage: Stage, user: User, query: str) -> dict[str, Any]:
    """Run an operation as the edge does once it knows who asks."""
    viewer = Viewer(id="key:1", display_name=user.display_name, role=Role.REQUESTER, user=user)
    context = GraphContext(
        runtime=stage.gateway.runtime, locale=Locale(language="en", region="US"), viewer=viewer
    )
    with limit(5):
        found = await execute(build_schema()._schema, parse(query), context_value=context)  # type: ignore[misc] # asynchronous fields
    assert not found.errors, found.errors
    data: dict[str, Any] = found.data
    return data


async def test_nobody_is_anonymous(stage: Stage) -> None:
    found = await stage.data("{ viewer { id } movie(by: {tmdbId: 550}) { viewerRequest { id } } }")
    assert found == {"viewer": None, "movie": {"viewerRequest": None}}
    assert stage.calls()["seerr"] == 0


async def test_a_viewer_sees_their_own_newest_request(stage: Stage) -> None:
    everybody = await stage.data(
        "{ requests(first: 100) { nodes { tmdbId is4k id requestedBy { id } } } }"
    )
    rows = everybody["requests"]["nodes"]
    people = {
        row["requestedBy"]["id"]: number
        for row in rows
        for number in range(1, 50)
        if row["requestedBy"]["id"] == global_id("User", number)
    }
    assert len(people) > 1
    for row in rows[:10]:
        number = people[row["requestedBy"]["id"]]
        viewer = User(user_id=number, display_name="a name that has changed since")
        found = await as_viewer(stage, viewer, MINE % row["tmdbId"])
        assert found["viewer"] == {
            "id": global_id("User", number),
            "displayName": "a name that has changed since",
        }
        theirs = [
            each
            for each in found["movie"]["requests"]["nodes"]
            if each["requestedBy"]["id"] == global_id("User", number)
        ]
        for track, is_4k in (("hd", False), ("uhd", True)):
            newest = next((each for each in theirs if each["is4k"] is is_4k), None)
            assert found["movie"][track] == newest


async def test_somebody_without_requests_has_none(stage: Stage) -> None:
    stranger = User(user_id=999, display_name="Stranger")
    found = await as_viewer(stage, stranger, MINE % 550)
    assert found["movie"]["requests"]["nodes"]
    assert found["movie"]["hd"] is None


async def test_nothing_private_of_anybody_gets_out(stage: Stage) -> None:
    answer = await stage.http.post(
        "/graphql",
        json={
            "query": """{ requests(first: 100) { nodes {
              requestedBy { id displayName } decidedBy { id displayName } } } }"""
        },
    )
    assert "@" not in answer.text
    user = build_schema()._schema.type_map["User"]
    assert set(user.fields) == {"id", "displayName", "role", "quota"}  # type: ignore[attr-defined] # an object type
