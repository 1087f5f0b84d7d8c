"""What a resolver may ask of the run: graphql-core's ``GraphQLResolveInfo``, made when read."""

from __future__ import annotations

from collections.abc import Awaitable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLSchema,
    OperationDefinitionNode,
)
from graphql.execution.values import VariableValues
from graphql.pyutils import gather_with_cancel, is_awaitable
from graphql.type.definition import GraphQLResolveInfoHelpers

from gateway.engine.plan.places import At, Place

if TYPE_CHECKING:
    from gateway.engine.plan.field import Field
    from gateway.engine.plan.run import Run


class FieldInfo:
    """The same attributes under the same names, without a tuple of fourteen per call.

    Args:
        run: In which it is resolved.
        field: That is resolved.
        place: Of the field in the answer.
    """

    __slots__ = ("_field", "_place", "_run")

    abort_signal = None
    is_awaitable = staticmethod(is_awaitable)
    operation_extensions: Mapping[str, object] | None = None  # Strawberry's addition

    def __init__(self, run: Run, field: Field, place: Place) -> None:
        self._run = run
        self._field = field
        self._place = place

    @property
    def field_name(self) -> str:
        """The field's name in the schema."""
        return self._field.nodes[0].name.value

    @property
    def field_nodes(self) -> list[FieldNode]:
        """Where the document asks for it."""
        return self._field.nodes

    @property
    def return_type(self) -> GraphQLOutputType:
        """The field's type."""
        return self._field.type

    @property
    def parent_type(self) -> GraphQLObjectType:
        """The object type that has the field."""
        return self._field.parent

    @property
    def path(self) -> At:
        """Where it stands in the answer."""
        return At((self._place, self._field.position.names))

    @property
    def schema(self) -> GraphQLSchema:
        """The schema that is executed."""
        return self._run.plan.schema

    @property
    def fragments(self) -> Mapping[str, FragmentDefinitionNode]:
        """Of the document."""
        return self._run.plan.fragments

    @property
    def root_value(self) -> object:
        """What the operation began with."""
        return self._run.root_value

    @property
    def operation(self) -> OperationDefinitionNode:
        """Which of the document's operations runs."""
        return self._run.plan.operation

    @property
    def variable_values(self) -> VariableValues:
        """Coerced, and where they come from."""
        return self._run.values

    @property
    def context(self) -> Any:  # noqa: ANN401 - the graph's own, of which the engine knows nothing
        """The operation's context."""
        return self._run.context

    @property
    def async_helpers(self) -> GraphQLResolveInfoHelpers:
        """To wait for several values at once."""
        return GraphQLResolveInfoHelpers(gather=_gather, track=self._track)

    def _track(self, values: Sequence[object]) -> None:
        for value in values:
            if is_awaitable(value):
                self._run.loose(value)


def _gather(values: Sequence[Awaitable[object]]) -> Awaitable[list[object]]:
    return gather_with_cancel(*values)
