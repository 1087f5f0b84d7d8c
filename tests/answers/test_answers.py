"""What is kept, for whom and how long; what is shared in flight."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable

import pytest

from gateway.cache.readthrough import ReadThrough
from gateway.edge.graphql.refusal import RefusalCode, RefusedError
from gateway.transport.deadline import limit
from tests.answers.house import TAG, House, data, header, turns
from tests.cache.conftest import cache, clock, new_cache
from tests.cache.stage import Clock
from tests.valkey import valkey_server, valkey_url

__all__ = ["cache", "clock", "new_cache", "valkey_server", "valkey_url"]


@pytest.fixture
async def house(cache: ReadThrough) -> AsyncIterator[House]:
    made = House(cache)
    yield made
    made.world.door.set()
    await cache.settled()


async def number(house: House, text: str = "{ all }", **how: str) -> int:
    found: int = data(await house.ask(text, **how))["number"]
    await house.cache.settled()
    return found


async def test_an_answer_is_made_once_and_given_until_its_time_is_over(
    house: House, clock: Clock
) -> None:
    first = await house.ask()
    assert header(first, "cache-control") == "public, max-age=900"
    assert header(first, "cache-status") == "Marquee; fwd=miss"
    await house.cache.settled()
    for age_s in (0, 60, 700):
        clock.now_s = 1e9 + age_s
        again = await house.ask()
        assert again.body == first.body
        assert header(again, "age") == str(age_s)
        assert header(again, "cache-status") == f"Marquee; hit; ttl={900 - age_s}"
        assert header(again, "etag") == header(first, "etag")
    clock.now_s = 1e9 + 2000
    assert await number(house) == 2


@pytest.mark.parametrize("cache", ["memory"], indirect=True)
async def test_a_stale_answer_is_marked_and_made_anew_behind_it(house: House, clock: Clock) -> None:
    await number(house)
    clock.now_s += 850
    stale = await house.ask()
    assert data(stale)["number"] == 1
    assert header(stale, "cache-control") == "no-store"
    assert "detail=stale" in (header(stale, "cache-status") or "")
    await house.cache.settled()
    assert await number(house) == 2
    assert house.world.made == 2


async def test_brief_answers_are_never_stale(house: House, clock: Clock) -> None:
    await number(house, "{ brief }")
    clock.now_s += 21
    assert await number(house, "{ brief }") == 2


async def test_what_is_private_is_kept_for_its_owner_and_for_nobody_unknown(house: House) -> None:
    assert await number(house, "{ all own }", scope="ann") == 1
    assert await number(house, "{ all own }", scope="ann") == 1
    assert await number(house, "{ all own }", scope="bob") == 2
    for expected in (3, 4):
        assert await number(house, "{ all own }") == expected
    reply = await house.ask("{ all own }", scope="ann")
    assert header(reply, "cache-control") == "private, max-age=900"
    assert header(reply, "cdn-cache-control") is None
    assert header(await house.ask("{ all own }"), "cache-control") == "no-store"


async def test_what_is_public_is_everybodys(house: House) -> None:
    assert await number(house, scope="ann") == await number(house, scope="bob") == 1


async def test_changes_and_what_nobody_may_keep_are_done_each_time(house: House) -> None:
    for text in ("mutation { change }", "{ never }", "{ all never }"):
        before = house.world.made
        for _ in range(2):
            reply = await house.ask(text)
            assert header(reply, "cache-control") == "no-store"
        assert house.world.made == before + 2


async def test_who_asks_for_the_cost_gets_an_execution(house: House) -> None:
    await number(house)
    assert await number(house, x_cost="include") == 2


async def test_the_same_letters_may_be_other_questions(house: House) -> None:
    text = "query A($x: Int) { all } query B($x: Int) { all }"
    questions: list[dict[str, object]] = [
        {"name": "A"},
        {"name": "B"},
        {"name": "A", "variables": {"x": 1}},
        {"name": "A", "variables": {"x": 2**70}},
        {"name": "A", "variables": {"x": None}},
        {"name": "A", "accept_language": "de"},
        {"name": "A", "x_freshness": "all"},
    ]
    found = [data(await house.ask(text, **how))["number"] for how in questions]
    assert found == list(range(1, len(questions) + 1))
    again = [data(await house.ask(text, **how))["number"] for how in questions]
    assert again == found


async def test_what_the_operation_does_not_know_makes_no_other_question(house: House) -> None:
    text = "query ($x: Int) { all }"
    first = await house.ask(text, variables={"x": 1})
    for how in (
        {"variables": {"x": 1, "y": 2}},
        {"variables": {"x": 1}, "accept_language": "en-US,en;q=0.9"},
        {"variables": {"x": 1}, "x_freshness": "nonsense"},
    ):
        assert (await house.ask(text, **how)).body == first.body


async def test_errors_are_told_to_all_who_wait_and_kept_for_nobody(house: House) -> None:
    house.world.failing = True
    house.world.door.clear()
    asks = [asyncio.create_task(house.ask()) for _ in range(5)]
    await turns(30)
    house.world.door.set()
    replies = await asyncio.gather(*asks)
    assert {header(each, "cache-control") for each in replies} == {"no-store"}
    assert house.world.made == 1
    house.world.failing = False
    reply = await house.ask()
    assert (data(reply)["number"], header(reply, "cache-control")) == (2, "public, max-age=900")


@pytest.mark.parametrize("text", ["{ all }", "{ never }"])
async def test_identical_operations_in_flight_are_one(house: House, text: str) -> None:
    house.world.door.clear()
    asks = [asyncio.create_task(house.ask(text)) for _ in range(40)]
    await turns(30)
    house.world.door.set()
    assert {data(each)["number"] for each in await asyncio.gather(*asks)} == {1}
    assert house.answers.stats()["answers_shared"] == 39


async def test_private_ones_in_flight_are_one_for_one_person_only(house: House) -> None:
    house.world.door.clear()
    people = ["ann", "bob", "", "ann", "bob", ""]
    asks = [asyncio.create_task(house.ask("{ own never }", scope=each)) for each in people]
    await turns(30)
    house.world.door.set()
    found = [data(each) for each in await asyncio.gather(*asks)]
    assert [each["scope"] for each in found] == people
    assert house.world.made == 4


@pytest.mark.parametrize("text", ["{ all }", "{ never }"])
async def test_the_last_one_to_go_ends_the_execution(house: House, text: str) -> None:
    house.world.door.clear()
    asks = [asyncio.create_task(house.ask(text)) for _ in range(3)]
    await eventually(lambda: house.world.made == 1)
    for each in asks[:2]:
        each.cancel()
    await turns()
    assert house.world.ended == 0
    asks[2].cancel()
    await eventually(lambda: house.world.ended == 1)
    house.world.door.set()
    assert await number(house, text) == 2


async def test_a_refusal_of_the_one_who_executes_is_everybodys(house: House) -> None:
    refusal = house.world.refusal = RefusedError(RefusalCode.OVERLOADED, "busy")
    asks = [asyncio.create_task(house.ask()) for _ in range(3)]
    assert await asyncio.gather(*asks, return_exceptions=True) == [refusal] * 3
    house.world.refusal = None
    assert await number(house) == 2


async def test_a_purge_drops_the_answers_that_show_the_entity(house: House) -> None:
    assert await number(house) == 1
    await house.cache.purge("movie:604")
    assert await number(house) == 1
    await house.cache.purge(TAG)
    assert await number(house) == 2
    await house.cache.purge("answers")
    assert await number(house) == 3


async def test_what_was_executed_before_a_purge_is_not_kept_after_it(house: House) -> None:
    house.world.door.clear()
    before = asyncio.create_task(house.ask())
    await eventually(lambda: house.world.made == 1)
    house.world.version = 1
    await house.cache.purge(TAG)
    after = asyncio.create_task(house.ask())
    await turns(30)
    house.world.door.set()
    assert data(await before)["version"] == 0
    assert data(await after)["version"] == 1
    await house.cache.settled()
    assert data(await house.ask())["version"] == 1


async def test_another_replica_has_it_and_loses_it_too(
    new_cache: Callable[..., ReadThrough], clock: Clock
) -> None:
    here, there = House(new_cache()), House(new_cache())
    first = await here.ask(accept_language="de")
    await here.cache.settled()
    clock.now_s += 30
    same = await there.ask(accept_language="de")
    assert (there.world.made, same.body) == (0, first.body)
    assert header(same, "cache-status") == "Marquee; hit; ttl=870"
    assert await there.ask(accept_language="de")
    await there.cache.purge(TAG)
    clock.now_s += 1  # what memory holds is asked about once a second
    here.world.version = 5
    assert data(await here.ask(accept_language="de"))["version"] == 5


async def test_switched_off_it_keeps_nothing_and_shares_all_the_same(
    new_cache: Callable[..., ReadThrough],
) -> None:
    house = House(new_cache(None), keeps=False)
    house.world.door.clear()
    asks = [asyncio.create_task(house.ask()) for _ in range(3)]
    await turns()
    house.world.door.set()
    replies = await asyncio.gather(*asks)
    assert {data(each)["number"] for each in replies} == {1}
    assert header(replies[0], "cache-control") == "public, max-age=900"  # others may
    assert data(await house.ask())["number"] == 2


async def test_a_get_that_has_it_gets_304(house: House) -> None:
    first = await house.ask(read_only=True)
    await house.cache.settled()
    named = header(first, "etag") or ""
    assert (await house.ask(read_only=True, if_none_match=named)).status == 304
    assert (await house.ask(read_only=True, if_none_match='"other"')).status == 200
    assert (await house.ask(if_none_match=named)).status == 200
    await house.cache.purge(TAG)
    house.world.version = 1
    assert (await house.ask(read_only=True, if_none_match=named)).status == 200


async def test_who_waits_has_its_own_deadline(house: House) -> None:
    """A late answer is told by the executor itself; nobody is held beyond that."""
    house.world.door.clear()
    with limit(5):
        patient = asyncio.create_task(house.ask("{ never }"))
        await turns()
        with limit(1):
            hasty = asyncio.create_task(house.ask("{ never }"))
    await turns()
    assert house.world.made == 2
    house.world.door.set()
    assert [data(await each)["number"] for each in (patient, hasty)] == [1, 2]


async def test_large_requests_are_not_held_on_to(house: House) -> None:
    text = "query ($x: String) { all }"
    for at in range(20):
        await house.ask(text, variables={"x": f"{at}" + "x" * 10_000})
        await house.ask(text, variables={"x": 2**70 + at})
        await house.ask(f"{text} # {'x' * 10_000} {at}")
        await house.ask(text, accept_language=f"de, {'x' * 300} {at}")
    assert len(house.answers._known) == 0
    await house.ask(text)
    assert len(house.answers._known) == 1


async def eventually(is_so: Callable[[], bool]) -> None:
    for _ in range(2000):
        if is_so():
            return
        await asyncio.sleep(0.001)
    raise AssertionError
