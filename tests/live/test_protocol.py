"""graphql-transport-ws, message by message."""

from __future__ import annotations

import json

import pytest

from gateway.edge.live.room import RoomLimits
from gateway.errors import EventsMissedError
from tests.live.stage import house_of, turns
from tests.live.talk import connected, upgraded, ws_scope

SAID = "subscription { said { text } }"
ECHO = '{ echo(text: "hi") }'


@pytest.mark.parametrize("offered", [(), ("graphql-ws",), ("soap",)])
async def test_no_other_subprotocol_is_spoken(offered: tuple[str, ...]) -> None:
    house = house_of()
    async with upgraded(house.app, ws_scope(subprotocols=offered)) as talk:
        assert await talk.heard() == {"type": "websocket.accept"}
        assert (await talk.closed())[0] == 4406
        await talk.over()
    assert len(house.room) == 0


async def test_who_says_nothing_is_closed() -> None:
    house = house_of(init_s=0.01)
    async with upgraded(house.app) as talk:
        await talk.heard()
        assert await talk.closed() == (4408, "Connection initialisation timeout")
        await talk.over()


async def test_who_says_something_else_first_is_closed() -> None:
    house = house_of()
    async with upgraded(house.app) as talk:
        await talk.heard()
        talk.subscribe("1", ECHO)
        assert await talk.closed() == (4401, "Unauthorized")


async def test_a_ping_may_come_first() -> None:
    house = house_of()
    async with upgraded(house.app) as talk:
        await talk.heard()
        talk.say({"type": "ping"})
        assert await talk.told() == {"type": "pong"}
        await talk.init()


async def test_a_second_init_closes() -> None:
    async with connected(house_of().app) as talk:
        talk.say({"type": "connection_init"})
        assert await talk.closed() == (4429, "Too many initialisation requests")


async def test_an_id_that_is_taken_closes() -> None:
    house = house_of()
    async with connected(house.app) as talk:
        talk.subscribe("a", SAID)
        talk.subscribe("a", SAID)
        assert await talk.closed() == (4409, "Subscriber for a already exists")
        await talk.over()
    assert not house.radio.ears


async def test_an_id_is_free_again_after_its_end() -> None:
    house = house_of()
    async with connected(house.app) as talk:
        for _ in range(2):
            talk.subscribe("a", ECHO)
            assert (await talk.told())["type"] == "next"
            assert await talk.told() == {"id": "a", "type": "complete"}
        talk.subscribe("a", SAID)
        await turns()
        talk.say({"id": "a", "type": "complete"})
        talk.subscribe("a", ECHO)
        assert (await talk.told())["payload"] == {"data": {"echo": "hi"}}
        await turns()
        assert not house.radio.ears


DEEP = '{"type":"ping","payload":' + '{"a":' * 4000 + "1" + "}" * 4000 + "}"


@pytest.mark.parametrize(
    "said",
    [
        "",
        "null",
        "[]",
        "nonsense",
        '"ping"',
        '{"type":"ping"',
        '{"type":"ping","type":"ping"}',
        "{}",
        '{"type":"start"}',
        '{"type":"connection_ack"}',
        '{"type":7}',
        '{"type":"subscribe"}',
        '{"type":"subscribe","id":"1"}',
        '{"type":"subscribe","id":"1","payload":[]}',
        '{"type":"subscribe","id":1,"payload":{"query":"{a}"}}',
        '{"type":"subscribe","id":"","payload":{"query":"{a}"}}',
        json.dumps({"type": "subscribe", "id": "x" * 257, "payload": {"query": "{a}"}}),
        '{"type":"complete"}',
        '{"type":"complete","id":null}',
        "[" * 8000,
        "9" * 8000,
        "\ufeff{}",
        "\x00",
        pytest.param(DEEP[:8000], id="half a deep one"),
    ],
)
async def test_garbage_closes_with_4400(said: str) -> None:
    house = house_of()
    async with connected(house.app) as talk:
        talk.say(said)
        code, reason = await talk.closed()
        assert code == 4400
        assert reason
        assert "Traceback" not in reason
        await talk.over()


async def test_json_that_is_too_deep_closes() -> None:
    async with connected(house_of(max_bytes=100_000).app) as talk:
        talk.say(DEEP)
        assert (await talk.closed())[0] == 4400


async def test_bytes_close_with_4400() -> None:
    async with connected(house_of().app) as talk:
        talk.incoming.put_nowait({"type": "websocket.receive", "bytes": b'{"type":"ping"}'})
        assert (await talk.closed())[0] == 4400


async def test_a_message_that_is_too_long_closes_with_1009() -> None:
    async with connected(house_of(max_bytes=1000).app) as talk:
        talk.say({"type": "ping", "payload": {"a": "x" * 1000}})
        assert (await talk.closed())[0] == 1009


async def test_unknown_ids_and_pongs_are_nothing() -> None:
    async with connected(house_of().app) as talk:
        talk.say({"type": "complete", "id": "never"})
        talk.say({"type": "pong", "payload": {"a": 1}})
        talk.say({"type": "ping"})
        assert await talk.told() == {"type": "pong"}


@pytest.mark.parametrize(
    ("payload", "code"),
    [
        ({"query": "{"}, "GRAPHQL_PARSE_FAILED"),
        ({"query": "{ nothing }"}, "GRAPHQL_VALIDATION_FAILED"),
        ({"query": "subscription { said { text } count(to: 1) }"}, "GRAPHQL_VALIDATION_FAILED"),
        (
            {"query": "query($a: Int!) { echo(text: $a) }", "variables": {"a": "b"}},
            "GRAPHQL_VALIDATION_FAILED",
        ),
        (
            {"query": "query($a: String!) { echo(text: $a) }", "variables": {"a": [1]}},
            "BAD_USER_INPUT",
        ),
        (
            {"query": "subscription($a: Int!) { count(to: $a) }", "variables": {"a": {}}},
            "BAD_USER_INPUT",
        ),
        ({"query": "query a { me } query b { me }"}, "OPERATION_RESOLUTION_FAILURE"),
        ({"query": 7}, "BAD_REQUEST"),
        ({}, "BAD_REQUEST"),
        ({"query": ECHO, "variables": "a"}, "BAD_REQUEST"),
        (
            {"extensions": {"persistedQuery": {"version": 1, "sha256Hash": "0" * 64}}},
            "PERSISTED_QUERY_NOT_SUPPORTED",
        ),
        ({"query": "subscription { said @skip(if: true) { text } }"}, "GRAPHQL_VALIDATION_FAILED"),
    ],
)
async def test_what_is_refused_is_an_error_of_its_id_alone(
    payload: dict[str, object], code: str
) -> None:
    house = house_of()
    async with connected(house.app) as talk:
        talk.subscribe("good", SAID)
        talk.say({"id": "bad", "type": "subscribe", "payload": payload})
        told = await talk.told()
        assert (told["id"], told["type"]) == ("bad", "error")
        assert told["payload"][0]["extensions"]["code"] == code
        await turns()
        house.radio.say("still here")
        assert (await talk.told())["id"] == "good"
        talk.subscribe("bad", ECHO)
        assert (await talk.told())["payload"] == {"data": {"echo": "hi"}}


async def test_a_source_that_refuses_is_an_error() -> None:
    house = house_of()
    async with connected(house.app) as talk:
        talk.subscribe("1", 'subscription { said(after: "foreign") { text } }')
        told = await talk.told()
        assert told["type"] == "error"
        assert told["payload"][0]["extensions"] == {"code": "BAD_USER_INPUT", "argument": "after"}


async def test_a_source_that_breaks_is_a_masked_error(caplog: pytest.LogCaptureFixture) -> None:
    house = house_of()
    async with connected(house.app) as talk:
        talk.subscribe("1", SAID)
        await turns()
        house.radio.put(ValueError("secret"))
        told = await talk.told()
        assert told["type"] == "error"
        assert "secret" not in json.dumps(told)
        assert told["payload"][0]["extensions"]["code"] == "INTERNAL_SERVER_ERROR"
        await turns()
    assert "unplanned error in a subscription's source" in caplog.text


async def test_an_error_of_a_field_does_not_end_it() -> None:
    house = house_of()
    async with connected(house.app) as talk:
        talk.subscribe("1", "subscription { said { text fails } }")
        await turns()
        for text in ("one", "two"):
            house.radio.say(text)
            payload = (await talk.told())["payload"]
            assert payload["data"]["said"] == {"text": text, "fails": None}
            assert payload["errors"][0]["path"] == ["said", "fails"]
            assert "business" not in json.dumps(payload)


async def test_what_was_missed_is_told_and_the_rest_goes_on() -> None:
    house = house_of()
    async with connected(house.app) as talk:
        talk.subscribe("1", SAID)
        await turns()
        house.radio.put(EventsMissedError(64, after="c9"))
        house.radio.say("later")
        payload = (await talk.told())["payload"]
        assert payload["data"] is None
        found = payload["errors"][0]["extensions"]
        assert (found["code"], found["missed"], found["after"]) == ("EVENTS_MISSED", 64, "c9")
        assert (await talk.told())["payload"]["data"] == {"said": {"text": "later"}}


async def test_a_source_of_plain_values() -> None:
    async with connected(house_of().app) as talk:
        talk.subscribe("1", "subscription($to: Int!) { count(to: $to) }", variables={"to": 3})
        told = [await talk.told() for _ in range(4)]
        assert [each.get("payload", {}).get("data") for each in told[:3]] == [
            {"count": number} for number in range(3)
        ]
        assert told[3] == {"id": "1", "type": "complete"}


async def test_operations_at_once_are_bounded() -> None:
    house = house_of(limits=RoomLimits(operations=3))
    async with connected(house.app) as talk:
        for name in "abcd":
            talk.subscribe(name, SAID)
        told = await talk.told()
        assert (told["id"], told["type"]) == ("d", "error")
        assert told["payload"][0]["extensions"]["code"] == "TOO_MANY_SUBSCRIPTIONS"
        talk.say({"id": "a", "type": "complete"})
        await turns()
        talk.subscribe("d", ECHO)
        assert (await talk.told())["payload"] == {"data": {"echo": "hi"}}


async def test_hundreds_of_subscriptions_are_refused_one_by_one() -> None:
    house = house_of(limits=RoomLimits(operations=5))
    async with connected(house.app) as talk:
        for number in range(800):
            talk.subscribe(str(number), SAID)
        refused = [await talk.told() for _ in range(795)]
        assert {each["type"] for each in refused} == {"error"}
        assert len(house.radio.ears) == 5


async def test_names_are_quoted() -> None:
    name = 'a"}\n\u2028💣'
    async with connected(house_of().app) as talk:
        talk.subscribe(name, ECHO)
        assert (await talk.told())["id"] == name
        assert await talk.told() == {"id": name, "type": "complete"}
