"""Which leaf values are shown as they are, told by their exact type."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum, Flag
from typing import Any, Final, NamedTuple, TypeAlias

from graphql import (
    GraphQLBoolean,
    GraphQLEnumType,
    GraphQLFloat,
    GraphQLID,
    GraphQLInt,
    GraphQLList,
    GraphQLNonNull,
    GraphQLOutputType,
    GraphQLString,
)

from gateway.engine.plan.position import Position

Name: TypeAlias = "Callable[[str, object], str]"
"""Gives a value a name in the code."""

_EXACT: Final = 2**53  # whole numbers up to it are floats, too
_TESTS: Final = {
    GraphQLString: "type({0}) is str",
    GraphQLID: "type({0}) is str",
    GraphQLBoolean: "({0} is True or {0} is False)",
    GraphQLInt: "type({0}) is int and -2147483648 <= {0} <= 2147483647",
    GraphQLFloat: "(type({0}) is float and {0} - {0} == 0.0"  # finite
    f" or type({{0}}) is int and -{_EXACT} <= {{0}} <= {_EXACT})",
}
_PLAIN: Final = {GraphQLString: str, GraphQLID: str, GraphQLBoolean: bool}


class LeafCode(NamedTuple):
    """How code shows a leaf.

    Args:
        test: Whether the value is one of the usual ones.
        shown: An expression of such a one.
    """

    test: str
    shown: str


def leaf_code(
    position: Position, kind: GraphQLOutputType, name: Name, variable: str
) -> LeafCode | None:
    """For the value in a variable; ``None`` where no value is usual.

    Args:
        position: Of a leaf, or of a list of leaves.
        kind: Its type.
        name: For what the code needs.
        variable: That has the value.
    """
    if isinstance(kind, GraphQLNonNull):
        kind = kind.of_type
    found = _code(position, kind, name, variable)
    if found is None or not position.nullable:
        return found
    test = f"({found.test} or {variable} is None)"
    if found.shown == variable:
        return LeafCode(test, variable)
    return LeafCode(test, f"(None if {variable} is None else {found.shown})")


def _code(
    position: Position, kind: GraphQLOutputType, name: Name, variable: str
) -> LeafCode | None:
    if isinstance(kind, GraphQLList):
        return _of_list(kind, name, variable)
    if kind in _TESTS:
        whole = kind is GraphQLFloat
        shown = f"({variable} if type({variable}) is float else float({variable}))"
        return LeafCode(_TESTS[kind].format(variable), shown if whole else variable)
    members = _members(kind)
    if members is not None:
        python, told = members
        test = f"type({variable}) is {name('enum', python)}"
        return LeafCode(test, f"{name('told', told)}[{variable}._name_]")
    coerce: Any = kind.coerce_output_value  # type: ignore[union-attr] # a custom scalar, or an enum of another kind
    found = f"z{variable}"
    test = (
        f"type({variable}) in {name('seen', position.seen)}"
        f" and ({found} := {name('coerce', coerce)}({variable})) is not None"
        f" and {found} is not Undefined"
    )
    return LeafCode(f"({test})", found)


def _of_list(kind: GraphQLList[Any], name: Name, variable: str) -> LeafCode | None:
    inner = kind.of_type
    usual: set[type] = set()
    if isinstance(inner, GraphQLNonNull):
        inner = inner.of_type
    else:
        usual.add(type(None))
    plain = _PLAIN.get(inner)
    if plain is None:
        return None
    usual.add(plain)
    test = f"type({variable}) is list and {name('usual', usual)}.issuperset(map(type, {variable}))"
    return LeafCode(f"({test})", f"{variable}[:]")


def _members(kind: object) -> tuple[type[Enum], dict[str, str]] | None:
    """The members of a Python enum by their names, and as the schema shows them."""
    python = getattr(kind, "wrapped_cls", None)
    if not isinstance(kind, GraphQLEnumType) or not isinstance(python, type):
        return None
    if not issubclass(python, Enum) or issubclass(python, Flag):
        return None
    return python, {member.name: kind.coerce_output_value(member) for member in python}
