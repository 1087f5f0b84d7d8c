"""Bounds on a document, checked before validation: one pass, each fragment measured once."""

from __future__ import annotations

from dataclasses import dataclass

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    OperationDefinitionNode,
    SelectionSetNode,
)

from gateway.errors import QueryRejectedError

_INTROSPECTION = frozenset({"__schema", "__type"})
_INTROSPECTION_DEPTH = 20  # what GraphiQL and code generators ask for is 15 deep


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one operation may be; a larger one is refused before it runs."""

    max_depth: int = 12
    max_tokens: int = 2000
    max_aliases: int = 30


@dataclass(slots=True)
class _Size:
    depth: int = 0
    aliases: int = 0


class _Measure:
    def __init__(self, document: DocumentNode) -> None:
        self._fragments = {
            each.name.value: each
            for each in document.definitions
            if isinstance(each, FragmentDefinitionNode)
        }
        self._known: dict[str, _Size] = {}
        self._open: set[str] = set()

    def size(self, selections: SelectionSetNode) -> _Size:
        found = _Size()
        for node in selections.selections:
            if isinstance(node, FieldNode):
                inner = self._field(node)
            elif isinstance(node, FragmentSpreadNode):
                inner = self._spread(node.name.value)
            else:
                inner = self.size(node.selection_set)  # type: ignore[attr-defined] # an inline fragment
            found.depth = max(found.depth, inner.depth)
            found.aliases += inner.aliases
        return found

    def _field(self, node: FieldNode) -> _Size:
        inner = self.size(node.selection_set) if node.selection_set else _Size()
        if node.name.value in _INTROSPECTION and inner.depth < _INTROSPECTION_DEPTH:
            inner.depth = 0
        return _Size(inner.depth + 1, inner.aliases + (node.alias is not None))

    def _spread(self, name: str) -> _Size:
        fragment = self._fragments.get(name)
        if fragment is None or name in self._open:
            return _Size()  # validation tells of it
        if name not in self._known:
            self._open.add(name)
            self._known[name] = self.size(fragment.selection_set)
            self._open.discard(name)
        return self._known[name]


def check(document: DocumentNode, limits: Limits) -> None:
    """Refuse what is too deep or repeats itself under too many names.

    Raises:
        QueryRejectedError: Over a limit; the message names the limit.
    """
    measure = _Measure(document)
    for node in document.definitions:
        if not isinstance(node, OperationDefinitionNode):
            continue
        size = measure.size(node.selection_set)
        if size.depth > limits.max_depth:
            raise QueryRejectedError(
                f"The operation is {size.depth} levels deep; {limits.max_depth} are allowed."
            )
        if size.aliases > limits.max_aliases:
            raise QueryRejectedError(
                f"The operation has {size.aliases} aliases, those of repeated fragments included; "
                f"{limits.max_aliases} are allowed."
            )
