"""Subscriptions: a source of events, each of which is told by an execution of its own."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from inspect import isawaitable
from typing import TYPE_CHECKING, Any

from graphql import (
    FieldNode,
    GraphQLError,
    GraphQLSchema,
    Node,
    VariableNode,
    Visitor,
    visit,
)
from graphql.execution import ExecutionResult, Executor, create_source_event_stream

from gateway.engine.prepared import Prepared

if TYPE_CHECKING:
    from gateway.engine.execute import Context, Outcome

_NOTHING = "The subscription asks for nothing: its field is skipped."


class Subscribed:
    """A subscription that has begun.

    What comes out of ``events`` may be told at any time, more than once, or not at all: executions
    are the matter of whoever reads. An event with a ``cursor`` is the same for everybody who is
    given one of that name; one that is an exception is told as an error of the field.

    Args:
        events: As the field's resolver gives them.
        tell: Executes the operation for one event, with a context of its own.
    """

    __slots__ = ("events", "tell")

    def __init__(
        self,
        events: AsyncIterator[object],
        tell: Callable[[object, Context], Awaitable[Outcome]],
    ) -> None:
        self.events = events
        self.tell = tell

    async def aclose(self) -> None:
        """End the source."""
        close = getattr(self.events, "aclose", None)
        if close is not None:
            await close()


async def source_of(
    schema: GraphQLSchema, prepared: Prepared, given: dict[str, object], context: object
) -> AsyncIterator[object] | Sequence[GraphQLError]:
    """Ask the subscription's field for its events, or why there are none."""
    name = prepared.operation.name
    executor = Executor.build(
        schema,
        prepared.document,
        context_value=context,
        raw_variable_values=given,
        operation_name=None if name is None else name.value,
    )
    if not isinstance(executor, Executor):
        return executor
    try:
        made: Any = create_source_event_stream(executor)
    except StopIteration:  # the only field was skipped
        return [GraphQLError(_NOTHING)]
    found = await made if isawaitable(made) else made
    if isinstance(found, ExecutionResult):
        return found.errors or ()
    events: AsyncIterator[object] = aiter(found)
    return events


def variables_of_frames(prepared: Prepared) -> frozenset[str]:
    """Variables that decide how an event is told.

    Those that stand only in arguments of the root field decide which events there are.
    """
    return prepared.remember("live.variables", lambda: _variables(prepared))


def _variables(prepared: Prepared) -> frozenset[str]:
    found = _Variables()
    rest: list[Node] = [each for each in prepared.document.definitions if _is_apart(each, prepared)]
    for selection in prepared.operation.selection_set.selections:
        if isinstance(selection, FieldNode):
            rest += selection.directives or ()
            rest += [selection.selection_set] if selection.selection_set is not None else ()
        else:
            rest.append(selection)
    for node in rest:
        visit(node, found)
    return frozenset(found.names)


def _is_apart(definition: Node, prepared: Prepared) -> bool:
    return definition is not prepared.operation


class _Variables(Visitor):
    def __init__(self) -> None:
        super().__init__()
        self.names: set[str] = set()

    def enter_variable(self, node: VariableNode, *_: object) -> None:
        self.names.add(node.name.value)
