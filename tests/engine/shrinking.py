"""Makes a failing document small."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from typing import Any, Final

from graphql import (
    REMOVE,
    DirectiveNode,
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLSchema,
    InlineFragmentNode,
    Node,
    SelectionSetNode,
    VariableDefinitionNode,
    VariableNode,
    Visitor,
    parse,
    print_ast,
    strip_ignored_characters,
    validate,
    visit,
)

_TRIES: Final = 400
_DROPPED: Final = (FieldNode, InlineFragmentNode, FragmentSpreadNode, DirectiveNode)


async def shrunk(text: str, schema: GraphQLSchema, fails: Callable[[str], Awaitable[bool]]) -> str:
    """The smallest document that still fails, as far as some hundred tries tell."""
    tries = 0
    smaller = True
    while smaller and tries < _TRIES:
        smaller = False
        for candidate in _smaller(parse(text)):
            tries += 1
            if tries >= _TRIES:
                break
            if not validate(schema, parse(candidate)) and await fails(candidate):
                text, smaller = candidate, True
                break
    return text


def _smaller(document: DocumentNode) -> Iterator[str]:
    """The document without one thing each, larger things first."""
    nodes: list[Node] = []

    class Finding(Visitor):
        def enter(self, node: Node, *_: Any) -> None:  # noqa: ANN401 - graphql-core's signature
            if isinstance(node, _DROPPED):
                nodes.append(node)

    visit(document, Finding())
    for node in sorted(nodes, key=lambda each: -len(print_ast(each))):
        yield _text(_pruned(_without(document, node)))
        if isinstance(node, InlineFragmentNode):
            yield _text(_pruned(_opened(document, node)))


def _without(document: DocumentNode, gone: Node) -> DocumentNode:
    class Dropping(Visitor):
        def enter(self, node: Node, *_: Any) -> Any:  # noqa: ANN401 - ditto
            return REMOVE if node is gone else None

        def leave_selection_set(self, node: SelectionSetNode, *_: Any) -> Any:  # noqa: ANN401 - ditto
            if node.selections:
                return None
            return SelectionSetNode(
                selections=parse("{ __typename }").definitions[0].selection_set.selections
            )  # type: ignore[attr-defined] # an operation

    made: DocumentNode = visit(document, Dropping())
    return made


def _opened(document: DocumentNode, gone: InlineFragmentNode) -> DocumentNode:
    """What stands in an inline fragment, without it."""

    class Opening(Visitor):
        def leave_selection_set(self, node: SelectionSetNode, *_: Any) -> Any:  # noqa: ANN401 - ditto
            if gone not in node.selections:
                return None
            inner = [
                each
                for known in node.selections
                for each in (gone.selection_set.selections if known is gone else (known,))
            ]
            return SelectionSetNode(selections=tuple(inner))

    made: DocumentNode = visit(document, Opening())
    return made


def _pruned(document: DocumentNode) -> DocumentNode:
    """Without the fragments and variables that nothing uses any more."""
    while True:
        used: set[tuple[str, str]] = set()

        class Using(Visitor):
            def enter(self, node: Node, _key: Any, parent: Any, *_: Any) -> None:  # noqa: ANN401 - ditto
                if isinstance(node, FragmentSpreadNode):
                    used.add(("fragment", node.name.value))  # noqa: B023 - used in this round
                if isinstance(node, VariableNode) and not isinstance(
                    parent, VariableDefinitionNode
                ):
                    used.add(("variable", node.name.value))  # noqa: B023 - ditto

        visit(document, Using())
        idle = next(_idle(document, used), None)
        if idle is None:
            return document
        document = _without(document, idle)


def _idle(document: DocumentNode, used: set[tuple[str, str]]) -> Iterator[Node]:
    for each in document.definitions:
        if isinstance(each, FragmentDefinitionNode):
            if ("fragment", each.name.value) not in used:
                yield each
        else:
            for variable in getattr(each, "variable_definitions", None) or ():
                if ("variable", variable.variable.name.value) not in used:
                    yield variable


def _text(document: DocumentNode) -> str:
    return strip_ignored_characters(print_ast(document))
