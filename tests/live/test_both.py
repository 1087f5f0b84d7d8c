"""What can be followed, over both kinds of connection."""

from __future__ import annotations

from tests.live.stage import house_of, turns
from tests.live.talk import asked, connected

SAID = "subscription { said { text cursor } }"


async def test_a_subscription_over_a_socket() -> None:
    house = house_of()
    async with connected(house.app) as talk:
        talk.subscribe("1", SAID)
        await turns()
        house.radio.say("hello")
        house.radio.say("again")
        data = {"said": {"text": "hello", "cursor": "c1"}}
        assert await talk.told() == {"id": "1", "type": "next", "payload": {"data": data}}
        assert (await talk.told())["payload"]["data"]["said"]["text"] == "again"
        house.radio.put(None)
        assert await talk.told() == {"id": "1", "type": "complete"}
    assert not house.radio.ears


async def test_a_subscription_over_a_stream() -> None:
    house = house_of()
    async with asked(house.app, SAID) as stream:
        status, headers = await stream.start()
        assert (status, headers["content-type"]) == (200, "text/event-stream; charset=utf-8")
        await turns()
        house.radio.say("hello")
        event = await stream.event()
        assert event["event"] == "next"
        assert event["id"] == "c1"
        assert event["data"] == '{"data":{"said":{"text":"hello","cursor":"c1"}}}'
        house.radio.put(None)
        assert await stream.event() == {"event": "complete", "data": ""}
        assert await stream.event() == {}
    assert not house.radio.ears


async def test_what_is_said_is_told_once_for_all_who_ask_in_the_same_words() -> None:
    house = house_of()
    async with connected(house.app) as talk, asked(house.app, SAID) as stream:
        for name in ("1", "2", "3"):
            talk.subscribe(name, SAID)
        await stream.start()
        await turns()
        house.radio.say("hello")
        told = [await talk.told() for _ in range(3)]
        assert {each["id"] for each in told} == {"1", "2", "3"}
        assert (await stream.next()) == told[0]["payload"]
        assert house.graph.telling.executed == 1
