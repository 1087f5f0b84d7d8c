"""Whatever a client says, in whatever order: it is answered by the protocol, and leaves nothing."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.edge.live.messages import Close
from tests.live.stage import house_of, turns
from tests.live.talk import Talk, upgraded

QUERIES = (
    "subscription { said { text slowly } }",
    "subscription { count(to: 2) }",
    "{ slow }",
    '{ echo(text: "hi") }',
    "mutation { change }",
    "{",
    "{ nothing }",
    "subscription { said { fails } }",
    "",
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=5,
)
IDS = st.sampled_from(["a", "b", "c", ""])
TYPES = st.sampled_from(["connection_init", "ping", "pong", "complete", "subscribe", "error", "x"])
SUBSCRIBES = st.builds(
    lambda name, query: {"type": "subscribe", "id": name, "payload": {"query": query}},
    IDS,
    st.sampled_from(QUERIES),
)
MESSAGES = (
    SUBSCRIBES
    | st.fixed_dictionaries({"type": st.just("complete"), "id": IDS})
    | st.fixed_dictionaries({"type": TYPES}, optional={"id": IDS | JSON, "payload": JSON})
    | JSON
)
SAID = st.lists(
    MESSAGES | st.sampled_from(["say", "end", "drain", "look", "hold", "go"]), max_size=12
)
CODES = {int(each) for each in Close}


async def checked(said: list[Any]) -> None:
    """Say it all, and look at what is left."""
    before = asyncio.all_tasks()
    house = house_of()
    acts = {
        "say": lambda: house.radio.say("hello"),
        "end": lambda: house.radio.put(None),
        "drain": house.drain.begin,
        "hold": house.radio.open.clear,
        "go": house.radio.open.set,
        "look": lambda: None,
    }
    async with upgraded(house.app) as talk:
        talk.say({"type": "connection_init"})
        for each in said:
            if isinstance(each, str) and each in acts:
                acts[each]()
            else:
                talk.say(json.dumps(each))
            await turns(3)
        house.radio.open.set()
    closings = [message for message in heard(talk) if message["type"] == "websocket.close"]
    assert len(closings) <= 1
    assert all(message["code"] in CODES for message in closings)
    await turns()
    assert asyncio.all_tasks() == before
    assert not house.radio.ears
    assert (len(house.room), house.room.subscriptions) == (0, 0)


def heard(talk: Talk) -> list[Any]:
    found = []
    while not talk.outgoing.empty():
        message = talk.outgoing.get_nowait()
        if message["type"] == "websocket.send":
            told = json.loads(message["text"])
            assert told["type"] in {"connection_ack", "pong", "next", "error", "complete"}
            assert "Traceback" not in message["text"]
        found.append(message)
    return found


@settings(max_examples=25, deadline=None)
@given(SAID)
def test_nothing_is_left(said: list[Any]) -> None:
    asyncio.run(checked(said))
