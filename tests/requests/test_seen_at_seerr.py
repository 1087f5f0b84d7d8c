"""What people do at Seerr itself is told by the gateway, and what is not so is not."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from gateway.domain.request_log import RequestEventKind
from gateway.domain.request_rules import Actor, Step
from gateway.domain.request_store import Wish
from gateway.domain.role import Role
from gateway.events.seen import Seen
from gateway.upstreams.seerr.agenda import AGAIN_S, APART_S, WHOLE_AGAIN_S
from tests.requests.cast import PEOPLE
from tests.requests.stages import FILM, OTHER_FILM, THIRD_FILM, with_people
from tests.requests.webhooked import HASTE, House, set_up

K = RequestEventKind
RENAMED = json.dumps({"kind": "{{notification_type}}", "{{request}}": {"ID": "{{request_id}}"}})
WITHOUT_ID = json.dumps({"text": "{{subject}}: {{event}}"})


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with set_up(tmp_path) as made:
        yield made


def actor(name: str) -> Actor:
    """Somebody as the store knows them."""
    viewer = PEOPLE[name]
    assert viewer.seerr_user_id is not None
    return Actor(user_id=viewer.seerr_user_id, role=viewer.role)


def reads(house: House) -> dict[str, int]:
    """Calls that reached Seerr since the last look."""
    found = Counter(call.route for call in house.stage.sandbox.seerr.calls)
    house.stage.calls()
    return dict(found)


async def quiet(house: House) -> None:
    """Wait until nothing is looked at, or is to be."""
    hints = house.journal.hints

    async def done() -> bool:
        is_waiting = bool(hints._heard._waiters)  # for the next hint
        return is_waiting and hints._agenda.wait_s(hints._clock()) is None

    await house.stage.sandbox.seerr.settled()
    await house.until(done)


async def test_a_decision_at_seerr_is_told(house: House) -> None:
    """From Seerr's page through its webhook to whoever follows, and to what is shown."""
    assert house.stage.gateway.feed is not None
    follower = await house.stage.gateway.feed.follow()
    number = await house.asks("ann", FILM)
    await house.until_told((number, "CREATED", "Ann"))
    await house.at_seerr("max", "POST", f"/request/{number}/approve")
    await house.until_told((number, "CREATED", "Ann"), (number, "APPROVED", "Max"))
    shown = (await house.store.get_many([number]))[number]
    assert shown.status.value == "APPROVED"
    media = house.stage.sandbox.seerr.world.store.requests[number].media
    await house.at_seerr("ada", "POST", f"/media/{media.id}/available", {"is4k": False})
    await house.until_told(
        (number, "CREATED", "Ann"), (number, "APPROVED", "Max"), (number, "COMPLETED", None)
    )
    shown = (await house.store.get_many([number]))[number]
    assert (shown.status.value, shown.availability.value) == ("COMPLETED", "AVAILABLE")
    assert await house.store.history(number) == await house.store.events(0, most=9)
    assert await house.store.last_event() == 3
    followed = [await anext(follower) for _ in range(3)]
    assert [each.event.kind.value for each in followed if isinstance(each, Seen)] == [
        *("CREATED", "APPROVED", "COMPLETED")
    ]
    await follower.aclose()


@pytest.mark.slow
@pytest.mark.parametrize("template", [RENAMED, WITHOUT_ID, '"{{event}}"', "[]"])
async def test_any_template_will_do(tmp_path: Path, template: str) -> None:
    async with set_up(tmp_path, template=json.dumps(template)) as house:
        number = await house.asks("ann", FILM)
        await house.until_told((number, "CREATED", "Ann"))


async def test_what_is_done_here_is_told_at_once_and_once(house: House) -> None:
    """Seerr's webhook tells of it as well."""
    made = await house.store.create(actor("ann"), Wish(tmdb_id=FILM))
    number: int = made.request.request_id  # type: ignore[union-attr] # it was
    assert await house.told() == [(number, "CREATED", "Ann")]
    await house.store.decide(actor("max"), number, Step.DECLINE, reason="We have it.")
    other = await house.store.create(actor("max"), Wish(tmdb_id=OTHER_FILM))
    second: int = other.request.request_id  # type: ignore[union-attr] # ditto
    await house.store.cancel(actor("ada"), second)
    expected = [
        (number, "CREATED", "Ann"),
        (number, "DECLINED", "Max"),
        (second, "CREATED", "Max"),
        (second, "APPROVED", "Max"),
        (second, "CANCELLED", "Ada"),
    ]
    assert await house.told() == expected
    declined = (await house.store.history(number))[1]
    assert (declined.kind, declined.reason) == (K.DECLINED, "We have it.")
    await house.stage.sandbox.seerr.settled()
    await quiet(house)
    assert await house.told() == expected


@pytest.mark.slow
async def test_a_refusal_leaves_nothing_behind(house: House) -> None:
    number = await house.asks("ann", FILM)
    await house.until_told((number, "CREATED", "Ann"))
    await house.store.decide(actor("max"), number, Step.RETRY)
    await house.store.decide(actor("bob"), number, Step.APPROVE)
    await house.at_seerr("ada", "POST", f"/request/{number}/approve")
    await house.until_told((number, "CREATED", "Ann"), (number, "APPROVED", "Ada"))


async def test_a_forged_a_replayed_and_a_flooding_webhook(house: House) -> None:
    """None of them changes anything; what they cost is counted."""
    number = await house.asks("ann", FILM)
    await house.until_told((number, "CREATED", "Ann"))
    await house.store.decide(actor("max"), number, Step.APPROVE)
    await house.stage.sandbox.seerr.settled()
    await quiet(house)
    expected = [(number, "CREATED", "Ann"), (number, "APPROVED", "Max")]
    assert await house.told() == expected
    purged = house.stage.gateway.cache.stats()["purge"]
    reads(house)

    def body(request_id: int, kind: str = "MEDIA_DECLINED") -> object:
        return {"notification_type": kind, "request": {"request_id": str(request_id)}}

    for _ in range(20):  # forged
        assert await house.hook(body(number), Authorization="Bearer guessed") == 401
    await quiet(house)
    assert reads(house) == {}

    began_s = time.monotonic()
    for kind in ("MEDIA_PENDING", "MEDIA_DECLINED", "MEDIA_AVAILABLE") * 20:  # replayed, stale
        assert await house.hook(body(number, kind)) == 202
    await quiet(house)
    found = reads(house)
    assert set(found) == {"/request/{requestId}"}
    assert found["/request/{requestId}"] <= 1 + (time.monotonic() - began_s) * HASTE / AGAIN_S

    began_s = time.monotonic()
    for stranger in range(10_000, 10_200):  # a flood
        assert await house.hook(body(stranger)) == 202
    await quiet(house)
    found = reads(house)
    spent_s = (time.monotonic() - began_s) * HASTE
    assert 1 <= found["/request"] <= 1 + spent_s / WHOLE_AGAIN_S
    assert sum(found.values()) <= 1 + spent_s / APART_S
    assert sum(found.values()) < 200
    assert await house.told() == expected
    assert house.stage.gateway.cache.stats()["purge"] == purged


@pytest.mark.slow
@pytest.mark.parametrize(
    "body",
    [
        {"notification_type": "TEST_NOTIFICATION", "media": None},
        {"notification_type": "ISSUE_CREATED", "request": {"request_id": "1"}},
        {"media": {"media_type": "tv"}, "request": {"request_id": "1"}},
    ],
)
async def test_what_is_about_no_request_for_a_film_costs_nothing(
    house: House, body: object
) -> None:
    assert await house.hook(body) == 202
    await quiet(house)
    assert reads(house) == {}


@pytest.mark.slow
async def test_without_a_secret_there_is_no_webhook(tmp_path: Path) -> None:
    async with set_up(tmp_path, {"SEERR_WEBHOOK_SECRET": ""}) as house:
        assert await house.hook({}) == 404


@pytest.mark.slow
async def test_without_a_log_there_is_no_webhook_and_no_events(tmp_path: Path) -> None:
    async with set_up(tmp_path, {"GATEWAY_BOOK": "off"}, begin=False) as house:
        assert await house.hook({}) == 404
        made = await house.store.create(actor("ann"), Wish(tmdb_id=THIRD_FILM))
        assert await house.store.history(made.request.request_id) == ()  # type: ignore[union-attr] # it was
        assert reads(house).get("/request/count") is None


@pytest.mark.slow
async def test_a_log_that_cannot_be_kept_keeps_nobody_from_asking(tmp_path: Path) -> None:
    """A folder of which somebody has made a file."""
    (tmp_path / "data").write_text("")
    environ = {"GATEWAY_DATA_DIR": str(tmp_path / "data")}
    async with set_up(tmp_path, environ, begin=False) as house:
        made = await house.store.create(actor("ann"), Wish(tmdb_id=FILM))
        number: int = made.request.request_id  # type: ignore[union-attr] # it was
        done = await house.store.decide(
            Actor(user_id=actor("max").user_id, role=Role.MANAGER), number, Step.APPROVE
        )
        assert type(done).__name__ == "Changed"


@pytest.mark.slow
async def test_two_replicas_tell_it_once(tmp_path: Path) -> None:
    """They share a database: the webhook calls one, both look by themselves, both tell."""
    environ = {"SEERR_WATCH_EVERY_S": "0.05"}
    sandbox = with_people()
    async with (
        set_up(tmp_path, environ, sandbox=sandbox) as one,
        set_up(tmp_path, environ, sandbox=sandbox) as other,
    ):
        feeds = [each.stage.gateway.feed for each in (one, other)]
        followers = [await feed.follow() for feed in feeds if feed is not None]
        numbers = [await one.asks("ann", film) for film in (FILM, OTHER_FILM, THIRD_FILM)]
        for number in numbers:
            await one.at_seerr("max", "POST", f"/request/{number}/approve")
        expected = {(number, kind) for number in numbers for kind in (K.CREATED, K.APPROVED)}
        for follower in followers:
            told = [await anext(follower) for _ in expected]
            seen = [each.event for each in told if isinstance(each, Seen)]
            assert {(each.request_id, each.kind) for each in seen} == expected
            assert len({each.event_id for each in seen}) == len(expected)
            await follower.aclose()
        assert len(await one.told()) == len(expected)
        assert await one.told() == await other.told()
