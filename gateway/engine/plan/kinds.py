"""The object type of a value, as the schema tells it."""

from __future__ import annotations

from collections.abc import Awaitable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from graphql import (
    GraphQLAbstractType,
    GraphQLObjectType,
    GraphQLSchema,
    OperationDefinitionNode,
    OperationType,
    SelectionSetNode,
)
from graphql.execution import (
    Executor,
    VariableValues,
    default_field_resolver,
    default_type_resolver,
)
from graphql.execution.collect_fields import FieldDetails
from graphql.execution.executor import invalid_return_type_error
from graphql.pyutils import is_awaitable

if TYPE_CHECKING:
    from gateway.engine.plan.field import Field
    from gateway.engine.plan.info import FieldInfo


@dataclass(frozen=True, slots=True)
class Typed:
    """A value whose object type had to be waited for."""

    kind: GraphQLObjectType
    value: object


class Kinds:
    """What a field of an object type or an abstract one may hold.

    Args:
        schema: Knows which types are which.
        field: Named in what goes wrong.
        kind: Of the field, without lists.
    """

    __slots__ = ("_field", "_kind", "_schema")

    def __init__(
        self, schema: GraphQLSchema, field: Field, kind: GraphQLObjectType | GraphQLAbstractType
    ) -> None:
        self._schema = schema
        self._field = field
        self._kind = kind

    def of(self, value: object, info: FieldInfo) -> GraphQLObjectType | Awaitable[Typed]:
        """The type, or an awaitable of it where the schema's own functions wait.

        Raises:
            GraphQLError: It is of none that may stand here.
        """
        found = self._told(value, info)
        if is_awaitable(found):
            return self._when_told(found, value, info)
        kind = self._valid(found, value, info)
        checked = kind.is_type_of(value, info) if kind.is_type_of else True  # type: ignore[arg-type] # as graphql-core's own info
        if is_awaitable(checked):
            return self._when_checked(checked, kind, value)
        return self._accepted(kind, value, accepted=bool(checked))

    def _told(self, value: object, info: FieldInfo) -> object:
        if isinstance(self._kind, GraphQLObjectType):
            return self._kind.name
        resolve: Any = self._kind.resolve_type or default_type_resolver
        return resolve(value, info, self._kind)

    def _valid(self, told: object, value: object, info: FieldInfo) -> GraphQLObjectType:
        if isinstance(self._kind, GraphQLObjectType):
            return self._kind
        found = self._schema.get_type(told) if isinstance(told, str) else None
        if isinstance(found, GraphQLObjectType) and self._schema.is_sub_type(self._kind, found):
            return found
        details = [FieldDetails(node, None) for node in self._field.nodes]
        words: Any = _reference(self._schema).ensure_valid_runtime_type
        return words(told, self._kind, details, info, value)  # type: ignore[no-any-return] # it raises

    def _accepted(
        self, kind: GraphQLObjectType, value: object, *, accepted: bool
    ) -> GraphQLObjectType:
        if not accepted:
            details = [FieldDetails(node, None) for node in self._field.nodes]
            raise invalid_return_type_error(kind, value, details)
        return kind

    async def _when_told(self, told: Awaitable[object], value: object, info: FieldInfo) -> Typed:
        kind = self._valid(await told, value, info)
        checked: Any = kind.is_type_of(value, info) if kind.is_type_of else True  # type: ignore[arg-type] # as graphql-core's own info
        accepted = await checked if is_awaitable(checked) else checked
        return Typed(self._accepted(kind, value, accepted=bool(accepted)), value)

    async def _when_checked(
        self, checked: Awaitable[bool], kind: GraphQLObjectType, value: object
    ) -> Typed:
        return Typed(self._accepted(kind, value, accepted=bool(await checked)), value)


def _reference(schema: GraphQLSchema) -> Executor[None]:
    """graphql-core's own, for its words on what went wrong."""
    operation = OperationDefinitionNode(
        operation=OperationType.QUERY, selection_set=SelectionSetNode(selections=())
    )
    return Executor(
        schema,
        {},
        {},
        None,
        None,
        operation,
        VariableValues({}, {}),
        default_field_resolver,
        default_type_resolver,
        default_field_resolver,
    )
