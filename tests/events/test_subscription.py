"""``requestChanged`` over a WebSocket: what is told, to whom, and from where on."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

import pytest

from gateway.domain.request_rules import Actor
from gateway.domain.request_store import Wish
from gateway.domain.role import Role
from gateway.events.follower import QUEUE
from gateway.graph.ids import global_id
from tests.graph.stage import Stage, staged
from tests.live.talk import Talk, connected
from tests.requests.cast import as_
from tests.requests.stages import FILM, OTHER_FILM, Scene, kept_in, set_up

CHANGES = """subscription($ids: [ID!], $after: String) { requestChanged(ids: $ids, after: $after) {
  cursor kind occurredAt requestId request { id status reason requestedBy { displayName } } } }"""
LIST = "{ requests { nodes { id status } } }"


@pytest.fixture(params=["book", "seerr"])
async def scene(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Scene]:
    """A gateway over either keeper, with a log."""
    more = {"GATEWAY_BOOK": "on", "GATEWAY_DATA_DIR": str(tmp_path)}
    async with set_up(request.param, tmp_path, more) as made:
        yield made


@pytest.fixture
async def book(tmp_path: Path) -> AsyncIterator[Scene]:
    """A gateway over an empty book."""
    async with set_up("book", tmp_path) as made:
        yield made


@asynccontextmanager
async def following(
    stage: Stage, name: str | None = None, **variables: object
) -> AsyncIterator[Talk]:
    """Somebody who follows."""
    app = stage.http._transport.app  # type: ignore[attr-defined] # of httpx' own
    headers = {key.lower(): value for key, value in as_(name).items()}
    async with connected(app, headers=headers) as talk:
        talk.subscribe("1", CHANGES, variables=variables)
        yield talk


async def told(talk: Talk) -> Any:  # noqa: ANN401 - JSON
    """The next event."""
    message = await talk.told()
    assert message["type"] == "next", message
    assert "errors" not in message["payload"], message
    return message["payload"]["data"]["requestChanged"]


async def refused(talk: Talk) -> Any:  # noqa: ANN401 - JSON
    """Why there is nothing to follow."""
    message = await talk.told()
    assert message["type"] == "error", message
    return message["payload"][0]


async def test_a_life_is_told_and_can_be_told_again(scene: Scene) -> None:
    async with following(scene.stage) as talk:
        await scene.query(None, LIST)
        made = await scene.made("ann")
        created = await told(talk)
        assert (created["kind"], created["requestId"]) == ("CREATED", made["id"])
        assert created["request"]["requestedBy"] == {"displayName": "Ann"}
        await scene.query(None, LIST)
        await scene.step("max", "decline", made["id"], reason="too long")
        declined = await told(talk)
        assert (declined["kind"], declined["request"]["status"]) == ("DECLINED", "DECLINED")
        assert declined["request"]["reason"] is None
        seen = {each["id"]: each["status"] for each in await listed(scene)}
        assert seen[made["id"]] == "DECLINED"
    async with following(scene.stage, "max", ids=[made["id"]], after=created["cursor"]) as talk:
        assert (await told(talk))["cursor"] == declined["cursor"]
        await scene.made("bob", OTHER_FILM)
        await scene.step("max", "cancel", made["id"])
        gone = await told(talk)
        assert (gone["kind"], gone["requestId"]) == ("CANCELLED", made["id"])
        assert gone["request"] is None


async def listed(scene: Scene) -> Any:  # noqa: ANN401 - JSON
    """What the list shows, from the cache if that knows no better."""
    return (await scene.query(None, LIST))["requests"]["nodes"]


async def test_one_s_own_may_be_named_by_its_film(book: Scene) -> None:
    """As `requestMovie` names it where nobody knows its number yet; theirs alone are meant."""
    other = (await book.made("bob", OTHER_FILM))["id"]
    ids = [global_id("Request", f"u{FILM}"), other]
    async with (
        following(book.stage, "ann", ids=ids) as ann,
        following(book.stage, "bob", ids=ids) as bob,
    ):
        made = await book.made("ann")
        await book.step("bob", "cancel", other)
        assert (await told(ann))["requestId"] == made["id"]
        assert (await told(bob))["requestId"] == other


async def test_whose_it_is_may_read_why(book: Scene) -> None:
    """The same event is told in other words to others."""
    made = await book.made("ann")
    async with following(book.stage, "ann") as ann, following(book.stage, "bob") as bob:
        await book.step("max", "decline", made["id"], reason="too long")
        assert (await told(ann))["request"]["reason"] == "too long"
        assert (await told(bob))["request"]["reason"] is None


WRONG: Final[Sequence[tuple[Mapping[str, object], str]]] = (
    ({"after": "nonsense"}, "after"),
    ({"after": "WzEsIm5vbmUiLDFd"}, "after"),
    ({"ids": [global_id("Movie", 603)]}, "id"),
    ({"ids": ["nonsense"]}, "id"),
    ({"ids": [global_id("Request", 1)] * 101}, "ids"),
)


async def test_what_nobody_was_given_is_refused(tmp_path: Path) -> None:
    async with staged(kept_in(tmp_path)) as stage:
        for variables, argument in WRONG:
            async with following(stage, **variables) as talk:
                found = (await refused(talk))["extensions"]
                assert (found["code"], found["argument"]) == ("BAD_USER_INPUT", argument)


async def test_a_cursor_of_a_later_log_is_refused(tmp_path: Path) -> None:
    """The database was put back to an older one."""
    async with set_up("book", tmp_path / "new") as scene, following(scene.stage) as talk:
        await scene.made("ann")
        cursor = (await told(talk))["cursor"]
        assert scene.stage.gateway.feed is not None
        scope = scene.stage.gateway.feed.scope
    async with staged(kept_in(tmp_path / "old")) as stage:
        assert stage.gateway.feed is not None
        stage.gateway.feed.scope = scope
        async with following(stage, after=cursor) as talk:
            assert (await refused(talk))["extensions"]["code"] == "BAD_USER_INPUT"


@pytest.mark.parametrize("environ", [{}, {"SEERR_BASE_URL": "off"}])
async def test_without_a_log_there_is_nothing_to_follow(environ: Mapping[str, str]) -> None:
    async with staged(environ) as stage, following(stage) as talk:
        assert "no log of requests" in (await refused(talk))["message"]


async def test_who_is_too_slow_is_told_how_much_was_missed(tmp_path: Path) -> None:
    async with set_up("book", tmp_path) as scene:
        async with following(scene.stage) as talk:
            await scene.made("ann")
            await told(talk)
            talk.reads.clear()
            await flood(scene.stage, QUEUE)
            talk.reads.set()
            kinds = [(await told(talk))["kind"]]  # was on its way
            missed = (await talk.told())["payload"]
            assert missed["data"] is None
            found = missed["errors"][0]["extensions"]
            assert (found["code"], found["missed"]) == ("EVENTS_MISSED", QUEUE)
            kinds += [(await told(talk))["kind"] for _ in range(QUEUE - 1)]
            assert (kinds[0], kinds[-1]) == ("CREATED", "APPROVED")
        async with following(scene.stage, after=found["after"]) as talk:
            assert (await told(talk))["kind"] == "APPROVED"


async def flood(stage: Stage, count: int) -> None:
    """Let a manager ask for films, each two events."""
    store, feed = stage.gateway.runtime.store, stage.gateway.feed
    assert store is not None
    assert feed is not None
    before = await store.last_event()
    user = await store.enrol("flood", "Flood")
    assert user is not None
    for number in range(count):
        await store.create(Actor(user_id=user.user_id, role=Role.ADMIN), Wish(tmdb_id=1 + number))
        feed.nudge()
        await feed.news(before + 2 * number + 1)
