"""How values complete, by the type of their place."""

from __future__ import annotations

from collections.abc import AsyncIterable, Callable
from typing import TYPE_CHECKING, Final

from graphql import (
    GraphQLError,
    GraphQLLeafType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLOutputType,
    Undefined,
    is_leaf_type,
)
from graphql.pyutils import inspect, is_iterable

from gateway.engine.plan.branch import Branch
from gateway.engine.plan.places import Place
from gateway.engine.plan.position import Complete, Position

if TYPE_CHECKING:
    from gateway.engine.plan.field import Field
    from gateway.engine.plan.plan import Plan
    from gateway.engine.plan.run import Run

_MOST_SEEN: Final = 16  # Python types of one scalar


def shape(
    plan: Plan, field: Field, kind: GraphQLOutputType, position: Position, levels: int = 0
) -> None:
    """Tell a position how its values complete, and those of its items."""
    if isinstance(kind, GraphQLNonNull):
        kind = kind.of_type
    if isinstance(kind, GraphQLList):
        inner = kind.of_type
        item = Position(
            position.nodes,
            position.told,
            (*position.above, position.nullable),
            (*position.names, None),
            nullable=not isinstance(inner, GraphQLNonNull),
        )
        position.item = item
        shape(plan, field, inner, item, levels + 1)
        complete = _of_list(position, item)
    elif is_leaf_type(kind):
        complete = _of_leaf(kind, position)
    else:
        position.branch = branch = Branch(plan, kind, field, position, levels=levels)  # type: ignore[arg-type] # nothing else is left
        complete = branch.complete
    position.complete = _nullable(complete) if position.nullable else _required(complete, position)


def _nullable(inner: Complete) -> Complete:
    def complete(raw: object, place: Place, run: Run) -> object:
        if isinstance(raw, Exception):
            raise raw
        return None if raw is None or raw is Undefined else inner(raw, place, run)

    return complete


def _required(inner: Complete, position: Position) -> Complete:
    message = f"Cannot return null for non-nullable field {position.told}."

    def complete(raw: object, place: Place, run: Run) -> object:
        if isinstance(raw, Exception):
            raise raw
        found = None if raw is None or raw is Undefined else inner(raw, place, run)
        if found is None:
            raise TypeError(message)
        return found

    return complete


def _of_leaf(kind: GraphQLLeafType, position: Position) -> Complete:
    coerce: Callable[[object], object] = kind.coerce_output_value
    seen = position.seen

    def complete(raw: object, _place: Place, _run: Run) -> object:
        found = coerce(raw)
        if found is None or found is Undefined:
            raise TypeError(
                f"Expected `{inspect(kind)}.coerce_output_value({inspect(raw)})`"
                f" to return non-nullable value, returned: {inspect(found)}"
            )
        if len(seen) < _MOST_SEEN and not hasattr(raw, "__await__"):
            seen.add(type(raw))
        return found

    return complete


def _of_list(position: Position, item: Position) -> Complete:
    message = f"Expected Iterable, but did not find one for field '{position.told}'."

    def complete(raw: object, place: Place, run: Run) -> object:
        if isinstance(raw, AsyncIterable):
            return run.later(_collected(raw))
        if not is_iterable(raw):
            raise GraphQLError(message)
        late = run.late
        found: list[object] = []
        rest = iter(raw)
        try:
            for each in rest:
                found.append(item.settle(each, (place, len(found)), run))
        except Exception:
            run.abandon(rest)
            raise
        if run.late != late:
            run.adopt_items(found, item, place)
        return found

    return complete


async def _collected(items: AsyncIterable[object]) -> list[object]:
    return [each async for each in items]
