"""Which fields a selection has for one object type."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from graphql import (
    BooleanValueNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    NamedTypeNode,
    SelectionNode,
    SelectionSetNode,
    VariableNode,
    is_abstract_type,
)

SKIP, INCLUDE = "skip", "include"


@dataclass(frozen=True, slots=True)
class Collector:
    """The rules of one operation.

    Args:
        schema: Of the operation.
        fragments: Of its document.
        switches: Values of the variables that ``@skip`` and ``@include`` name.
    """

    schema: GraphQLSchema
    fragments: Mapping[str, FragmentDefinitionNode]
    switches: Mapping[str, bool]

    def fields(
        self, kind: GraphQLObjectType, selections: Iterable[SelectionSetNode]
    ) -> dict[str, list[FieldNode]]:
        """Nodes by response key, in the order in which the answer shows them."""
        found: dict[str, list[FieldNode]] = {}
        seen: set[str] = set()
        for each in selections:
            self._enter(kind, each, found, seen)
        return found

    def _enter(
        self,
        kind: GraphQLObjectType,
        selections: SelectionSetNode,
        found: dict[str, list[FieldNode]],
        seen: set[str],
    ) -> None:
        for node in selections.selections:
            if not self._included(node):
                continue
            if isinstance(node, FieldNode):
                found.setdefault((node.alias or node.name).value, []).append(node)
            elif isinstance(node, InlineFragmentNode):
                if self._applies(node.type_condition, kind):
                    self._enter(kind, node.selection_set, found, seen)
            elif isinstance(node, FragmentSpreadNode) and node.name.value not in seen:
                fragment = self.fragments.get(node.name.value)
                if fragment is not None and self._applies(fragment.type_condition, kind):
                    seen.add(node.name.value)
                    self._enter(kind, fragment.selection_set, found, seen)

    def _included(self, node: SelectionNode) -> bool:
        for directive in node.directives or ():
            name = directive.name.value
            if name not in {SKIP, INCLUDE}:
                continue
            given = directive.arguments[0].value if directive.arguments else None
            if isinstance(given, VariableNode):
                value = self.switches[given.name.value]
            else:
                value = isinstance(given, BooleanValueNode) and given.value
            if value is (name == SKIP):
                return False
        return True

    def _applies(self, condition: NamedTypeNode | None, kind: GraphQLObjectType) -> bool:
        if condition is None:
            return True
        found = self.schema.get_type(condition.name.value)
        return found is kind or (is_abstract_type(found) and self.schema.is_sub_type(found, kind))
