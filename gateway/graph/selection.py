"""What an operation will want of movies, read from its document before it runs.

A movie's facets are appended to one upstream call, so they must be known when
the first of them is asked for: a list's items reach their trailers long after
``movie(by:)`` elsewhere in the document has fetched its details.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLIncludeDirective,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLResolveInfo,
    GraphQLSchema,
    GraphQLSkipDirective,
    SelectionSetNode,
    get_directive_values,
    get_named_type,
    value_from_ast_untyped,
)
from graphql.execution.values import VariableValues

from gateway.graph.facets import Facet, needed

_MOVIE = "Movie"
_TRAILER_FIELDS = frozenset({"trailers", "bestTrailer"})


@dataclass(frozen=True, slots=True)
class MovieWants:
    """The union over every place of the operation where a movie stands."""

    facets: frozenset[Facet]
    video_languages: frozenset[str]


class _Walk:
    """One pass; each fragment is entered once, so it stays linear in the document."""

    def __init__(
        self,
        schema: GraphQLSchema,
        fragments: Mapping[str, FragmentDefinitionNode],
        variables: VariableValues,
    ) -> None:
        self._schema = schema
        self._fragments = fragments
        self._variables = variables
        self._seen: set[str] = set()
        self.facets: set[Facet] = set()
        self.video_languages: set[str] = set()

    def enter(self, selections: SelectionSetNode, parent: str) -> None:
        for node in selections.selections:
            if not self._included(node):
                continue
            if isinstance(node, FieldNode):
                self._field(node, parent)
            elif isinstance(node, FragmentSpreadNode):
                self._spread(node.name.value)
            else:
                condition = getattr(node, "type_condition", None)
                self.enter(node.selection_set, condition.name.value if condition else parent)  # type: ignore[attr-defined] # an inline fragment

    def _spread(self, name: str) -> None:
        fragment = self._fragments.get(name)
        if fragment is None or name in self._seen:
            return
        self._seen.add(name)
        self.enter(fragment.selection_set, fragment.type_condition.name.value)

    def _field(self, node: FieldNode, parent: str) -> None:
        owner = self._schema.get_type(parent)
        if not isinstance(owner, GraphQLObjectType | GraphQLInterfaceType):
            return
        field = owner.fields.get(node.name.value)
        if field is None:
            return
        if parent == _MOVIE:
            definition = field.extensions.get("strawberry-definition")
            self.facets |= needed(getattr(definition, "metadata", {}))
            if node.name.value in _TRAILER_FIELDS:
                self.video_languages |= set(self._languages(node))
        if node.selection_set is not None:
            self.enter(node.selection_set, get_named_type(field.type).name)

    def _languages(self, node: FieldNode) -> Iterator[str]:
        for argument in node.arguments or ():
            if argument.name.value == "languages":
                found = value_from_ast_untyped(argument.value, self._variables.coerced)
                for item in found if isinstance(found, list) else [found]:
                    if isinstance(item, str):
                        yield item

    def _included(self, node: object) -> bool:
        skip = get_directive_values(GraphQLSkipDirective, node, self._variables)  # type: ignore[arg-type] # any selection
        if skip and skip["if"]:
            return False
        include = get_directive_values(GraphQLIncludeDirective, node, self._variables)  # type: ignore[arg-type] # any selection
        return not include or bool(include["if"])


def wants(info: GraphQLResolveInfo[Any]) -> MovieWants:
    """Read the whole operation that ``info`` belongs to."""
    walk = _Walk(info.schema, info.fragments, info.variable_values)
    root = info.schema.get_root_type(info.operation.operation)
    if root is not None:
        walk.enter(info.operation.selection_set, root.name)
    return MovieWants(frozenset(walk.facets), frozenset(walk.video_languages))
