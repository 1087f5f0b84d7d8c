"""Values of any output type, good ones and wrong ones."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Generator, Sequence
from datetime import date
from enum import Enum
from random import Random
from typing import TYPE_CHECKING, Any, Final, Literal

from graphql import (
    GraphQLEnumType,
    GraphQLError,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLOutputType,
    Undefined,
    is_abstract_type,
)

from gateway.errors import BadUserInputError
from tests.engine.kinds import Colour, Size

if TYPE_CHECKING:
    from tests.engine.world import World

Where = Literal["attribute", "returned", "awaited"]
"""An attribute may be read again; of what is given back plainly the executor sees each part, if
only to dispose of it; what is waited for may land when nobody wants it any more."""

_NULLS: Final = 0.12
_AWAITABLES: Final = 0.06  # of list slots, and of values that are given back plainly
_ODD_LISTS: Final = 0.08  # iterables that are no list
_CAST: Final = 0.08  # of what stands for an abstract type
_MANY: Final = 1 << 60


class OopsError(Exception):
    """Unplanned."""


class Thing:
    """Of no type that a schema knows."""

    def __repr__(self) -> str:
        return "Thing()"


class Later:
    """Can be awaited any number of times, and not be cancelled by who does."""

    def __init__(self, future: asyncio.Future[Any]) -> None:
        self._future = future

    def __await__(self) -> Generator[Any, None, Any]:
        return asyncio.shield(self._future).__await__()


_WRONG: Final[Sequence[Callable[[], object]]] = (
    lambda: "no",
    lambda: "",
    lambda: "12",
    lambda: 2**31,
    lambda: -(2**31) - 1,
    lambda: 10**400,
    lambda: 1.5,
    lambda: 3.0,
    lambda: float("nan"),
    lambda: float("-inf"),
    lambda: True,
    lambda: 0,
    lambda: b"bytes",
    lambda: [1],
    lambda: {"a": 1},
    lambda: (),
    lambda: Colour.RED,
    lambda: Size.LARGE,
    lambda: Undefined,
    Thing,
    lambda: date(2020, 2, 29),
    lambda: OopsError,  # the class, not one of it
)
_GOOD: Final[dict[str, Callable[[Random], object]]] = {
    "Int": lambda chance: chance.choice((0, 7, -1, 2**31 - 1, -(2**31))),
    "Float": lambda chance: chance.choice((0.0, 1.5, -2.25e300, 3, 1e-320, 2**53 + 1, 2**60)),
    "String": lambda chance: chance.choice(("", "text", 'quo"te', "é…🎬", "x" * 40)),
    "Boolean": lambda chance: chance.random() < 0.5,
    "ID": lambda chance: chance.choice(("id", 12, "12", "")),
    "Odd": lambda chance: chance.choice((0, 1, 2, 4, 13)),
    "Anything": lambda chance: chance.choice(
        (1, "a", [1, None, {"b": 2.5}], {"z": 1, "a": [True]}, {}, False, 10**30)
    ),
    "Day": lambda chance: date(2000, 1, chance.randint(1, 28)),
}


class Values:
    """Makes the values of one world.

    Args:
        world: Whose objects, futures and rate of faults they use.
    """

    def __init__(self, world: World) -> None:
        self._world = world

    def make(self, chance: Random, kind: GraphQLOutputType, where: Where) -> object:
        """A value; wrong or waited for, sometimes."""
        drawn = chance.random()
        if drawn < self._world.faults:
            return self._fault(chance)
        if drawn > 1 - _AWAITABLES / 3 and where != "awaited":
            return self._awaited(chance, kind, where)
        return self._settled(chance, kind, where)

    def error(self, chance: Random) -> Exception:
        """What a field fails with."""
        number = chance.randint(0, 99)
        pick: Sequence[Callable[[], Exception]] = (
            lambda: OopsError(f"oops {number}"),
            lambda: ValueError(number),
            lambda: BadUserInputError(f"`first` of {number}.", argument="first"),
            lambda: GraphQLError(f"said {number}", extensions={"code": f"C{number}"}),
            lambda: KeyError(str(number)),
            TypeError,
            lambda: TimeoutError(f"late {number}"),
        )
        return chance.choice(pick)()

    def _fault(self, chance: Random) -> object:
        drawn = chance.random()
        if drawn < 0.3:
            return None
        return self.error(chance) if drawn < 0.6 else chance.choice(_WRONG)()

    def _settled(self, chance: Random, kind: GraphQLOutputType, where: Where) -> object:
        if isinstance(kind, GraphQLNonNull):
            return self._present(chance, kind.of_type, where)
        return None if chance.random() < _NULLS else self._present(chance, kind, where)

    def _present(self, chance: Random, kind: GraphQLOutputType, where: Where) -> object:
        if isinstance(kind, GraphQLList):
            return self._list(chance, kind.of_type, where)
        if isinstance(kind, GraphQLObjectType):
            return self._world.found(kind, chance.randrange(_MANY))
        if is_abstract_type(kind):
            return self._one_of(chance, list(self._world.realm.core.get_possible_types(kind)))
        if isinstance(kind, GraphQLEnumType):
            wrapped: type[Enum] = kind.extensions["strawberry-definition"].wrapped_cls
            return chance.choice(list(wrapped))
        return _GOOD[kind.name](chance)

    def _one_of(self, chance: Random, possible: list[GraphQLObjectType]) -> object:
        kind = chance.choice(possible)
        seed = chance.randrange(_MANY)
        if chance.random() >= _CAST:
            return self._world.found(kind, seed)
        return self._world.cast(chance.choice(("", chance.choice(possible).name)), kind, seed)

    def _list(self, chance: Random, kind: GraphQLOutputType, where: Where) -> object:
        wraps: list[Callable[[list[object]], object]] = [_as_it_is]
        if chance.random() < _ODD_LISTS:
            wraps = [tuple, deque]
            if where != "attribute":  # which is read once for each alias, so must not be used up
                wraps += [iter, _one_by_one]
        wrap = chance.choice(wraps)
        # Nobody sees what an asynchronous iterator has left when it is given up.
        inner: Where = "awaited" if wrap is _one_by_one and where == "returned" else where
        count = chance.choice((0, 1, 2, 2, 3))
        return wrap([self._slot(chance, kind, inner) for _ in range(count)])

    def _slot(self, chance: Random, kind: GraphQLOutputType, where: Where) -> object:
        if chance.random() < self._world.faults:
            return self._fault(chance)
        if chance.random() < _AWAITABLES:
            return self._awaited(chance, kind, where)
        # A list in a list may never be looked at.
        return self._settled(chance, kind, "awaited" if where == "returned" else where)

    def _awaited(self, chance: Random, kind: GraphQLOutputType, where: Where) -> Awaitable[object]:
        value = self._settled(chance, kind, "attribute" if where == "attribute" else "awaited")
        if chance.random() < self._world.faults:
            value = self.error(chance)
        drawn = chance.random()
        future = self._world.landing.wait_for(value)
        if where == "attribute" or drawn < 0.4:
            return Later(future)  # read again under another alias
        if where == "returned" and drawn < 0.8:
            made = self._world.landing.keep(_waited(future))
            return asyncio.ensure_future(made) if drawn > 0.7 else made
        return future


def _as_it_is(slots: list[object]) -> list[object]:
    return slots


async def _waited(future: asyncio.Future[object]) -> object:
    return await future


async def _one_by_one(slots: list[object]) -> AsyncIterator[object]:
    for slot in slots:
        yield slot
