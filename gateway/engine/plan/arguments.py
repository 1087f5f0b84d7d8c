"""The arguments of a field, coerced once for all the objects that it is asked of."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from enum import Enum
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from graphql import (
    FieldNode,
    GraphQLField,
    ListValueNode,
    ObjectValueNode,
    ValueNode,
    VariableNode,
)
from graphql.execution.values import VariableValues, get_argument_values
from strawberry import UNSET

if TYPE_CHECKING:
    from gateway.engine.plan.run import Run

Given: TypeAlias = "Mapping[str, Any]"
Convert: TypeAlias = "Callable[[dict[str, Any]], Given]"

NONE: Final[Given] = {}
_CONSTANT = (str, int, float, bool, type(None), Enum, date, type(UNSET))


class Arguments:
    """What a resolver is called with.

    Args:
        definition: Of the field.
        node: Where the document gives them.
        convert: From the schema's values to those of the resolver.
    """

    __slots__ = ("_convert", "_definition", "_node", "constant")

    def __init__(self, definition: GraphQLField, node: FieldNode, convert: Convert) -> None:
        self._definition = definition
        self._node = node
        self._convert = convert
        self.constant: Given | None = None if definition.args else NONE
        """The same in every run; ``None`` where a variable or something mutable is among them."""
        if self.constant is None and not _has_variable(node):
            self.constant = self._constant()

    def of(self, run: Run) -> Given:
        """In one run.

        Raises:
            GraphQLError: A value is missing, or of the wrong kind.
        """
        if self.constant is not None:
            return self.constant
        known = run.arguments.get(self)
        if known is None:
            known = run.arguments[self] = self._read(run.values)
        return known

    def _read(self, values: VariableValues) -> Given:
        return self._convert(get_argument_values(self._definition, self._node, values))

    def _constant(self) -> Given | None:
        try:
            found = self._read(VariableValues({}, {}))
        except Exception:  # noqa: BLE001 - whoever asks for the field is told, each time
            return None
        return found if all(isinstance(each, _CONSTANT) for each in found.values()) else None


def _has_variable(node: FieldNode) -> bool:
    rest: list[ValueNode] = [argument.value for argument in node.arguments or ()]
    while rest:
        value = rest.pop()
        if isinstance(value, VariableNode):
            return True
        if isinstance(value, ListValueNode):
            rest.extend(value.values)
        elif isinstance(value, ObjectValueNode):
            rest.extend(field.value for field in value.fields)
    return False
