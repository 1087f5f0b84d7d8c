"""Who may connect, as whom, and for how long."""

from __future__ import annotations

import json
from typing import Any

import pytest
from starlette.types import Message

from gateway.edge.live.room import RoomLimits
from gateway.web.hosts import TrustedHosts
from tests.live.stage import House, house_of, turns
from tests.live.talk import Stream, asked, connected, upgraded, ws_scope

SAID = "subscription { said { text } }"
ME = "{ me }"
ZOE = "Bearer zoe"


async def me_of(house: House, payload: Any, headers: dict[str, str] | None = None) -> object:  # noqa: ANN401 - any JSON
    async with connected(house.app, payload, headers) as talk:
        talk.subscribe("1", ME)
        return (await talk.told())["payload"]["data"]["me"]


@pytest.mark.parametrize(
    ("payload", "headers", "expected"),
    [
        (None, {}, None),
        ({}, {}, None),
        ({"Authorization": ZOE}, {}, "key:zoe"),
        ({"authorization": ZOE}, {}, "key:zoe"),
        ({"authorization": None, "other": {"deep": [1]}}, {}, None),
        (None, {"authorization": ZOE}, "key:zoe"),
        ({"authorization": "Bearer max"}, {"authorization": ZOE}, "key:max"),
        (None, {"cookie": "session zoe", "origin": "http://gateway"}, "key:zoe"),
        (None, {"cookie": "session zoe"}, None),
    ],
)
async def test_who_it_is(payload: object, headers: dict[str, str], expected: str | None) -> None:
    assert await me_of(house_of(), payload, headers) == expected


@pytest.mark.parametrize(
    ("payload", "code"),
    [
        ({"authorization": "Bearer nobody"}, 4403),
        ({"authorization": ["Bearer zoe"]}, 4400),
        ({"authorization": {"toString": "zoe"}}, 4400),
        ({"authorization": "Bearer zoe\r\nx: y"}, 4400),
        ({"authorization": "Bearer zoë"}, 4400),
        ({"authorization": "x" * 9000}, 4400),
        ({"authorization": ZOE, "Authorization": ZOE}, 4400),
        ([ZOE], 4400),
        (ZOE, 4400),
    ],
)
async def test_who_it_is_not(payload: object, code: int) -> None:
    house = house_of(max_bytes=20_000)
    async with upgraded(house.app) as talk:
        await talk.heard()
        talk.say({"type": "connection_init", "payload": payload})
        assert (await talk.closed())[0] == code


async def test_nobody_can_tell_right_now() -> None:
    house = house_of()
    house.people.is_away = True
    async with upgraded(house.app) as talk:
        await talk.heard()
        talk.say({"type": "connection_init", "payload": {"authorization": ZOE}})
        assert (await talk.closed())[0] == 1013


async def test_a_key_that_is_revoked_asks_nothing_more() -> None:
    house = house_of()
    async with connected(house.app, {"authorization": ZOE}) as talk:
        house.people.gone.add("zoe")
        talk.subscribe("1", ME)
        told = await talk.told()
        assert told["type"] == "error"
        assert told["payload"][0]["extensions"]["code"] == "UNAUTHENTICATED"


async def test_a_key_that_is_revoked_hears_nothing_more() -> None:
    house = house_of()
    fields = {"authorization": ZOE}
    async with connected(house.app, fields) as talk, asked(house.app, SAID, fields) as stream:
        await stream.start()
        talk.subscribe("1", SAID)
        await turns()
        await house.room.look()
        house.radio.say("to those who may")
        assert (await talk.told())["type"] == "next"
        await stream.next()
        house.people.gone.add("zoe")
        await house.room.look()
        assert (await talk.closed())[0] == 4403
        assert await stream.event() == {}
        await talk.over()
        await stream.over()
    assert not house.radio.ears


async def test_nobody_is_shown_out_while_nobody_can_tell() -> None:
    house = house_of()
    async with connected(house.app, {"authorization": ZOE}) as talk:
        house.people.is_away = True
        await house.room.look()
        house.people.is_away = False
        talk.subscribe("1", ME)
        assert (await talk.told())["payload"]["data"] == {"me": "key:zoe"}


REFUSED = {"type": "websocket.http.response.start", "status": 403}


@pytest.mark.parametrize(
    ("origin", "host", "allowed", "is_let_in"),
    [
        (None, "gateway", (), True),
        ("http://gateway", "gateway", (), True),
        ("http://gateway:80", "gateway", (), True),
        ("https://gateway", "gateway:443", (), True),
        ("http://gateway:8000", "gateway:8000", (), True),
        ("http://gateway:8000", "gateway", (), False),
        ("https://evil.example", "gateway", (), False),
        ("null", "gateway", (), False),
        ("", "gateway", (), False),
        ("http://gateway.evil.example", "gateway", (), False),
        ("file://", "gateway", (), False),
        ("https://movies.example", "gateway", ("https://movies.example",), True),
        ("https://evil.example", "gateway", ("https://movies.example",), False),
        ("https://evil.example", "gateway", ("*",), True),
    ],
)
async def test_pages_that_may_connect(
    origin: str | None, host: str, allowed: tuple[str, ...], *, is_let_in: bool
) -> None:
    house = house_of(origins=allowed)
    headers = {"host": host} | ({} if origin is None else {"origin": origin})
    async with upgraded(house.app, ws_scope(headers)) as talk:
        first = await talk.heard()
        assert (first["type"] == "websocket.accept") is is_let_in
        if not is_let_in:
            assert first.items() >= REFUSED.items()
            body = json.loads((await talk.heard())["body"])
            assert body["errors"][0]["extensions"]["code"] == "CROSS_SITE_REQUEST"
    async with asked(house.app, SAID, headers) as stream:
        status, _ = await stream.start()
        assert status == (200 if is_let_in else 403)
        if not is_let_in:
            assert not house.radio.ears


async def test_a_server_that_knows_no_answers_to_upgrades() -> None:
    scope = {**ws_scope({"origin": "https://evil.example"}), "extensions": {}}
    async with upgraded(house_of().app, scope) as talk:
        assert await talk.heard() == {"type": "websocket.close"}


async def test_a_host_that_nobody_named_is_refused() -> None:
    app = TrustedHosts(house_of().app, ["gateway"])
    async with upgraded(app, ws_scope({"host": "evil.example"})) as talk:
        assert await talk.heard() == {"type": "websocket.close"}
    async with connected(app):
        pass


async def code_of(stream: Stream) -> tuple[int, str]:
    status, _ = await stream.start()
    return status, json.loads(await stream.piece())["errors"][0]["extensions"]["code"]


async def rejected(house: House, address: str) -> tuple[int, Message]:
    async with upgraded(house.app, ws_scope(address=address)) as talk:
        first = await talk.heard()
        assert first["type"] == "websocket.http.response.start", first
        return first["status"], first


async def test_one_address_has_so_many_connections() -> None:
    house = house_of(limits=RoomLimits(per_address=2))
    async with connected(house.app), asked(house.app, SAID) as stream:
        await stream.start()
        assert (await rejected(house, "192.0.2.1"))[0] == 429
        async with asked(house.app, SAID) as third:
            assert await code_of(third) == (429, "TOO_MANY_CONNECTIONS")
        async with connected(house.app, address="192.0.2.2"):
            pass
    async with connected(house.app):
        assert len(house.room) == 1
    assert len(house.room) == 0
    assert not house.radio.ears


async def test_all_together_have_so_many_connections() -> None:
    house = house_of(limits=RoomLimits(connections=1))
    async with connected(house.app):
        status, message = await rejected(house, "192.0.2.2")
        assert status == 503
        assert (b"retry-after", b"5") in message["headers"]


async def test_one_address_has_so_many_subscriptions() -> None:
    house = house_of(limits=RoomLimits(subscriptions=2))
    async with connected(house.app) as talk, connected(house.app) as other:
        talk.subscribe("1", SAID)
        other.subscribe("1", SAID)
        await turns()
        talk.subscribe("2", SAID)
        told = await talk.told()
        assert told["payload"][0]["extensions"]["code"] == "TOO_MANY_SUBSCRIPTIONS"
        async with asked(house.app, SAID) as stream:
            assert await code_of(stream) == (429, "TOO_MANY_SUBSCRIPTIONS")
        assert len(house.radio.ears) == house.room.subscriptions == 2
        other.say({"id": "1", "type": "complete"})
        await turns()
        async with asked(house.app, SAID) as stream:
            assert (await stream.start())[0] == 200
    assert house.room.subscriptions == 0


async def test_one_caller_has_so_many_wherever_they_are() -> None:
    house = house_of(limits=RoomLimits(subscriptions=1))
    zoe = {"authorization": ZOE}
    async with connected(house.app, zoe) as talk:
        talk.subscribe("1", SAID)
        await turns()
        async with connected(house.app, zoe, address="192.0.2.2") as other:
            other.subscribe("1", SAID)
            told = await other.told()
            assert told["payload"][0]["extensions"]["code"] == "TOO_MANY_SUBSCRIPTIONS"
            assert len(house.radio.ears) == 1


async def test_nobody_hears_what_others_are_told_who_ask_in_the_same_words() -> None:
    house = house_of()
    who = "subscription { said { text who } }"
    async with (
        connected(house.app, {"authorization": ZOE}) as zoe,
        connected(house.app, {"authorization": "Bearer max"}) as peter,
        connected(house.app) as nobody,
    ):
        for each in (zoe, peter, nobody):
            each.subscribe("1", who)
        await turns()
        house.radio.say("hello")
        told = [await each.told() for each in (zoe, peter, nobody)]
        found = [each["payload"]["data"]["said"]["who"] for each in told]
        assert found == ["key:zoe", "key:max", None]
        assert house.graph.telling.executed == 3
