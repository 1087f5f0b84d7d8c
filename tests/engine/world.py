"""A world in which every value follows from a seed: two executors that ask it see the same.

Objects are made as they are reached, each with a seed of its own; what one of
its fields answers follows from that seed, the field and its arguments, never
from when it is asked. What is called is written down.
"""

from __future__ import annotations

import asyncio
import dataclasses
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from inspect import getattr_static
from random import Random
from typing import Any, Final
from zlib import crc32

import strawberry
from graphql import GraphQLObjectType, GraphQLOutputType, GraphQLSchema

from gateway.engine.prepared import Prepared
from tests.engine.landing import Landing
from tests.engine.values import Values, Where

_MASK: Final = (1 << 61) - 1
Call = tuple[object, ...]
Path = tuple[str | int, ...]


class Lazy:
    """Base of generated types: plain attributes are made when they are first read."""

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever the field's type is
        own = self.__dict__
        plain = own["_world"].realm.plain(own["_kind"]).get(name) if "_kind" in own else None
        if plain is None:
            raise AttributeError(f"{type(self).__name__} has no {name}")
        own["_world"].called(self, f"read {name}")
        value = own["_world"].attribute(own["_seed"], name, plain)
        own[name] = value
        return value


def reading(name: str) -> property:
    """An attribute that runs code: who reads it is written down."""

    def read(owner: Any) -> object:  # noqa: ANN401 - an object of a generated type
        world, kind = owner.__dict__["_world"], owner.__dict__["_kind"]
        world.called(owner, f"read {name}")
        return world.attribute(owner.__dict__["_seed"], name, world.realm.plain(kind)[name])

    return property(read)


class Stranger(Lazy):
    """No type of the schema, like a row of a database: ``strawberry.cast`` says what it is."""


@dataclass(slots=True)
class Realm:
    """A schema and what its worlds share.

    Args:
        core: Of graphql-core, as Strawberry made it.
        classes: The class of each object type.
        kinds: Type of what each resolver answers, by Python's name of the field.
    """

    core: GraphQLSchema
    classes: Mapping[str, type]
    kinds: Mapping[str, GraphQLOutputType]
    _plain: dict[str, dict[str, GraphQLOutputType]] = field(default_factory=dict)

    def plain(self, kind: GraphQLObjectType) -> dict[str, GraphQLOutputType]:
        """Fields of a type that are attributes of its objects, by Python's name."""
        found = self._plain.get(kind.name)
        if found is None:
            definitions = [
                (each.extensions["strawberry-definition"], each.type)
                for each in kind.fields.values()
            ]
            found = {d.python_name: t for d, t in definitions if d.base_resolver is None}
            self._plain[kind.name] = found
        return found


@dataclass(slots=True)
class World:
    """One run of one operation, and the context that its resolvers get.

    Args:
        realm: Whose types it is made of.
        seed: Of all values.
        faults: How often a value is wrong, 0 to 1.
        landing: Of the values that are waited for.
    """

    realm: Realm
    seed: int
    faults: float
    landing: Landing
    calls: Counter[Call] = field(default_factory=Counter)
    batches: dict[object, asyncio.Future[Any]] = field(default_factory=dict)
    noted: Callable[[Call], None] | None = None  # who else wants to know of each call
    values: Values = field(init=False)

    def __post_init__(self) -> None:
        self.values = Values(self)

    @property
    def core(self) -> GraphQLSchema:
        """The schema."""
        return self.realm.core

    @property
    def context(self) -> World:
        """What resolvers get as their context."""
        return self

    @property
    def root(self) -> None:
        """Strawberry's root resolvers need none."""

    def begin(self, prepared: Prepared, variables: Mapping[str, object]) -> None:
        """Nothing depends on the document."""

    def told(self) -> Iterator[tuple[Path, Call]]:
        """What was told of places besides the answer: nothing."""
        yield from ()

    async def aclose(self) -> None:
        """Nothing is held open."""

    def called(self, owner: object, name: str, *about: object) -> None:
        """Write a call down."""
        call = (seed_of(owner), name, *map(told, about))
        self.calls[call] += 1
        if self.noted is not None:
            self.noted(call)

    def random(self, *about: object) -> Random:
        """Chance that is the same each time the same is asked."""
        return Random(self.seed ^ crc32(repr(about).encode()) << 7 & _MASK)

    def attribute(self, owner: int, name: str, kind: GraphQLOutputType) -> object:
        """What an attribute holds; reading some of them fails."""
        chance = self.random(owner, name)
        if chance.random() < self.faults / 4:
            raise LookupError(f"attribute {name} of {owner}")
        return self.values.make(chance, kind, where="attribute")

    def answer(self, chance: Random, kind: GraphQLOutputType, where: Where) -> object:
        """What a resolver gives back.

        Raises:
            Exception: What it fails with.
        """
        if chance.random() < self.faults / 2:
            raise self.values.error(chance)
        return self.values.make(chance, kind, where)

    def found(self, kind: GraphQLObjectType, seed: int) -> object:
        """An object of that type."""
        return self._shaped(self.realm.classes[kind.name], kind, seed)

    def cast(self, made_as: str, kind: GraphQLObjectType, seed: int) -> object:
        """An object of another type, or of none, cast to that one."""
        made = self._shaped(self.realm.classes.get(made_as, Stranger), kind, seed)
        return strawberry.cast(self.realm.classes[kind.name], made)

    def _shaped(self, made_as: type, kind: GraphQLObjectType, seed: int) -> object:
        made = made_as.__new__(made_as)
        made.__dict__.update(_world=self, _kind=kind, _seed=seed)
        if not isinstance(made, Lazy):
            self._fill(made, kind, seed)
        return made

    def _fill(self, made: object, kind: GraphQLObjectType, seed: int) -> None:
        """Give an object all its attributes; those that cannot be read are not there."""
        for name, each in self.realm.plain(kind).items():
            if not isinstance(getattr_static(type(made), name, None), property):
                with suppress(LookupError):
                    setattr(made, name, self.attribute(seed, name, each))


def seed_of(owner: object) -> object:
    """Tells objects apart, the same in each run."""
    own = getattr(owner, "__dict__", {})
    return own.get("_seed", type(owner).__name__)


def told(value: object) -> object:
    """What a resolver was given, as text that two runs can be compared by."""
    if isinstance(value, Mapping):
        return tuple((key, told(each)) for key, each in sorted(value.items()))
    if isinstance(value, list | tuple):
        return (type(value).__name__, *map(told, value))
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return (type(value).__name__, told(vars(value)))
    return repr(value)
