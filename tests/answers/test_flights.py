"""Identical operations in flight are one execution, and nobody pays for another's bad luck."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Coroutine
from typing import Any

import pytest

from gateway.edge.answers.flights import Flights
from gateway.transport.deadline import limit

CUT = "cut"


class Kitchen:
    """Makes numbered answers when told to."""

    def __init__(self) -> None:
        self.epoch = 0
        self.flights: Flights[str] = Flights(lambda: self.epoch, lambda answer: answer == CUT)
        self.begun = 0
        self.ended = 0
        self.error: Exception | None = None
        self.answers: list[str] = []
        self.door = asyncio.Event()

    def ask(self, key: str = "a", alias: str | None = None) -> asyncio.Task[str]:
        return asyncio.create_task(self.flights.join(key, self._make, alias=alias))

    async def _make(self) -> str:
        self.begun += 1
        mine = self.begun
        try:
            await self.door.wait()
        finally:
            self.ended += 1
        if self.error is not None:
            raise self.error
        return self.answers.pop(0) if self.answers else str(mine)


@pytest.fixture
def kitchen() -> Kitchen:
    return Kitchen()


async def turns(count: int = 5) -> None:
    for _ in range(count):
        await asyncio.sleep(0)


async def test_all_who_ask_for_the_same_share_one_execution(kitchen: Kitchen) -> None:
    asks = [kitchen.ask() for _ in range(50)]
    other = kitchen.ask("b")
    await turns()
    kitchen.door.set()
    assert set(await asyncio.gather(*asks)) == {"1"}
    assert await other == "2"
    assert (kitchen.begun, kitchen.flights.shared, len(kitchen.flights)) == (2, 49, 0)
    assert await kitchen.ask() == "3"  # nothing is kept


async def test_an_error_is_everybodys_and_of_this_time_only(kitchen: Kitchen) -> None:
    kitchen.error = ValueError("no")
    asks = [kitchen.ask() for _ in range(3)]
    await turns()
    kitchen.door.set()
    found = await asyncio.gather(*asks, return_exceptions=True)
    assert {type(each) for each in found} == {ValueError}
    kitchen.error = None
    assert await kitchen.ask() == "2"


async def test_it_goes_on_until_the_last_one_has_gone(kitchen: Kitchen) -> None:
    first, second = kitchen.ask(), kitchen.ask()
    await turns()
    first.cancel()
    await turns()
    assert kitchen.ended == 0
    second.cancel()
    late = kitchen.ask()  # must not get on a flight that is being given up
    await turns()
    assert (kitchen.begun, kitchen.ended) == (2, 1)
    kitchen.door.set()
    assert await late == "2"
    assert first.cancelled()
    assert second.cancelled()


async def test_who_asks_after_a_purge_joins_nothing_from_before(kitchen: Kitchen) -> None:
    before = kitchen.ask()
    await turns()
    kitchen.epoch += 1
    after, with_it = kitchen.ask(), kitchen.ask()
    await turns()
    kitchen.door.set()
    assert await asyncio.gather(before, after, with_it) == ["1", "2", "2"]


async def test_who_has_less_time_begins_another_and_leaves_the_longer_one(
    kitchen: Kitchen,
) -> None:
    with limit(5):
        long = kitchen.ask()
        with limit(1):
            short = kitchen.ask()
        longer = kitchen.ask()
    endless = kitchen.ask()
    await turns()
    kitchen.door.set()
    found = await asyncio.gather(long, short, longer, endless)
    assert found == ["1", "2", "1", "1"]


async def test_an_answer_cut_by_anothers_deadline_is_asked_for_again(kitchen: Kitchen) -> None:
    kitchen.answers = [CUT]
    with limit(5):
        first = kitchen.ask()
    with limit(6):
        later, last = kitchen.ask(), kitchen.ask()
    await turns()
    kitchen.door.set()
    assert await first == CUT
    assert set(await asyncio.gather(later, last)) == {"2"}
    assert kitchen.begun == 2


async def test_it_has_the_name_that_was_brought_by_who_began_it(kitchen: Kitchen) -> None:
    asks = [kitchen.ask("a", "x"), kitchen.ask("a", "y")]
    await turns()
    found = kitchen.flights.find("x")
    assert found is kitchen.flights.find("a") is not None
    assert kitchen.flights.find("y") is None
    assert len(kitchen.flights) == 1
    kitchen.door.set()
    assert await kitchen.flights.share(found, math.inf) == "1"
    assert await asyncio.gather(*asks) == ["1", "1"]
    assert (kitchen.flights.find("x"), len(kitchen.flights)) == (None, 0)


async def test_a_name_stays_with_the_one_under_way(kitchen: Kitchen) -> None:
    with limit(5):
        long = kitchen.ask("a", "x")
        await turns()
        with limit(1):
            short = kitchen.ask("a", "x")
        await turns()
    found = kitchen.flights.find("x")
    assert found is not None
    assert await kitchen.flights.share(found, 0.0) is None, "it has more time than is left"
    short.cancel()
    await turns()
    assert kitchen.flights.find("x") is found
    long.cancel()
    await turns()
    assert kitchen.flights.find("x") is None
    assert kitchen.ended == 2


async def test_a_purge_ends_a_name_too(kitchen: Kitchen) -> None:
    before = kitchen.ask("a", "x")
    await turns()
    kitchen.epoch += 1
    assert kitchen.flights.find("x") is None
    after = kitchen.ask("a", "x")
    await turns()
    assert kitchen.flights.find("x") is kitchen.flights.find("a") is not None
    kitchen.door.set()
    assert await asyncio.gather(before, after) == ["1", "2"]


async def test_answers_are_given_in_the_order_of_asking(kitchen: Kitchen) -> None:
    """Who came later has more time left, and so can share what the earlier one begins anew."""
    given: list[int] = []
    asks = [kitchen.ask() for _ in range(20)]
    for at, each in enumerate(asks):
        each.add_done_callback(lambda _, at=at: given.append(at))
    await turns()
    kitchen.door.set()
    await asyncio.gather(*asks)
    assert given == list(range(20))


async def test_nobody_asks_again_without_end(kitchen: Kitchen) -> None:
    kitchen.answers = [CUT] * 10
    kitchen.door.set()
    with limit(5):
        first = kitchen.ask()
    with limit(6):
        second = kitchen.ask()
    assert await asyncio.gather(first, second) == [CUT, CUT]
    assert kitchen.begun <= 3


async def test_a_storm_of_cancellations_leaves_nothing_behind(kitchen: Kitchen) -> None:
    def storm() -> Coroutine[Any, Any, None]:
        async def one(at: int) -> None:
            task = kitchen.ask(str(at % 3))
            await turns(at % 4)
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

        async def all_of_them() -> None:
            await asyncio.gather(*map(one, range(60)))

        return all_of_them()

    await storm()
    await turns()
    assert len(kitchen.flights) == 0
    assert kitchen.begun == kitchen.ended > 0
    kitchen.door.set()
    assert await kitchen.ask() == str(kitchen.begun)
