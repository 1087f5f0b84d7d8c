"""What the graph shows of requests, whoever keeps them; and how little it asks for that."""

from __future__ import annotations

import logging
import os
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from gateway.domain.role import Role
from tests.graph.stage import staged
from tests.requests.cast import as_, introduce
from tests.requests.stages import FILM, OTHER_FILM, THIRD_FILM, Scene, kept_in, set_up

PAGE = """query($first: Int!, $after: String, $orderBy: RequestOrder, $status: [RequestStatus!],
  $by: ID) {
  requests(first: $first, after: $after, orderBy: $orderBy, status: $status, requestedBy: $by) {
    totalCount nodes { id } edges { cursor node { id } }
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }"""
TWENTY = """{ charts(chart: POPULAR, first: 20) { nodes {
  requests { totalCount nodes { id } } availability uhd: availability(is4k: true)
  viewerRequest { id } again: viewerRequest(is4k: true) { id } } } }"""


async def pages(scene: Scene, **given: object) -> list[str]:
    """Every request of a list, page by page; what a page tells of itself is true."""
    found: list[str] = []
    after = None
    while True:
        data = await scene.query(None, PAGE, **{"first": 2, "after": after, **given})
        page = data["requests"]
        ids = [node["id"] for node in page["nodes"]]
        assert [edge["node"]["id"] for edge in page["edges"]] == ids
        cursors = [edge["cursor"] for edge in page["edges"]]
        info = page["pageInfo"]
        assert (info["startCursor"], info["endCursor"]) == (cursors[0], cursors[-1])
        assert info["hasPreviousPage"] is bool(found)
        found += ids
        assert page["totalCount"] >= len(found)
        if not info["hasNextPage"]:
            assert page["totalCount"] == len(found)
            return found
        after = info["endCursor"]


async def three(scene: Scene) -> list[Any]:
    """Three requests of three films, oldest first."""
    return [
        await scene.made("ann", FILM),
        await scene.made("bob", OTHER_FILM),
        await scene.made("ann", THIRD_FILM),
    ]


async def test_pages_filters_and_orders(scene: Scene) -> None:
    made = [each["id"] for each in await three(scene)]
    assert (await pages(scene))[:3] == made[::-1]
    assert (await pages(scene, orderBy="CREATED_AT_ASC"))[-3:] == made
    me = (await scene.query("ann", "{ viewer { id } }"))["viewer"]["id"]
    assert await pages(scene, by=me) == [made[2], made[0]]
    await scene.step("max", "decline", made[2])
    assert await pages(scene, by=me, status=["DECLINED"]) == [made[2]]
    assert await pages(scene, by=me, status=["PENDING", "DECLINED"]) == [made[2], made[0]]


async def test_a_page_stays_right_while_others_come_and_go(scene: Scene) -> None:
    first, second, third = await three(scene)
    data = await scene.query(None, PAGE, first=2)
    assert [node["id"] for node in data["requests"]["nodes"]] == [third["id"], second["id"]]
    await scene.step("max", "cancel", second["id"])  # the cursor stands on it
    await scene.made("bob", 515001)
    after = data["requests"]["pageInfo"]["endCursor"]
    data = await scene.query(None, PAGE, first=1, after=after)
    assert [node["id"] for node in data["requests"]["nodes"]] == [first["id"]]


async def test_a_cursor_belongs_to_its_list(scene: Scene) -> None:
    await three(scene)
    data = await scene.query(None, PAGE, first=1)
    cursor = data["requests"]["pageInfo"]["endCursor"]
    for given in ({"orderBy": "CREATED_AT_ASC"}, {"status": ["PENDING"]}, {"after": "x"}):
        found = await scene.stage.ask(PAGE, {"first": 1, "after": cursor, **given})
        assert found["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"


async def test_a_film_s_own_requests_go_on_behind_a_cursor(scene: Scene) -> None:
    made = await scene.made("ann")
    await scene.step("max", "decline", made["id"])
    again = await scene.made("ann")
    text = """query($id: Int!, $after: String) { movie(by: {tmdbId: $id}) {
      requests(first: 1, after: $after) { totalCount nodes { id }
        pageInfo { hasNextPage endCursor } } } }"""
    page = (await scene.query(None, text, id=FILM))["movie"]["requests"]
    assert (page["totalCount"], page["nodes"]) == (2, [{"id": again["id"]}])
    after = page["pageInfo"]["endCursor"]
    page = (await scene.query(None, text, id=FILM, after=after))["movie"]["requests"]
    assert (page["nodes"], page["pageInfo"]["hasNextPage"]) == ([{"id": made["id"]}], False)


async def test_a_viewer_sees_their_own(scene: Scene) -> None:
    made = await scene.made("ann")
    text = """query($id: Int!) { viewer { displayName role quota { limit used remaining } }
      movie(by: {tmdbId: $id}) { viewerRequest { id } other: viewerRequest(is4k: true) { id } } }"""
    await scene.hands.allow("ann", 5)
    found = await scene.query("ann", text, id=FILM)
    assert found["viewer"] == {
        "displayName": "Ann",
        "role": "REQUESTER",
        "quota": {"limit": 5, "used": 1, "remaining": 4},
    }
    assert found["movie"] == {"viewerRequest": {"id": made["id"]}, "other": None}
    found = await scene.query("bob", text, id=FILM)
    assert found["viewer"]["quota"] == {"limit": None, "used": 0, "remaining": None}
    assert found["movie"] == {"viewerRequest": None, "other": None}


async def test_twenty_films_are_one_question_of_each_kind(
    book: Scene, caplog: pytest.LogCaptureFixture
) -> None:
    made = await book.made("ann", 603)
    caplog.clear()
    with caplog.at_level(logging.INFO, logger="gateway.upstream"):
        found = await book.query("ann", TWENTY)
    films = found["charts"]["nodes"]
    assert len(films) == 20
    assert [film["viewerRequest"] for film in films if film["viewerRequest"]] == [
        {"id": made["id"]}
    ]
    asked = Counter(
        record.operation  # type: ignore[attr-defined] # of the event
        for record in caplog.records
        if getattr(record, "upstream", "") == "book"
    )
    assert asked == {"by_movie": 1, "media": 1, "own": 1}


async def test_somebody_who_is_nobody_at_seerr(tmp_path: Path) -> None:
    """Nothing is ever done there as Seerr's owner."""
    async with set_up("seerr", tmp_path) as scene:
        made = await scene.made("ann")
        for done in (
            await scene.ask_for("nob", OTHER_FILM),
            await scene.step("nob", "approve", made["id"]),
            await scene.step("nob", "cancel", made["id"]),
        ):
            assert (done["__typename"], done["code"]) == ("NotPermitted", "NO_STORE_USER")
        text = "{ viewer { id displayName role quota { limit } } }"
        viewer = (await scene.query("nob", text))["viewer"]
        role = Role.MANAGER.name
        assert viewer == {"id": viewer["id"], "displayName": "Nob", "role": role, "quota": None}
        found = await scene.query(None, PAGE, first=2, by=viewer["id"])
        assert found["requests"]["nodes"] == []


async def test_without_a_keeper_films_are_all_there_is(tmp_path: Path) -> None:
    environ = {**kept_in(tmp_path), "GATEWAY_BOOK": "off"}
    async with staged(environ, prepare=introduce) as stage:
        scene = Scene(stage, hands=None)  # type: ignore[arg-type] # there is nothing to reach
        done = await scene.ask_for("ann")
        assert (done["__typename"], done["code"]) == ("RequestRejected", "REQUESTS_ARE_OFF")
        text = """{ requests { nodes { id } } viewer { displayName quota { used } }
          movie(by: {tmdbId: 603}) { title requests { nodes { id } } availability } }"""
        found = (await stage.ask(text, None, **as_("ann")))["data"]
        assert found["requests"] is None
        assert found["viewer"] == {"displayName": "Ann", "quota": None}
        assert found["movie"] == {"title": "The Matrix", "requests": None, "availability": None}
        assert os.listdir(tmp_path) == []  # noqa: PTH208 - not in a coroutine
