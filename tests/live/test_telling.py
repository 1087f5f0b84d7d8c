"""What is told once for many: how long it is known, and what makes it another."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from gateway.app.telling import KEPT_S, MOST_KEPT, Telling
from gateway.edge.live.frames import Frame
from gateway.engine.execute import Engine
from gateway.engine.limits import Limits
from gateway.engine.prepared import Prepared
from gateway.engine.subscribe import variables_of_frames
from tests.live.radio import SCHEMA
from tests.live.stage import house_of, turns
from tests.live.talk import Talk, connected

ENGINE = Engine(SCHEMA._schema, Limits())


class Clock:
    now_s = 100.0

    def __call__(self) -> float:
        return self.now_s


def telling(clock: Clock) -> Telling:
    return Telling(ENGINE, lambda *_: pytest.fail("not asked"), deadline_s=5, clock=clock)


async def test_a_frame_is_known_for_a_moment() -> None:
    clock = Clock()
    told = telling(clock)

    async def make() -> Frame:
        return Frame(f"{told.executed}")

    assert (await told.frame("a", make)).text == "1"
    clock.now_s += KEPT_S - 0.1
    assert (await told.frame("a", make)).text == "1"
    assert (await told.frame("b", make)).text == "2"
    clock.now_s += 0.2
    assert (await told.frame("a", make)).text == "3"


async def test_what_is_kept_is_bounded() -> None:
    told = telling(Clock())

    async def small() -> Frame:
        return Frame("x")

    async def large() -> Frame:
        return Frame("x" * 3_000_000)

    for number in range(MOST_KEPT + 10):
        await told.frame(str(number), small)
    assert len(told._kept) == MOST_KEPT
    for name in ("a", "b", "c"):
        await told.frame(name, large)
    assert list(told._kept) == ["c"]
    assert told._letters == 3_000_000


async def test_a_failure_is_not_kept() -> None:
    told = telling(Clock())

    async def fail() -> Frame:
        raise ValueError("once")

    async def make() -> Frame:
        return Frame("well")

    with pytest.raises(ValueError, match="once"):
        await told.frame("a", fail)
    assert (await told.frame("a", make)).text == "well"


def prepared(query: str) -> Prepared:
    found = ENGINE.prepare(query)
    assert isinstance(found, Prepared), found.body
    return found


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("subscription { said { text } }", set()),
        ("subscription($a: String) { said(after: $a) { text } }", set()),
        ("subscription($n: Int!) { said { times(count: $n) } }", {"n"}),
        ("subscription($a: String, $n: Int!) { said(after: $a) { times(count: $n) } }", {"n"}),
        (
            "subscription($n: Int!) { ...f } fragment f on Subscription { said { ...g } } "  # noqa: ISC004 - one document
            "fragment g on Said { times(count: $n) }",
            {"n"},
        ),
        (
            "subscription($a: String) { ...f } "  # noqa: ISC004 - one document
            "fragment f on Subscription { said(after: $a) { text } }",
            {"a"},  # more than need be, never less
        ),
        ("subscription($b: Boolean!) { said { text @skip(if: $b) } }", {"b"}),
        ("subscription($n: Int!) { ... { said { times(count: $n) } } }", {"n"}),
    ],
)
def test_variables_that_choose_events_do_not_change_what_is_told(
    query: str, expected: set[str]
) -> None:
    assert variables_of_frames(prepared(query)) == expected


async def told_to(talk: Talk, query: str, variables: Mapping[str, object]) -> None:
    talk.subscribe(str(variables), query, variables=variables)


async def test_different_ways_to_say_the_same_are_executed_once() -> None:
    house = house_of()
    query = "subscription($a: String, $n: Int!) { said(after: $a) { times(count: $n) } }"
    async with connected(house.app) as talk:
        for variables in ({"a": "x", "n": 2}, {"n": 2, "a": "y"}, {"n": 3}, {"n": 2, "z": [{}]}):
            await told_to(talk, query, variables)
        await turns()
        house.radio.say("hi")
        told = [(await talk.told())["payload"]["data"]["said"]["times"] for _ in range(4)]
        assert sorted(told) == ["hihi", "hihi", "hihi", "hihihi"]
        assert house.graph.telling.executed == 2
