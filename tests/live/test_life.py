"""What becomes of operations when a connection ends, a client stalls, or the process leaves."""

from __future__ import annotations

import asyncio

from tests.live.stage import House, house_of, turns
from tests.live.talk import asked, connected

SAID = "subscription { said { text } }"
SLOWLY = "subscription { said { slowly } }"


def tasks_beside(house: House) -> int:
    """Tasks that are not the test's own, nor the room's."""
    own = {asyncio.current_task(), house.room._watch}
    return len(asyncio.all_tasks() - own)


async def test_a_socket_that_goes_leaves_nothing() -> None:
    house = house_of()
    async with connected(house.app) as talk:
        for name in "abc":
            talk.subscribe(name, SAID)
            talk.subscribe(f"{name}2", SLOWLY)
        talk.subscribe("q", "{ slow }")
        await turns()
        house.radio.open.clear()
        house.radio.say("hello")
        await turns()
        talk.leave()
        await talk.over()
        assert tasks_beside(house) == 0
    assert not house.radio.ears
    assert (len(house.room), house.room.subscriptions) == (0, 0)


async def test_a_stream_that_goes_leaves_nothing() -> None:
    house = house_of()
    async with asked(house.app, SLOWLY) as stream:
        await stream.start()
        await turns()
        house.radio.open.clear()
        house.radio.say("hello")
        await turns()
        assert house.radio.begun == 1
        stream.gone.set()
        await stream.over()
        assert tasks_beside(house) == 0
    assert not house.radio.ears
    assert (len(house.room), house.room.subscriptions) == (0, 0)


async def test_a_query_that_nobody_wants_any_more_ends() -> None:
    house = house_of()
    house.radio.open.clear()
    async with connected(house.app) as talk:
        talk.subscribe("1", "{ slow }")
        await turns()
        talk.say({"id": "1", "type": "complete"})
        await turns()
        assert house.radio.begun == 1
        house.radio.open.set()
        talk.say({"type": "ping"})
        assert await talk.told() == {"type": "pong"}


async def test_a_change_is_made_to_its_end_though_its_socket_goes() -> None:
    house = house_of()
    house.radio.open.clear()
    async with connected(house.app) as talk:
        talk.subscribe("1", "mutation { change }")
        talk.subscribe("2", "mutation { change }")
        await turns()
        talk.say({"id": "1", "type": "complete"})
        await turns()
        talk.leave()
        await turns()
        assert talk.task is not None
        assert not talk.task.done()
        house.radio.open.set()
        await talk.over()
    assert house.radio.changed == 2


async def test_a_change_whose_turn_has_not_come_is_not_made() -> None:
    house = house_of()
    house.radio.open.clear()
    async with connected(house.app) as talk:
        for number in range(6):  # the gate lets four in
            talk.subscribe(str(number), "mutation { change }")
        await turns()
        talk.leave()
        await turns()
        house.radio.open.set()
        await talk.over()
    assert house.radio.changed == 4


async def test_an_execution_ends_when_the_last_goes_who_waits_for_it() -> None:
    house = house_of()
    house.radio.open.clear()
    async with connected(house.app) as talk, connected(house.app) as other:
        talk.subscribe("1", SLOWLY)
        other.subscribe("1", SLOWLY)
        await turns()
        house.radio.say("hello")
        await turns()
        talk.leave()
        await talk.over()
        house.radio.open.set()
        told = await other.told()
        assert told["payload"]["data"] == {"said": {"slowly": "hello"}}
    assert house.radio.begun == 1


async def test_a_client_that_does_not_read_is_given_up() -> None:
    house = house_of(patience_s=0.02)
    async with connected(house.app) as talk:
        talk.subscribe("1", SAID)
        await turns()
        talk.reads.clear()
        house.radio.say("hello")
        await talk.over()
        assert talk.outgoing.empty()
    assert not house.radio.ears


async def test_a_stream_that_nobody_reads_is_given_up() -> None:
    house = house_of(patience_s=0.02)
    async with asked(house.app, SAID) as stream:
        await stream.start()
        await stream.piece()
        stream.reads.clear()
        house.radio.say("hello")
        await stream.over()
    assert not house.radio.ears


async def test_a_stream_shows_signs_of_life() -> None:
    house = house_of(keep_alive_s=0.01)
    async with asked(house.app, SAID) as stream:
        await stream.start()
        assert [await stream.piece() for _ in range(3)] == [b":\n\n"] * 3


async def test_all_are_told_to_come_back_when_the_process_leaves() -> None:
    house = house_of()
    async with connected(house.app) as talk, asked(house.app, SAID) as stream:
        await stream.start()
        talk.subscribe("1", SAID)
        talk.subscribe("2", "{ slow }")
        house.radio.open.clear()
        await turns()
        house.drain.begin()
        await turns()
        assert await stream.event() == {}  # no `complete`: what is not complete is asked again
        assert not house.radio.ears
        house.radio.open.set()
        assert (await talk.told())["payload"] == {"data": {"slow": "done"}}
        assert await talk.told() == {"id": "2", "type": "complete"}
        assert (await talk.closed())[0] == 1012
        await talk.over()


async def test_nobody_new_is_let_in_while_the_process_leaves() -> None:
    house = house_of()
    house.drain.begin()
    async with asked(house.app, SAID) as stream:
        status, headers = await stream.start()
        assert (status, headers["retry-after"], headers["connection"]) == (503, "1", "close")


async def test_who_is_still_silent_is_told_to_come_back_too() -> None:
    house = house_of()
    async with connected(house.app) as first:
        house.drain.begin()
        assert (await first.closed())[0] == 1012


async def test_the_deadline_holds() -> None:
    house = house_of(deadline_s=0.02)
    house.radio.open.clear()
    async with connected(house.app) as talk:
        for number in range(5):  # one waits in line
            talk.subscribe(str(number), "mutation { change }")
        told = await talk.told()
        assert told["payload"][0]["extensions"]["code"] == "OVERLOADED"
        house.radio.open.set()


async def test_slow_executions_wait_for_each_other() -> None:
    house = house_of()
    house.radio.open.clear()
    async with connected(house.app) as talk:
        for count in range(30):
            talk.subscribe(
                str(count), f"subscription {{ said {{ slowly times(count: {count}) }} }}"
            )
        await turns(100)
        house.radio.say("a")
        await turns(100)
        assert house.radio.begun == 16
        house.radio.open.set()
        told = [await talk.told() for _ in range(30)]
        assert {each["payload"]["data"]["said"]["slowly"] for each in told} == {"a"}
