"""One list field out of the lists that several upstreams give."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

import strawberry
from strawberry.types.field import StrawberryField

from gateway.engine.batched import Arguments, Ask, Batched, FieldPath, Use, batched_of
from gateway.errors import GatewayError
from gateway.graph.cache_control import strictest
from gateway.graph.context import GraphContext
from gateway.graph.facets import needed, needs
from gateway.graph.landings import Outcome, together
from gateway.graph.loaded import awaited
from gateway.graph.loader import NOTHING

Part: TypeAlias = "Batched | Callable[[Any], object]"
"""A part that loads something, or a function of the parent alone."""


def merged(parts: Sequence[StrawberryField]) -> StrawberryField:
    """Join parts, each a resolver under ``loads`` or one that only needs its parent.

    A part that fails leaves an error beside the others' items. Where they have
    none the field fails: an empty list would say that there is nothing. It is
    null without an error only when no part knows anything.
    """
    first = parts[0]
    like = function_of(first)
    sources = [_part(function_of(part)) for part in parts]
    resolver = awaited(Batched(_asking(sources), _using(sources)), like, [])
    facets = frozenset[Any]().union(*(needed(part.metadata) for part in parts))
    made: StrawberryField = strawberry.field(
        resolver=resolver,
        description=first.description,
        metadata=needs(*facets),
        directives=strictest(parts),
    )
    made.python_name = first.python_name or like.__name__
    return made


def function_of(part: StrawberryField) -> Callable[..., Any]:
    """The resolver that a field was made of."""
    if part.base_resolver is None:
        raise TypeError("a field that joins a type needs a resolver")
    found: Callable[..., Any] = part.base_resolver.wrapped_func  # type: ignore[assignment] # a plain function
    return found


def _part(function: Callable[..., Any]) -> Part:
    found = batched_of(function)
    if found is not None:
        return found
    if inspect.iscoroutinefunction(function):
        raise TypeError(f"{function.__qualname__}: a part that waits says what it loads")
    return function


def _asking(parts: Sequence[Part]) -> Ask:
    asks = [part.ask for part in parts if isinstance(part, Batched)]

    def ask(parent: object, context: GraphContext, arguments: Arguments) -> object:
        landings: list[Any] = []
        for each in asks:
            try:
                landings.append(each(parent, context, arguments))
            except Exception as exc:  # noqa: BLE001 - one part's failure is no other's
                landings.append(exc)
        return together(landings)

    return ask


def _using(parts: Sequence[Part]) -> Use:
    def use(
        outcomes: Sequence[Outcome],
        parent: object,
        context: GraphContext,
        arguments: Arguments,
        path: FieldPath,
    ) -> list[Any] | None:
        items: list[Any] | None = None
        failures: list[Exception] = []
        landed = iter(outcomes)
        for part in parts:
            try:
                found: Any = None
                if not isinstance(part, Batched):
                    found = part(parent)
                elif isinstance(outcome := next(landed), Exception):
                    failures.append(outcome)
                elif outcome is not NOTHING:  # or nobody was asked
                    found = part.use(outcome, parent, context, arguments, path)
                if found is not None:
                    items = [*items, *found] if items else found
            except Exception as exc:  # noqa: BLE001 - ditto
                failures.append(exc)
        if failures:
            _report(failures, items, context, path)
        return items

    return use


def _report(
    failures: Sequence[Exception], items: object, context: GraphContext, path: FieldPath
) -> None:
    for failure in failures:
        if not items or not isinstance(failure, GatewayError):
            raise failure
        context.report(failure, path.as_list())
