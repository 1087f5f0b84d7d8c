"""Resolvers of every kind, made for one generated field each."""

from __future__ import annotations

import asyncio
import inspect
import sys
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from enum import Enum, auto
from inspect import Parameter, Signature
from random import Random
from typing import Any, Final

import strawberry
from strawberry.extensions import FieldExtension
from strawberry.types.field import StrawberryField

from gateway.engine.batched import Batched, FieldPath
from gateway.engine.in_context import InContext
from tests.engine.landing import Landing
from tests.engine.values import Where
from tests.engine.world import World, seed_of, told

WORLD: ContextVar[Any] = ContextVar("WORLD")
"""Where the operation runs; the resolvers here run in a ``World``."""
_SHARED: Final = 3  # keys that the parents of one batched field have among them
_LANDED: Final = "landed"

Next = Callable[..., Any]


class Mode(Enum):
    """How a field gets its value."""

    ATTRIBUTE = auto()
    SYNC = auto()
    ASYNC = auto()
    BATCHED = auto()
    IN_CONTEXT = auto()

    @property
    def is_told(self) -> bool:
        """Whether the resolver is called with its parent and the information on the field."""
        return self in (Mode.BATCHED, Mode.IN_CONTEXT)


class Taking(Enum):
    """How a resolver takes its parent."""

    SELF = "self"
    PARENT = "parent"
    ROOT = "root"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Spec:
    """One field of a generated schema.

    Args:
        name: In Python.
        returns: Annotation of its value.
        mode: How it gets it.
        arguments: Name, annotation and default (an ellipsis is none) of each.
        taking: How the parent is taken.
        info: Whether it takes the information on the field.
        wrapped: Whether an extension stands around it.
    """

    name: str
    returns: Any
    mode: Mode
    arguments: Sequence[tuple[str, Any, Any]] = ()
    taking: Taking = Taking.SELF
    info: bool = False
    wrapped: bool = False

    def answer(self, owner: object, arguments: Mapping[str, object]) -> object:
        """The value, which follows from whose field it is and from the arguments."""
        world: World = WORLD.get()
        chance = world.random("answer", seed_of(owner), self.name, told(arguments))
        at_once = self.mode in (Mode.SYNC, Mode.IN_CONTEXT)
        where: Where = "returned" if at_once else "awaited"
        return world.answer(chance, world.realm.kinds[self.name], where)


def field_of(spec: Spec) -> StrawberryField:
    """The field, to be joined to any number of types."""
    made: Callable[..., object] = {
        Mode.SYNC: _sync,
        Mode.ASYNC: _async,
        Mode.BATCHED: _batched,
        Mode.IN_CONTEXT: _in_context,
    }[spec.mode](spec)
    made.__name__ = made.__qualname__ = spec.name
    made.__signature__ = Signature(_parameters(spec), return_annotation=spec.returns)  # type: ignore[attr-defined] # Python reads it
    made.__annotations__ = {p.name: p.annotation for p in _parameters(spec)}
    made.__annotations__["return"] = spec.returns
    extensions = [Nothing()] if spec.wrapped else []
    field: StrawberryField = strawberry.field(resolver=made, extensions=extensions)
    field.python_name = spec.name
    return field


class Nothing(FieldExtension):
    """Stands around a resolver and lets everything through."""

    def resolve(
        self, next_: Next, source: object, info: strawberry.Info, **given: object
    ) -> object:
        WORLD.get().called(source, "extension")
        return next_(source, info, **given)

    async def resolve_async(
        self, next_: Next, source: object, info: strawberry.Info, **given: object
    ) -> object:
        WORLD.get().called(source, "extension")
        return await next_(source, info, **given)


def _parameters(spec: Spec) -> list[Parameter]:
    named = Parameter.POSITIONAL_OR_KEYWORD
    found = []
    if spec.taking in (Taking.SELF, Taking.ROOT):
        found.append(Parameter(spec.taking.value, named))
    if spec.taking is Taking.PARENT:
        found.append(Parameter("parent", named, annotation=strawberry.Parent[object]))
    if spec.info:
        found.append(Parameter("info", Parameter.KEYWORD_ONLY, annotation=strawberry.Info))
    for name, annotation, default in spec.arguments:
        given = Parameter.empty if default is ... else default
        found.append(Parameter(name, Parameter.KEYWORD_ONLY, annotation=annotation, default=given))
    return found


def _taken(
    spec: Spec, positional: Sequence[object], named: dict[str, Any]
) -> tuple[object, dict[str, Any]]:
    """Whose field it is, and the arguments; the call is written down."""
    info = named.pop("info", None)
    owner: object = positional[0] if positional else None
    for taking in (Taking.PARENT, Taking.ROOT):
        if spec.taking is taking:
            owner = named.pop(taking.value)
    about = () if info is None else _informed(info)
    WORLD.get().called(owner, spec.name, named, *about)
    return owner, named


def _informed(info: strawberry.Info) -> tuple[object, ...]:
    """All that a resolver can read of where it stands."""
    raw = info._raw_info
    return (
        info.path.as_list(),
        info.field_name,
        info.python_name,
        str(raw.return_type),
        raw.parent_type.name,
        raw.path.typename,
        [node.loc and node.loc.start for node in raw.field_nodes],
        info.variable_values,
        sorted(raw.fragments),
        raw.operation.name and raw.operation.name.value,
        info.context is WORLD.get(),
        raw.schema is WORLD.get().realm.core,
        [each.name for each in info.selected_fields],
    )


def _sync(spec: Spec) -> Callable[..., object]:
    def resolve(*positional: object, **named: Any) -> object:  # noqa: ANN401 - any argument
        return spec.answer(*_taken(spec, positional, named))

    return resolve


def _async(spec: Spec) -> Callable[..., object]:
    async def resolved(positional: Sequence[object], named: dict[str, Any]) -> object:
        owner, arguments = _taken(spec, positional, named)
        world = WORLD.get()
        for _ in range(world.random("hops", seed_of(owner), spec.name).choice((0, 1, 1, 2))):
            await world.landing.wait_for(None)
        return spec.answer(owner, arguments)

    def resolve(*positional: object, **named: Any) -> Awaitable[object]:  # noqa: ANN401 - ditto
        landing: Landing = WORLD.get().landing
        return landing.keep(resolved(positional, named))

    _mark(resolve)
    return resolve


def _mark(function: Any) -> None:  # noqa: ANN401 - any function
    """Have Python take it for a coroutine function."""
    if sys.version_info >= (3, 12):
        inspect.markcoroutinefunction(function)
    else:
        function._is_coroutine = asyncio.coroutines._is_coroutine  # type: ignore[attr-defined] # what it looks for


def _batched(spec: Spec) -> Callable[..., object]:
    def ask(parent: object, context: World, arguments: Mapping[str, Any]) -> object:
        context.called(parent, f"ask {spec.name}", arguments)
        chance = context.random("ask", seed_of(parent), spec.name, told(arguments))
        if chance.random() < context.faults / 4:
            raise context.values.error(chance)
        return _LANDED if chance.random() < 0.1 else _shared(spec, context, chance)

    def use(
        landed: object,
        parent: object,
        context: World,
        arguments: Mapping[str, Any],
        path: FieldPath,
    ) -> object:
        context.called(parent, f"use {spec.name}", arguments, landed, path.as_list())
        return spec.answer(parent, arguments)

    async def resolve(parent: object, info: strawberry.Info, **arguments: Any) -> object:  # noqa: ANN401 - any argument
        asked = ask(parent, info.context, arguments)
        if isinstance(asked, asyncio.Future):
            asked = await asyncio.shield(asked)
        return use(asked, parent, info.context, arguments, info.path)

    return Batched(ask=ask, use=use)(resolve)


def _in_context(spec: Spec) -> Callable[..., object]:
    def function(parent: object, context: World, **arguments: Any) -> object:  # noqa: ANN401 - any argument
        context.called(parent, spec.name, arguments)
        return spec.answer(parent, arguments)

    def resolve(parent: object, info: strawberry.Info, **arguments: Any) -> object:  # noqa: ANN401 - ditto
        return function(parent, info.context, **arguments)

    return InContext(function)(resolve)


def _shared(spec: Spec, world: World, chance: Random) -> asyncio.Future[Any]:
    """The future of a batch's key, which several fields wait for."""
    key = (spec.name, chance.randrange(_SHARED))
    if key not in world.batches:
        fate = world.random("batch", key)
        outcome: object = _LANDED
        if fate.random() < world.faults:
            outcome = world.values.error(fate)
        future = world.landing.wait_for(outcome)
        if fate.random() < 0.15:  # the cache had it
            world.landing.land_at_once(future)
        world.batches[key] = future
    return world.batches[key]
