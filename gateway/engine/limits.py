"""Bounds on a document, checked before validation: one pass, each fragment measured once."""

from __future__ import annotations

from collections import Counter
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
    max_objects: int = 10_000  # that it can answer with; see ``amount``
    max_nesting: int = 60  # of braces and fragments; what walks a document recurses as deep
    max_directives: int = 50
    max_repeats: int = 20  # of one field in one place: whether they agree is asked pair by pair


@dataclass(slots=True)
class _Size:
    depth: int = 0
    aliases: int = 0
    nesting: int = 0
    directives: int = 0
    repeats: int = 0

    def hold(self, inner: _Size) -> None:
        """Count what stands side by side."""
        self.depth = max(self.depth, inner.depth)
        self.nesting = max(self.nesting, inner.nesting)
        self.repeats = max(self.repeats, inner.repeats)
        self.aliases += inner.aliases
        self.directives += inner.directives


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
        names = Counter(
            (node.alias or node.name).value
            for node in selections.selections
            if isinstance(node, FieldNode)
        )
        found = _Size(repeats=max(names.values(), default=0))
        for node in selections.selections:
            if isinstance(node, FieldNode):
                inner = self._field(node)
            elif isinstance(node, FragmentSpreadNode):
                inner = self._spread(node.name.value)
            else:
                inner = self.size(node.selection_set)  # type: ignore[attr-defined] # an inline fragment
            found.hold(inner)
            found.directives += len(node.directives or ())
        found.nesting += 1
        return found

    def _field(self, node: FieldNode) -> _Size:
        inner = self.size(node.selection_set) if node.selection_set else _Size()
        if node.name.value in _INTROSPECTION and inner.depth < _INTROSPECTION_DEPTH:
            inner.depth = 0
        inner.depth += 1
        inner.aliases += node.alias is not None
        return inner

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
    """Refuse what is too deep, or repeats itself too often.

    Raises:
        QueryRejectedError: Over a limit; the message names the limit.
    """
    measure = _Measure(document)
    for node in document.definitions:
        if not isinstance(node, OperationDefinitionNode):
            continue
        _check_shape(measure.size(node.selection_set), limits)


def _check_shape(size: _Size, limits: Limits) -> None:
    for found, most, what in (
        (size.depth, limits.max_depth, "levels"),
        (size.nesting, limits.max_nesting, "braces and fragments inside each other"),
        (size.repeats, limits.max_repeats, "times the same field in one place"),
        (size.aliases, limits.max_aliases, "aliases, those of repeated fragments included"),
        (size.directives, limits.max_directives, "directives, with those of repeated fragments"),
    ):
        if found > most:
            raise QueryRejectedError(f"The operation has {found} {what}; {most} are allowed.")
