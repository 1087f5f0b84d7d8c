"""Strawberry schemas made by chance: every kind of type, and of field."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from random import Random
from typing import Annotated, Any, Final, Generic, Optional, Union

import strawberry
from graphql import GraphQLObjectType
from strawberry.annotation import StrawberryAnnotation
from strawberry.schema.config import StrawberryConfig
from strawberry.types.field import StrawberryField

from tests.engine.kinds import ARGUMENTS, LEAVES, SCALARS, N
from tests.engine.resolvers import Mode, Spec, Taking, field_of
from tests.engine.world import Lazy, Realm, reading

_INTERFACES: Final = ("Named", "Placed")
_OBJECTS: Final = ("Ant", "Bee", "Cat", "Dog", "Eel")
_FLAT: Final = ("Fly", "Gnu", "Hen")  # of which each value is at hand
_FLAT_FIELDS: Final = 7
_LEAF_FIELDS: Final = 12
_OBJECT_FIELDS: Final = 12
_ROOT_FIELDS: Final = 12


@strawberry.type
class Edge(Lazy, Generic[N]):
    cursor: str
    node: N

    @strawberry.field
    def far(self) -> int:
        return 7


@strawberry.type
class Page(Lazy, Generic[N]):
    """As the gateway's connections."""

    edges: list[Edge[N]]
    nodes: list[Optional[N]]  # noqa: UP045 - N | None is no type in Python 3.11
    total: int | None
    first: Optional[N]  # noqa: UP045 - ditto


@lru_cache(maxsize=40)
def realm_of(seed: int) -> Realm:
    """The schema of a seed."""
    return _Making(Random(seed)).realm()


class _Making:
    """One schema on its way.

    A name means the same field wherever it stands, so that selections on
    different types can be merged.
    """

    def __init__(self, chance: Random) -> None:
        self._chance = chance
        self._interfaces = [self._class(name, (Lazy,), "interface") for name in _INTERFACES]
        names = _OBJECTS[: chance.randint(2, 5)]
        self._objects = [self._object(name, at) for at, name in enumerate(names)]
        self._flat = [self._flat_type(name) for name in _FLAT]
        self._targets = self._composites()

    def realm(self) -> Realm:
        specs, roots, flat = self._specs(), self._roots(), self._flat_specs()
        for each in self._flat:
            self._join(each, self._chance.sample(flat, self._chance.randint(3, 6)))
        shared = self._chance.sample(specs, 3)
        for each in self._interfaces:
            self._join(each, shared)
        for each in self._objects:
            inherited = shared if len(each.__bases__) > 1 or each.__bases__[0] is not Lazy else []
            self._join(each, inherited)
            self._join(each, self._chance.sample(specs, self._chance.randint(4, 10)))
        schema = strawberry.Schema(
            query=self._root("Query", roots),
            mutation=self._root("Mutation", roots),
            types=[*self._objects, *self._flat],
            config=StrawberryConfig(scalar_map=SCALARS),
        )
        return _realm(schema)

    def _class(self, name: str, bases: tuple[type, ...], kind: str = "type") -> type:
        made: type = getattr(strawberry, kind)(type(name, bases, {"__annotations__": {}}))
        return made

    def _object(self, name: str, at: int) -> type:
        """An object type; the first ones see to it that no interface is empty."""
        chosen = [
            each
            for place, each in enumerate(self._interfaces)
            if place == at or self._chance.random() < 0.4
        ]
        return self._class(name, tuple(chosen) or (Lazy,))

    def _flat_type(self, name: str) -> type:
        """One in three is read by code, one in three has slots."""
        names = [f"flat_{at}" for at in range(_FLAT_FIELDS)]
        own: dict[str, object] = {"__annotations__": {}}
        if name == "Gnu":
            own["__slots__"] = (*names, "__dict__")
        if name == "Hen":
            own |= {each: reading(each) for each in self._chance.sample(names, 2)}
        made: type = strawberry.type(type(name, (), own))
        return made

    def _flat_specs(self) -> list[Spec]:
        found = []
        for at in range(_FLAT_FIELDS):
            spec = self._spec(f"flat_{at}", self._chance.choice(LEAVES))
            found.append(replace(spec, mode=Mode.ATTRIBUTE, arguments=()))
        return found

    def _root(self, name: str, specs: Sequence[Spec]) -> type:
        made: type = strawberry.type(type(name, (), {"__annotations__": {}}))
        self._join(made, specs)
        return made

    def _join(self, owner: type, specs: Sequence[Spec]) -> None:
        fields: list[StrawberryField] = owner.__strawberry_definition__.fields  # type: ignore[attr-defined] # set by Strawberry
        known = {each.python_name for each in fields}
        for spec in specs:
            if spec.name not in known:
                fields.append(_attribute(spec, owner) if _plain(spec) else field_of(spec))
                known.add(spec.name)

    def _specs(self) -> list[Spec]:
        """Fields of all types but the roots."""
        leaves = [
            self._spec(f"leaf_{at}", self._chance.choice(LEAVES)) for at in range(_LEAF_FIELDS)
        ]
        return leaves + [
            self._spec(f"go_{at}", self._chance.choice(self._targets))
            for at in range(_OBJECT_FIELDS)
        ]

    def _roots(self) -> list[Spec]:
        """Fields of the roots, which have no attributes and seldom null the whole answer."""
        found: list[Spec] = []
        while len(found) < _ROOT_FIELDS:
            leaf = self._chance.random() < 0.25
            target = self._chance.choice(LEAVES if leaf else self._targets)
            spec = self._spec(f"root_{len(found)}", target)
            if spec.mode is Mode.ATTRIBUTE:
                continue
            if self._chance.random() < 0.85:
                spec = replace(spec, returns=Optional[spec.returns])  # noqa: UP045 - made at run time
            found.append(spec)
        return found

    def _composites(self) -> list[Any]:
        union = Annotated[
            Union[(*self._chance.sample(self._objects, 2), self._chance.choice(self._flat))],
            strawberry.union("Either2"),
        ]
        item = self._chance.choice([*self._objects, *self._interfaces])
        return [
            *self._objects,
            *self._interfaces,
            *self._flat,
            *self._flat,
            union,
            union,
            Page[item],
            Page[self._chance.choice([*self._objects, *self._flat])],
            Edge[item],
        ]

    def _spec(self, name: str, target: Any) -> Spec:  # noqa: ANN401 - an annotation
        chance = self._chance
        mode = chance.choices(list(Mode), (4, 3, 2, 2, 2))[0]
        count = 0 if mode is Mode.ATTRIBUTE else chance.choice((0, 0, 1, 2))
        chosen = chance.sample(ARGUMENTS, count)
        return Spec(
            name=name,
            returns=self._wrapped(target),
            mode=mode,
            arguments=[(f"given_{at}", *each) for at, each in enumerate(chosen)],
            taking=Taking.PARENT if mode.is_told else chance.choice(list(Taking)),
            info=mode.is_told or chance.random() < 0.3,
            wrapped=mode in (Mode.SYNC, Mode.ASYNC) and chance.random() < 0.08,
        )

    def _wrapped(self, target: Any) -> Any:  # noqa: ANN401 - annotations in and out
        found = self._maybe(target)
        for _ in range(self._chance.choices((0, 1, 2), (6, 4, 1))[0]):
            found = self._maybe(list[found])  # type: ignore[valid-type] # made at run time
        return found

    def _maybe(self, target: Any) -> Any:  # noqa: ANN401 - ditto
        return Optional[target] if self._chance.random() < 0.5 else target  # noqa: UP045 - ditto


def _plain(spec: Spec) -> bool:
    return spec.mode is Mode.ATTRIBUTE


def _attribute(spec: Spec, owner: type) -> StrawberryField:
    return StrawberryField(
        python_name=spec.name, type_annotation=StrawberryAnnotation(spec.returns), origin=owner
    )


def _realm(schema: strawberry.Schema) -> Realm:
    core = schema._schema
    classes: dict[str, type] = {}
    kinds = {}
    for name, each in core.type_map.items():
        definition = each.extensions.get("strawberry-definition")
        if isinstance(each, GraphQLObjectType) and definition is not None:
            generic = definition.concrete_of
            classes[name] = generic.origin if generic else definition.origin
            for inner in each.fields.values():
                kinds[inner.extensions["strawberry-definition"].python_name] = inner.type
    return Realm(core, classes, kinds)
