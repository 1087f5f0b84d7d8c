"""What an operation will want of movies, read from its document before it runs.

A movie's facets are appended to one upstream call, so they must be known when
the first of them is asked for: a list's items reach their trailers long after
``movie(by:)`` elsewhere in the document has fetched its details.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from graphql import (
    DirectiveNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    SelectionNode,
    SelectionSetNode,
    ValueNode,
    VariableNode,
    get_named_type,
    value_from_ast_untyped,
)

from gateway.engine.prepared import Prepared
from gateway.graph.facets import Facet, needed

_MOVIE = "Movie"
_TRAILER_FIELDS = frozenset({"trailers", "bestTrailer"})


@dataclass(frozen=True, slots=True)
class MovieWants:
    """The union over every place of the operation where a movie stands."""

    facets: frozenset[Facet] = frozenset()
    video_languages: frozenset[str] = frozenset()


NO_WANTS = MovieWants()


class _Walk:
    """One pass; each fragment is entered once, so it stays linear in the document.

    ``read_variables`` tells whether another call of the same operation could want something else.
    """

    def __init__(
        self,
        schema: GraphQLSchema,
        fragments: Mapping[str, FragmentDefinitionNode],
        variables: Mapping[str, object],
    ) -> None:
        self._schema = schema
        self._fragments = fragments
        self._variables = variables
        self._seen: set[str] = set()
        self.facets: set[Facet] = set()
        self.video_languages: set[str] = set()
        self.read_variables = False

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
                found = self._value(argument.value)
                for item in found if isinstance(found, list) else [found]:
                    if isinstance(item, str):
                        yield item

    def _included(self, node: SelectionNode) -> bool:
        return all(self._holds(each) for each in node.directives or ())

    def _holds(self, directive: DirectiveNode) -> bool:
        name = directive.name.value
        if name not in {"skip", "include"} or not directive.arguments:
            return True
        return bool(self._value(directive.arguments[0].value)) is (name == "include")

    def _value(self, node: ValueNode) -> object:
        if _names_variable(node):
            self.read_variables = True
        return value_from_ast_untyped(node, dict(self._variables))


def _names_variable(node: ValueNode) -> bool:
    if isinstance(node, VariableNode):
        return True
    return any(_names_variable(each) for each in getattr(node, "values", ()))


def wants(schema: GraphQLSchema, prepared: Prepared, variables: Mapping[str, object]) -> MovieWants:
    """Read a whole operation; remembered where no variable plays a part.

    Args:
        schema: Of the operation.
        prepared: The operation.
        variables: Coerced.
    """
    known = prepared.remember(wants, lambda: _read(schema, prepared, variables))
    return known.found if not known.varies else _read(schema, prepared, variables).found


@dataclass(frozen=True, slots=True)
class _Answer:
    found: MovieWants
    varies: bool


def _read(schema: GraphQLSchema, prepared: Prepared, variables: Mapping[str, object]) -> _Answer:
    fragments = {
        each.name.value: each
        for each in prepared.document.definitions
        if isinstance(each, FragmentDefinitionNode)
    }
    walk = _Walk(schema, fragments, variables)
    root = schema.get_root_type(prepared.kind)
    if root is not None:
        walk.enter(prepared.operation.selection_set, root.name)
    found = MovieWants(frozenset(walk.facets), frozenset(walk.video_languages))
    return _Answer(found, walk.read_variables)
