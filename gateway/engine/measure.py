"""Measures a document before it is validated: one pass, each fragment once.

What fragments multiply is reckoned and never written out, so that the pass takes as long as the
document is, whatever it stands for. Fragments that spread each other in a circle measure nothing
here: validation names them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from graphql import (
    ArgumentNode,
    DirectiveNode,
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    ListValueNode,
    ObjectValueNode,
    OperationDefinitionNode,
    SelectionNode,
    SelectionSetNode,
    ValueNode,
)

from gateway.engine.limits import Limits, exceeded

_INTROSPECTION: Final = frozenset({"__schema", "__type"})
_INTROSPECTION_DEPTH: Final = 20  # what GraphiQL and code generators ask for is 15 deep
_SUMS: Final = ("depth", "fields", "aliases", "directives")


@dataclass(slots=True)
class Size:
    """How large a selection is, its fragments written out.

    Attributes:
        depth: Fields inside each other; what is asked of the schema itself is one.
        nesting: Braces and fragments inside each other.
        fields: All of them.
        aliases: Ditto.
        directives: Ditto.
    """

    depth: int = 0
    nesting: int = 0
    fields: int = 0
    aliases: int = 0
    directives: int = 0

    def hold(self, inner: Size) -> None:
        """Count what stands side by side."""
        self.depth = max(self.depth, inner.depth)
        self.nesting = max(self.nesting, inner.nesting)
        self.fields += inner.fields
        self.aliases += inner.aliases
        self.directives += inner.directives


class _Measure:
    """The pass; ``visited`` counts the nodes that it looked at."""

    def __init__(self, document: DocumentNode, limits: Limits) -> None:
        self._limits = limits
        self._fragments = {
            each.name.value: each
            for each in document.definitions
            if isinstance(each, FragmentDefinitionNode)
        }
        self._known: dict[str, Size] = {}
        self._open: set[str] = set()
        self.visited = 0

    def fragments(self) -> None:
        """Measure those that nothing spreads, too: validation walks them all."""
        for name in self._fragments:
            self._spread(name, 1)

    def operation(self, node: OperationDefinitionNode) -> Size:
        for variable in node.variable_definitions or ():
            self._directives(variable.directives)
            if variable.default_value is not None:
                self._value(variable.default_value)
        size = self._selections(node.selection_set, 1)
        size.directives += self._directives(node.directives)
        return size

    def _selections(self, node: SelectionSetNode, level: int) -> Size:
        if level > self._limits.max_nesting:
            raise exceeded("max_nesting", self._limits)
        found = Size()
        names: dict[str, int] = {}
        for each in node.selections:
            if isinstance(each, FieldNode):
                name = (each.alias or each.name).value
                names[name] = names.get(name, 0) + 1
            found.hold(self._selection(each, level))
        most = max(names.values(), default=0)
        if most > self._limits.max_repeats:
            raise exceeded("max_repeats", self._limits, most)
        found.nesting += 1
        return found

    def _selection(self, node: SelectionNode, level: int) -> Size:
        self.visited += 1
        if isinstance(node, FieldNode):
            found = self._field(node, level)
        elif isinstance(node, FragmentSpreadNode):
            known, found = self._spread(node.name.value, level + 1), Size()
            found.hold(known)
        elif isinstance(node, InlineFragmentNode):
            found = self._selections(node.selection_set, level + 1)
        else:
            raise TypeError(type(node).__name__)
        found.directives += self._directives(node.directives)
        return found

    def _field(self, node: FieldNode, level: int) -> Size:
        inner = self._selections(node.selection_set, level + 1) if node.selection_set else Size()
        if node.name.value in _INTROSPECTION and inner.depth < _INTROSPECTION_DEPTH:
            inner.depth = 0
        inner.depth += 1
        inner.fields += 1
        inner.aliases += node.alias is not None
        self._arguments(node.arguments)
        return inner

    def _spread(self, name: str, level: int) -> Size:
        known = self._known.get(name)
        if known is not None:
            if level + known.nesting - 1 > self._limits.max_nesting:
                raise exceeded("max_nesting", self._limits)
            return known
        fragment = self._fragments.get(name)
        if fragment is None or name in self._open:
            return Size()  # validation tells of it
        self._open.add(name)
        found = self._selections(fragment.selection_set, level)
        found.directives += self._directives(fragment.directives)
        self._open.discard(name)
        self._known[name] = found
        return found

    def _directives(self, nodes: Iterable[DirectiveNode] | None) -> int:
        count = 0
        for each in nodes or ():
            self._arguments(each.arguments)
            count += 1
        return count

    def _arguments(self, nodes: Iterable[ArgumentNode] | None) -> None:
        for each in nodes or ():
            self._value(each.value)

    def _value(self, node: ValueNode) -> None:
        """Walk level by level: a recursion here would be what the check is against."""
        level, depth = [node], 0
        while level:
            self.visited += len(level)
            if depth > self._limits.max_value_depth:
                raise exceeded("max_value_depth", self._limits)
            inner: list[ValueNode] = []
            for each in level:
                found = _items(each)
                if len(found) > self._limits.max_value_items:
                    raise exceeded("max_value_items", self._limits, len(found))
                inner += found
            level, depth = inner, depth + 1


def _items(node: ValueNode) -> list[ValueNode]:
    if isinstance(node, ListValueNode):
        return list(node.values)
    if isinstance(node, ObjectValueNode):
        return [each.value for each in node.fields]
    return []


def check(document: DocumentNode, limits: Limits) -> int:
    """Refuse what is too large, too deep, or repeats itself too often.

    Returns:
        How many nodes it looked at.

    Raises:
        LimitError: Over a limit; the message names it and tells what to change.
    """
    if len(document.definitions) > limits.max_definitions:
        raise exceeded("max_definitions", limits, len(document.definitions))
    measure = _Measure(document, limits)
    for node in document.definitions:
        if isinstance(node, OperationDefinitionNode):
            _check_sums(measure.operation(node), limits)
    measure.fragments()
    return measure.visited


def _check_sums(size: Size, limits: Limits) -> None:
    for name in _SUMS:
        found = getattr(size, name)
        if found > getattr(limits, f"max_{name}"):
            raise exceeded(f"max_{name}", limits, found)
