"""Usual values are shown by generated code alone: nothing is walked, nothing settled.

Where generated code goes wrong, walking the plan mends it, so that no answer
shows it; here it does.
"""

from __future__ import annotations

import asyncio
import gc
import sys
import warnings
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from types import FrameType
from typing import Any, Final

import pytest
import strawberry
from graphql import ExecutionResult, parse
from graphql.execution.values import VariableValues

from gateway.engine.batched import Batched, FieldPath
from gateway.engine.plan.plan import Plan
from gateway.engine.prepared import Prepared
from tests.engine.kinds import SCALARS, Colour, Odd

_DETOURS: Final = frozenset({"walk", "settle", "fault", "null", "_null_late"})
_FUTURES: Final = "_futures"


def _ask(parent: Any, context: Any, _given: Mapping[str, Any]) -> asyncio.Future[Any]:  # noqa: ANN401 - a Batched's signature
    made: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
    asyncio.get_running_loop().call_soon(made.set_result, parent.number)
    context.setdefault(_FUTURES, []).append(made)
    return made


def _use(landed: Any, *_: object) -> list[Thing]:  # noqa: ANN401 - ditto
    return [Thing.of(landed + 1), Thing.of(landed + 2)]


def _told(_landed: Any, _p: Any, _c: Any, _given: Any, path: FieldPath) -> str:  # noqa: ANN401 - ditto
    return "/".join(map(str, path.as_list()))


@strawberry.interface
class Named:
    name: str


@strawberry.type
class Thing(Named):
    number: int
    share: float | None
    whole: float
    odd: Odd
    colour: Colour
    colours: list[Colour]
    words: list[str | None] | None
    on: bool
    key: strawberry.ID
    nothing: str | None = None

    @classmethod
    def of(cls, number: int) -> Thing:
        return cls(
            name=f"thing {number}",
            number=number,
            share=0.5,
            whole=2,  # a whole number is a Float as well
            odd=Odd(2),
            colour=Colour.GREEN,
            colours=[],
            words=["a", None],
            on=True,
            key=strawberry.ID("k"),
        )

    @strawberry.field
    def called(self, times: int = 2) -> str:
        return "x" * times

    @strawberry.field
    @Batched(ask=_ask, use=_use)
    async def things(self, info: strawberry.Info) -> list[Thing]:
        raise NotImplementedError(info)

    @strawberry.field
    @Batched(ask=_ask, use=_told)
    async def told(self, info: strawberry.Info) -> str | None:
        raise NotImplementedError(info)

    @strawberry.field
    async def late(self) -> Thing | None:
        await asyncio.sleep(0)
        return Thing.of(self.number + 10)

    @strawberry.field
    def named(self) -> list[Named]:
        return [Thing.of(1), Other(name="other", size=3)]


@strawberry.type
class Other(Named):
    size: int


@strawberry.type
class Plain:
    """No interface, so that no object can be marked as another type."""

    name: str
    number: int
    odd: Odd
    colour: Colour | None


@strawberry.type
class Query:
    @strawberry.field
    def plain(self) -> list[Plain]:
        return [Plain(name="a", number=at, odd=Odd(4), colour=Colour.RED) for at in range(4)]

    @strawberry.field
    def thing(self) -> Thing:
        return Thing.of(1)

    @strawberry.field
    def flat(self) -> list[Thing]:
        return [Thing.of(at) for at in range(4)]

    @strawberry.field
    def broken(self) -> Thing | None:
        return replace(Thing.of(1), number="no")  # type: ignore[arg-type] # on purpose

    @strawberry.field
    async def maybe(self, there: bool = True) -> Thing | None:
        await asyncio.sleep(0)
        return Thing.of(5) if there else None


SCHEMA: Final = strawberry.Schema(
    Query, types=[Other], config=strawberry.schema.config.StrawberryConfig(scalar_map=SCALARS)
)._schema

DOCUMENTS: Final = {
    "leaves": "{ thing { name number share whole odd colour on key nothing __typename } }",
    "lists of leaves": "{ thing { words again: words } }",
    "calls": "{ thing { called a: called(times: 3) } }",
    "a flat list": "{ plain { name number odd colour a: name __typename } }",
    "a list of leaves": "{ flat { name number odd colour a: name __typename } }",
    "a list": "{ flat { name called late { name } } }",
    "two steps": "{ thing { things { name things { number told } } told } }",
    "late": "{ maybe { name late { late { number } } } none: maybe(there: false) { name } }",
    "abstract": "{ thing { named { name ... on Other { size } ... on Thing { number } } } }",
    "all": """{ thing { ...T } flat { ...T } maybe { ...T } } fragment T on Thing {
      name number words called things { name told } late { odd named { name __typename } } }""",
}


class Steps:
    """Counts the calls of functions of the plans' modules."""

    def __init__(self) -> None:
        self.taken: Counter[str] = Counter()

    def __call__(self, frame: FrameType, event: str, _arg: object) -> None:
        code = frame.f_code
        own = code.co_filename == "<plan>" or Path(code.co_filename).parent.name == "plan"
        if event == "call" and own:
            self.taken[code.co_name] += 1


async def _run(plan: Plan) -> ExecutionResult:
    return await plan.run({}, VariableValues({}, {}))


async def taken(text: str) -> Counter[str]:
    """The functions that are called when all is known."""
    document: Any = parse(text)
    plan = Plan(SCHEMA, Prepared(document, document.definitions[0], text), {}, hot=1)
    expected = await _run(plan)
    assert not expected.errors
    await _run(plan)  # types of lists are known by now
    steps = Steps()
    before: Callable[..., object] | None = sys.getprofile()
    sys.setprofile(steps)
    try:
        found = await _run(plan)
    finally:
        sys.setprofile(before)  # type: ignore[arg-type] # what it gave
    assert found.data == expected.data
    return steps.taken


@pytest.mark.parametrize("name", DOCUMENTS)
async def test_usual_values_take_no_detour(name: str) -> None:
    steps = await taken(DOCUMENTS[name])
    assert not {name: count for name, count in steps.items() if name in _DETOURS}


async def test_a_list_of_flat_objects_is_shown_by_one_call() -> None:
    steps = await taken(DOCUMENTS["a flat list"])
    assert (steps["show_all"], steps["show"]) == (1, 1)  # the other one is the root's


async def test_what_was_called_for_an_object_that_is_null_is_closed() -> None:
    """Leaves are looked at last, when the coroutines beside them are made: Python would warn."""
    text = "{ broken { number late { name } again: late { name } told } }"
    document: Any = parse(text)
    plan = Plan(SCHEMA, Prepared(document, document.definitions[0], text), {}, hot=1)
    for _ in range(3):
        found = await _run(plan)
        assert found.data == {"broken": None}
        assert len(found.errors or ()) == 1
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        await _run(plan)
        gc.collect()
    assert not told
