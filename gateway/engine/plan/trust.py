"""Which Python types tell by themselves what a value is, so that it is asked once per type.

Only Strawberry's own functions are trusted: they look at nothing but the type.
A schema's own ``resolve_type`` and ``is_type_of`` are called for each value.
They look at one thing more: the mark of ``strawberry.cast``, which says that an
object is of another type than its class.
"""

from __future__ import annotations

from collections.abc import Iterable
from inspect import getattr_static
from types import MemberDescriptorType
from typing import Final

from graphql import GraphQLAbstractType, GraphQLObjectType
from strawberry.types.base import StrawberryObjectDefinition
from strawberry.types.cast import TYPE_CAST_ATTRIBUTE

CAST_MARK: Final = TYPE_CAST_ATTRIBUTE
_DEFINITION = "__strawberry_definition__"
_EXTENSION = "strawberry-definition"
_IS_TYPE_OF = "GraphQLCoreConverter.from_object.<locals>._get_is_type_of.<locals>.is_type_of"
_RESOLVERS = {
    "GraphQLCoreConverter.from_interface.<locals>._get_resolve_type.<locals>.resolve_type",
    "StrawberryUnion.get_type_resolver.<locals>._resolve_union_type",
}


def may_be_marked(
    declared: GraphQLObjectType | GraphQLAbstractType, kind: GraphQLObjectType
) -> bool:
    """Whether the mark of ``strawberry.cast`` counts where that type stands."""
    return kind is not declared or kind.is_type_of is not None


def same_for_all(
    value: object, declared: GraphQLObjectType | GraphQLAbstractType, kind: GraphQLObjectType
) -> bool:
    """Whether every value of the same Python type is of that object type, if it bears no mark.

    Args:
        value: The first of them.
        declared: The type of the place where it stands.
        kind: What the schema said of it.
    """
    python = type(value)
    if kind.is_type_of is not None and _name(kind.is_type_of) != _IS_TYPE_OF:
        return False
    if kind is declared and kind.is_type_of is None:
        return True
    if hasattr(value, CAST_MARK):
        return False
    definition = python.__dict__.get(_DEFINITION)
    if not isinstance(definition, StrawberryObjectDefinition) or definition.origin is not python:
        return False
    if kind is declared:
        return True
    resolve = getattr(declared, "resolve_type", None)
    return (
        _name(resolve) in _RESOLVERS
        and not definition.is_graphql_generic
        and kind.extensions.get(_EXTENSION) is definition
    )


def reads_plainly(python: type, attributes: Iterable[str]) -> bool:
    """Whether reading these attributes of its objects runs no code and changes nothing."""
    reads: object = python.__getattribute__
    if reads is not object.__getattribute__ or hasattr(python, "__getattr__"):
        return False
    found = (getattr_static(python, name, None) for name in attributes)
    return all(
        isinstance(each, MemberDescriptorType) or not hasattr(type(each), "__get__")
        for each in found
    )


def _name(function: object) -> str:
    return getattr(function, "__qualname__", "")
