"""Policies of operations over schemas written in the definition language."""

from __future__ import annotations

from collections.abc import Mapping

from graphql import (
    EnumValueNode,
    GraphQLField,
    GraphQLNamedType,
    OperationDefinitionNode,
    build_schema,
    parse,
    validate,
)

from gateway.engine.prepared import Prepared
from gateway.graph.cache_control import NO_HINT, CacheControlScope, Hint
from gateway.graph.cache_policy import AnswerPolicies, AnswerPolicy

DIRECTIVE = """
enum CacheControlScope { PUBLIC PRIVATE }
directive @cacheControl(maxAge: Int, scope: CacheControlScope, inheritMaxAge: Boolean)
  on FIELD_DEFINITION | OBJECT | INTERFACE | UNION
"""


def written_hint(element: GraphQLNamedType | GraphQLField) -> Hint:
    """The hint in the syntax tree; in Strawberry's schemas there is none."""
    node = element.ast_node
    for each in getattr(node, "directives", None) or ():
        if each.name.value == "cacheControl":
            given = {argument.name.value: argument.value for argument in each.arguments or ()}
            scope = given.get("scope")
            inherits = "inheritMaxAge" in given and given["inheritMaxAge"].value
            return Hint(
                int(given["maxAge"].value) if "maxAge" in given and not inherits else None,
                CacheControlScope(scope.value) if isinstance(scope, EnumValueNode) else None,
                inherits,
            )
    return NO_HINT


def prepared(text: str, name: str | None = None) -> Prepared:
    """The operation of that name, or the only one."""
    document = parse(text)
    [operation] = [
        each
        for each in document.definitions
        if isinstance(each, OperationDefinitionNode)
        and (name is None or (each.name is not None and each.name.value == name))
    ]
    return Prepared(document, operation, text)


def policy(sdl: str, text: str, variables: Mapping[str, object] | None = None) -> AnswerPolicy:
    """The policy of one operation, which must be valid."""
    schema = build_schema(DIRECTIVE + sdl)
    assert not validate(schema, parse(text))
    return AnswerPolicies(schema, written_hint).of(prepared(text), variables or {})
