"""Fields that say what they load: the executor needs no coroutine for them.

A resolver under ``loads`` is handed the loaded value as its first argument::

    @strawberry.field(description="Running time in minutes.")
    @loads(details)
    def runtime_minutes(full: domain.Movie | None) -> int | None:
        return full.runtime_min if full else None

``details(movie, context)`` gives a landing of a loader; it is also called with those
arguments of the field that it names. Of a resolver's further parameters, one that is called
like the first of ``details`` is given the parent, ``context`` the operation's context, and
all others are the field's arguments.
"""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable, Sequence
from typing import Any, TypeAlias, TypeVar

from gateway.engine.batched import Arguments, Batched, FieldPath
from gateway.engine.in_context import InContext
from gateway.graph.context import GraphContext, Info
from gateway.graph.loader import Landing, Settled, unwrap

R = TypeVar("R")

Ask: TypeAlias = Callable[..., Landing[Any]]

_CONTEXT = "context"  # a resolver that names it is given the operation's context


def loads(ask: Ask) -> Callable[[Callable[..., R]], Callable[..., R]]:
    """Declare what a resolver loads.

    Args:
        ask: Puts the key into its loader's batch; called once for each parent.
    """
    parent, _, *wanted = inspect.signature(ask).parameters

    def decorate(function: Callable[..., R]) -> Callable[..., R]:
        batched = Batched(_asking(ask, wanted), _using(function, parent))
        _, *names = inspect.signature(function).parameters
        arguments = [name for name in names if name not in {parent, _CONTEXT}]
        return awaited(batched, function, arguments)

    return decorate


def _asking(ask: Ask, wanted: list[str]) -> Callable[..., Landing[Any]]:
    if not wanted:
        return lambda parent, context, _: ask(parent, context)

    def asked(parent: object, context: GraphContext, arguments: Arguments) -> Landing[Any]:
        given = {name: arguments[name] for name in wanted if name in arguments}
        return ask(parent, context, **given)

    return asked


def _using(function: Callable[..., R], parent_name: str) -> Callable[..., R]:
    names = inspect.signature(function).parameters
    if len(names) == 1:
        return _using_alone(function)
    with_parent, with_context = parent_name in names, _CONTEXT in names

    def use(
        settled: Settled[Any],
        parent: object,
        context: GraphContext,
        arguments: Arguments,
        path: FieldPath,
    ) -> R:
        value = unwrap(settled, context, path)
        if not with_parent and not with_context:
            return function(value, **arguments)
        given = {**arguments}
        if with_parent:
            given[parent_name] = parent
        if with_context:
            given[_CONTEXT] = context
        return function(value, **given)

    return use


def _using_alone(function: Callable[..., R]) -> Callable[..., R]:
    """Of a resolver that wants nothing but the value, as most do."""

    def use(
        settled: Settled[Any], _: object, context: GraphContext, __: Arguments, path: FieldPath
    ) -> R:
        return function(unwrap(settled, context, path))

    return use


def awaited(
    batched: Batched, like: Callable[..., Any], arguments: Sequence[str]
) -> Callable[..., Any]:
    """The same field for whoever awaits resolvers, marked with the shorter way.

    Args:
        batched: What it does.
        like: Lends its name, its module and its annotations.
        arguments: Those of its parameters that are arguments of the field.
    """

    async def resolve(root: object, info: Info, **given: Any) -> Any:  # noqa: ANN401 - as the field
        landing = batched.ask(root, info.context, given)
        if isinstance(landing, asyncio.Future):
            # Other fields wait for it, and must not be cancelled because this one is.
            landing = await asyncio.shield(landing)
        return batched.use(landing, root, info.context, given, info.path)

    return batched(_dressed(resolve, like, arguments))


def in_context(function: Callable[..., R]) -> Callable[..., R]:
    """Declare that a resolver is given its parent, the operation's context and its arguments.

    ``Info`` would have to be made for each object.
    """
    _, _, *arguments = inspect.signature(function).parameters

    def resolve(root: object, info: Info, **given: Any) -> R:  # noqa: ANN401 - as the field
        return function(root, info.context, **given)

    return InContext(function)(_dressed(resolve, function, arguments))


def _dressed(
    resolve: Callable[..., R], like: Callable[..., Any], arguments: Sequence[str]
) -> Callable[..., R]:
    """Give a resolver of ``root`` and ``info`` the name and the arguments of another."""
    resolve.__name__, resolve.__qualname__ = like.__name__, like.__qualname__
    resolve.__doc__, resolve.__module__ = like.__doc__, like.__module__
    signature, own = inspect.signature(like), inspect.signature(resolve).parameters
    shown = [signature.parameters[name] for name in arguments]
    info = own["info"].replace(annotation=Info)
    resolve.__signature__ = signature.replace(parameters=[own["root"], info, *shown])  # type: ignore[attr-defined] # read by inspect
    return resolve
