"""Random stories: things happen elsewhere while several people look, late, twice or in part."""

from __future__ import annotations

import asyncio
from typing import Any, TypeAlias

from hypothesis import strategies as st

from gateway.domain.observed import ObservedLog
from gateway.domain.request_log import RequestEventKind
from tests.observed.elsewhere import NOW, SCOPE, Elsewhere, Person, agree, settle

PEOPLE = 3
Step: TypeAlias = tuple[str, int, Any]

_who = st.integers(0, PEOPLE - 1)
_some = st.sets(st.integers(1, 6), max_size=3)
_which = st.integers(0, 5)
_happens = (
    st.tuples(st.just("make"), st.just(0), st.none()),
    *[st.tuples(st.just("move"), _which, st.integers(0, 2))] * 3,
    st.tuples(st.just("drop"), _which, st.none()),
    st.tuples(st.just("restore"), _which, st.none()),
)
_looks = (
    st.tuples(st.just("begin"), _who, st.none()),
    st.tuples(st.just("read"), _who, st.none() | _some),
    *[st.tuples(st.just("hold"), _who, st.none() | _some)] * 3,
    *[st.tuples(st.just("write"), _who, st.none())] * 3,
    *[st.tuples(st.just("look"), _who, st.none() | _some)] * 3,
)
steps: st.SearchStrategy[list[Step]] = st.lists(
    st.one_of(*_happens, *_looks), min_size=8, max_size=40
)
moves: st.SearchStrategy[list[Step]] = st.lists(st.one_of(*_happens), max_size=12)
before = st.integers(0, 3)


async def tell(log: ObservedLog, requests: int, story: list[Step]) -> None:
    """Let a story happen; what the log tells must be true at each step, and whole at the end."""
    there = Elsewhere()
    for _ in range(requests):
        there.make()
    await settle(log, there)
    first = {each: states[-1] for each, states in there.truth.items()}
    assert await log.last_event(SCOPE) == 0, "the first look tells nothing"
    people = [Person(log, there) for _ in range(PEOPLE)]
    for step in story:
        await _take(people, there, *step)
    await settle(log, there)
    told = await log.events(SCOPE, 0, most=1000)
    agree(told, there, first)
    for request_id, states in there.truth.items():
        mine = [each for each in told if each.request_id == request_id]
        last = mine[-1].status if mine else first.get(request_id, states[-1])
        assert last is states[-1], (request_id, mine, states)
        gone = [each for each in mine if each.kind is RequestEventKind.CANCELLED]
        assert len(gone) <= states.count(None)
    count = await log.last_event(SCOPE)
    await settle(log, there)
    assert await log.last_event(SCOPE) == count, "nothing happened since"


async def _take(
    people: list[Person],
    there: Elsewhere,
    word: str,
    number: int,
    more: Any,  # noqa: ANN401 - of each step's own
) -> None:
    match word:
        case "make":
            there.make()
        case "move":
            there.move(number, more)
        case "drop":
            there.drop(number)
        case "restore":
            there.restore(number)
        case "begin":
            await people[number].begin()
        case "read":
            people[number].read(more)
        case "write":
            await people[number].write()
        case "hold" | "look":
            await people[number].begin()
            people[number].read(more)
            if word == "look":
                await people[number].write()


async def tell_all(log: ObservedLog, requests: int, moves: list[Step]) -> None:
    """Look after every change, several at once and twice: each change is told, exactly once."""
    there = Elsewhere()
    for _ in range(requests):
        there.make()
    await settle(log, there)
    first = {each: len(states) for each, states in there.truth.items()}
    people = [Person(log, there) for _ in range(PEOPLE)]
    for word, number, more in moves:
        for person in people:
            await person.begin()
        await _take(people, there, word, number, more)
        for person in people:
            person.read(None)
        for person in (*people, *people):
            await person.write()
    told = await log.events(SCOPE, 0, most=1000)
    for request_id, states in there.truth.items():
        mine = [each.status for each in told if each.request_id == request_id]
        assert mine == states[first.get(request_id, 0) :]
    assert all(each.occurred_at == NOW for each in told)


def run(work: Any) -> None:  # noqa: ANN401 - a coroutine
    """Run outside the test's own loop: one for each example."""
    asyncio.run(work)
