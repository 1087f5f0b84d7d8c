"""What graphql-core's own tests say of lists: what is one, what nulls and errors do to it."""

from __future__ import annotations

import asyncio
from collections import ChainMap, deque
from collections.abc import AsyncIterator, Callable, Iterator
from itertools import product
from typing import Any

import pytest
from graphql import GraphQLSchema, build_schema

from tests.engine.compiled import Compiled
from tests.engine.documents import Written
from tests.engine.plain import PlainCase, agreed, said, soon
from tests.engine.runs import run
from tests.engine.trials import prepared

# graphql-core drops coroutines that it cancels before they begin.
pytestmark = [
    pytest.mark.filterwarnings("ignore:coroutine:RuntimeWarning"),
    pytest.mark.slow,
]

NULLABILITY = ("[Int]", "[Int]!", "[Int!]", "[Int!]!")


class OopsError(Exception):
    pass


def schema_of(kind: str) -> GraphQLSchema:
    return build_schema(f"type Thing {{ index: Int! }} type Query {{ list: {kind} }}")


class Counted:
    """An iterable that is neither a collection nor a generator."""

    def __init__(self, *values: object) -> None:
        self._values = values

    def __iter__(self) -> Iterator[object]:
        return iter(self._values)


class Breaking(Counted):
    """Fails on its way."""

    def __iter__(self) -> Iterator[object]:
        yield from self._values
        raise OopsError("no more")


async def one_by_one(*values: object) -> AsyncIterator[object]:
    for value in values:
        await asyncio.sleep(0)
        if isinstance(value, OopsError):
            raise value
        yield value


class Asked:
    """An asynchronous iterable that is no generator."""

    def __init__(self, *values: object) -> None:
        self._values = list(values)

    def __aiter__(self) -> Asked:
        return self

    async def __anext__(self) -> object:
        if not self._values:
            raise StopAsyncIteration
        return self._values.pop(0)


ITERABLES: dict[str, tuple[Callable[[], object], object]] = {
    "list": (lambda: ["a", "b"], ["a", "b"]),
    "empty": (list, []),
    "tuple": (lambda: ("a", "b"), ["a", "b"]),
    "set": (lambda: {"a"}, ["a"]),
    "deque": (lambda: deque("ab"), ["a", "b"]),
    "generator": (lambda: (each for each in "ab"), ["a", "b"]),
    "keys": ({"a": 1, "b": 2}.keys, ["a", "b"]),
    "range": (lambda: range(2), ["0", "1"]),
    "custom": (lambda: Counted("a", "b"), ["a", "b"]),
    "bytes array": (lambda: bytearray(b"a"), None),
    "string": (lambda: "ab", None),
    "bytes": (lambda: b"ab", None),
    "dict": (lambda: {"a": 1}, None),
    "chain map": (lambda: ChainMap({"a": 1}), None),
    "number": (lambda: 5, None),
    "breaking": (lambda: Breaking("a"), None),
    "asynchronous": (lambda: one_by_one("a", "b"), ["a", "b"]),
    "asynchronous with a null": (lambda: one_by_one("a", None, "b"), ["a", None, "b"]),
    "asynchronous, wrong": (lambda: one_by_one("a", {}, "b"), ["a", None, "b"]),
    "asynchronous, failing": (lambda: one_by_one("a", OopsError("no"), "b"), None),
    "asynchronous, custom": (lambda: Asked("a", "b"), ["a", "b"]),
    "error as value": (lambda: OopsError("no"), None),
}


@pytest.mark.parametrize("name", ITERABLES)
async def test_what_is_a_list(name: str) -> None:
    make, shown = ITERABLES[name]
    seen = await agreed(schema_of("[String]"), "{ list }", lambda: {"list": make()})
    assert seen.data == {"list": shown}
    await agreed(schema_of("[String!]"), "{ list }", lambda: {"list": make()})
    await agreed(schema_of("[String!]!"), "{ again: list }", lambda: {"list": soon(make())})


def giving(value: object, *, late: bool) -> Callable[[object], object]:
    return lambda _info: soon(value) if late else value


CONTENTS: dict[str, Callable[[], Any]] = {
    "values": lambda: [1, 2],
    "a null": lambda: [1, None, 2],
    "an error": lambda: [1, OopsError("bad"), 2],
    "a wrong value": lambda: [1, "no", 2],
    "two wrong values": lambda: ["no", 1, {}],
    "nothing": lambda: None,
    "failure": lambda: OopsError("bad"),
}
WAYS: dict[str, Callable[[Any], Any]] = {
    "at once": lambda found: found,
    "later": soon,
    "items later": lambda found: [*map(soon, found)] if isinstance(found, list) else found,
    "some items later": lambda found: (
        [soon(each) if at % 2 else each for at, each in enumerate(found)]
        if isinstance(found, list)
        else found
    ),
    "later, items later": lambda found: soon(WAYS["items later"](found)),
}


@pytest.mark.parametrize(("contents", "way"), [*product(CONTENTS, WAYS)])
async def test_nulls_and_errors_in_lists(contents: str, way: str) -> None:
    def root() -> dict[str, object]:
        return {"list": WAYS[way](CONTENTS[contents]())}

    seen = [await agreed(schema_of(kind), "{ list }", root) for kind in NULLABILITY]
    wrong = contents not in {"values", "a null", "nothing"}
    nullable, required, of_required, both = seen
    assert bool(nullable.errors) is wrong
    assert bool(both.errors) is (wrong or contents != "values")
    assert (nullable.data["list"] is None) is (contents in {"nothing", "failure"})
    assert (required.data is None) is (contents in {"nothing", "failure"})
    assert (of_required.data["list"] is None) is (contents != "values")
    assert (both.data is None) is (contents != "values")


@pytest.mark.parametrize("kind", ["[[Int]]", "[[Int!]]", "[[Int!]!]", "[[Int]!]!", "[[Int!]!]!"])
@pytest.mark.parametrize(
    "value",
    [
        [[1, 2], [3]],
        [[1, None], None, []],
        [[1, "no"], [2]],
        [[1], OopsError("bad"), [None]],
        [[], [OopsError("bad")], 5],
    ],
    ids=str,
)
async def test_lists_of_lists(kind: str, value: list[Any]) -> None:
    await agreed(schema_of(kind), "{ list }", lambda: {"list": value})
    await agreed(schema_of(kind), "{ list }", lambda: {"list": [soon(each) for each in value]})


@pytest.mark.parametrize("kind", ["[Thing]", "[Thing!]", "[Thing]!", "[Thing!]!"])
async def test_objects_in_lists(kind: str) -> None:
    """An item's field may fail, or wait, where its neighbours do not."""
    for bad in (None, 1, OopsError("bad"), "no"):
        for wait in (0b000, 0b111, 0b010, 0b101):

            def root(bad: object = bad, wait: int = wait) -> dict[str, object]:
                values = [0, bad, 2]
                return {
                    "list": [
                        {"index": giving(value, late=bool(wait >> at & 1))}
                        for at, value in enumerate(values)
                    ]
                }

            await agreed(schema_of(kind), "{ list { index __typename } }", root)


async def test_what_is_wrong_is_told_with_its_place() -> None:
    seen = await agreed(schema_of("[[Int]]"), "{ list }", lambda: {"list": [[1], 5, [2, "no"]]})
    assert said(seen) == [
        (("list", 1), "Expected Iterable, but did not find one for field 'Query.list'."),
        (("list", 2, 1), "Int cannot represent non-integer value: 'no'"),
    ]


DRAINED: dict[str, Callable[[], object]] = {
    "a null before": lambda: [None, soon(1), soon(OopsError("late"))],
    "an error between": lambda: [soon(1), OopsError("bad"), soon(2)],
    "no iterable any more": lambda: Breaking(1, soon(2)),
    "from a generator": lambda: (soon(each) if each else None for each in range(3)),
}


@pytest.mark.parametrize("name", DRAINED)
async def test_items_that_are_not_shown_are_disposed_of(name: str) -> None:
    """Or Python would complain of each, later and elsewhere."""
    core = schema_of("[Int!]")
    seen = await agreed(core, "{ list }", lambda: {"list": DRAINED[name]()})
    assert seen.data == {"list": None}
    case = PlainCase(core, prepared(Written("{ list }", {})), {}, lambda: {"list": DRAINED[name]()})
    for hot in (1, 9):
        assert not (await run(case, Compiled(hot=hot), 0)).forgotten


@pytest.mark.parametrize("text", ["{ list other }", "{ other list }"])
async def test_a_task_that_another_field_waits_for_goes_on(text: str) -> None:
    """Where a list with it is null, it is not given up."""
    core = build_schema("type Query { list: [Int!] other: Int }")

    def root() -> dict[str, object]:
        task = asyncio.ensure_future(soon(5))
        return {"list": [1, None, task], "other": task}

    seen = await agreed(core, text, root)
    assert seen.data == {"list": None, "other": 5}
