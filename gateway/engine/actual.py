"""What an operation has cost: the weights of what it was answered with."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

from graphql import (
    FieldNode,
    FragmentSpreadNode,
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    SelectionSetNode,
    get_named_type,
)

from gateway.engine.prepared import Prepared
from gateway.engine.price import weight_of
from gateway.engine.reckoning import fragments_of

Place: TypeAlias = tuple[tuple[SelectionSetNode, str], ...]
"""Selections that stand over one object, each with the type that it is written for."""


def actual_cost(schema: GraphQLSchema, prepared: Prepared, data: object) -> int:
    """The cost by the lengths that lists really have; what is not there costs nothing.

    Args:
        schema: That declares what its fields cost.
        prepared: The operation.
        data: Of its answer.
    """
    root = schema.get_root_type(prepared.kind)
    if root is None:
        return 0
    walk = _Walk(schema, prepared)
    return walk.below(data, ((prepared.operation.selection_set, root.name),))


class _Walk:
    def __init__(self, schema: GraphQLSchema, prepared: Prepared) -> None:
        self._schema = schema
        self._fragments = fragments_of(prepared.document)
        self._fields: dict[tuple[tuple[int, str], ...], dict[str, tuple[int, Place]]] = {}

    def below(self, data: object, place: Place) -> int:
        if not isinstance(data, Mapping):
            return 0
        found = 0
        for name, (weight, inner) in self._of(place).items():
            if name in data:
                found += self._thing(data[name], weight, inner)
        return found

    def _thing(self, value: object, weight: int, inner: Place) -> int:
        if isinstance(value, list):
            return sum(self._thing(each, weight, inner) for each in value)
        return weight + (self.below(value, inner) if inner else 0)

    def _of(self, place: Place) -> dict[str, tuple[int, Place]]:
        """Weight and selections of each field over an object, by response name."""
        key = tuple((id(node), kind) for node, kind in place)
        if key not in self._fields:
            self._fields[key] = self._collected(place)
        return self._fields[key]

    def _collected(self, place: Place) -> dict[str, tuple[int, Place]]:
        found: dict[str, tuple[int, Place]] = {}
        seen: set[str] = set()
        left = list(reversed(place))
        while left:
            node, kind = left.pop()
            for each in node.selections:
                if isinstance(each, FieldNode):
                    self._add(each, kind, found)
                elif isinstance(each, FragmentSpreadNode) and each.name.value not in seen:
                    seen.add(each.name.value)
                    fragment = self._fragments[each.name.value]
                    left.append((fragment.selection_set, fragment.type_condition.name.value))
                elif isinstance(each, InlineFragmentNode):
                    condition = each.type_condition
                    left.append((each.selection_set, condition.name.value if condition else kind))
        return found

    def _add(self, node: FieldNode, kind: str, found: dict[str, tuple[int, Place]]) -> None:
        definition = self._definition(kind, node.name.value)
        if definition is None:
            return
        name = (node.alias or node.name).value
        weight, inner = found.get(name, (weight_of(definition), ()))
        if node.selection_set is not None:
            inner = (*inner, (node.selection_set, get_named_type(definition.type).name))
        found[name] = weight, inner

    def _definition(self, kind: str, name: str) -> GraphQLField | None:
        owner = self._schema.get_type(kind)
        if not isinstance(owner, GraphQLObjectType | GraphQLInterfaceType):
            return None
        return self._schema.get_field(owner, name)
