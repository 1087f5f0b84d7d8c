"""Which leaf values are shown as they are, told by their exact type."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum, Flag
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeAlias

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

from gateway.engine.plan.places import Place
from gateway.engine.plan.position import Complete, Position, Waiting

if TYPE_CHECKING:
    from gateway.engine.plan.run import Run

Name: TypeAlias = "Callable[[str, object], str]"
"""Gives a value a name in the code."""

_NEVER: Final = "False"
_MOST_SEEN: Final = 16  # Python types of one scalar
_TESTS: Final = {
    GraphQLString: "type(r) is str",
    GraphQLID: "type(r) is str",
    GraphQLBoolean: "r is True or r is False",
    GraphQLInt: "type(r) is int and -2147483648 <= r <= 2147483647",
    GraphQLFloat: "type(r) is float and r - r == 0.0",  # finite
}
_PLAIN: Final = {GraphQLString: str, GraphQLID: str, GraphQLBoolean: bool}


class LeafCode(NamedTuple):
    """How code shows what it has in ``r``.

    Args:
        test: Whether the value is one of the usual ones.
        shown: An expression of such a one.
        settle: The name of what shows any other.
    """

    test: str
    shown: str
    settle: str


def leaf_code(position: Position, kind: GraphQLOutputType, name: Name) -> LeafCode:
    """For the values of one position, which is that of a leaf or of a list of leaves."""
    settle: Complete = position.settle
    if isinstance(kind, GraphQLNonNull):
        kind = kind.of_type
    if isinstance(kind, GraphQLList):
        return LeafCode(_list_test(kind, name), "r[:]", name("settle", settle))
    if kind in _TESTS:
        return LeafCode(_TESTS[kind], "r", name("settle", settle))
    members = _members(kind)
    if members is not None:
        python, shown = members
        test = f"type(r) is {name('enum', python)}"
        return LeafCode(test, f"{name('shown', shown)}[r._name_]", name("settle", settle))
    seen: set[type] = set()
    coerce: Any = kind.coerce_output_value  # type: ignore[union-attr] # a custom scalar, or an enum of another kind
    test = f"type(r) in {name('seen', seen)} and (z := {name('coerce', coerce)}(r)) is not None"
    return LeafCode(f"{test} and z is not Undefined", "z", name("settle", _learning(settle, seen)))


def _list_test(kind: GraphQLList[Any], name: Name) -> str:
    inner = kind.of_type
    usual: set[type] = set()
    if not isinstance(inner, GraphQLNonNull):
        usual.add(type(None))
    else:
        inner = inner.of_type
    plain = _PLAIN.get(inner)
    if plain is None:
        return _NEVER
    return f"type(r) is list and {name('usual', usual | {plain})}.issuperset(map(type, r))"


def _members(kind: object) -> tuple[type[Enum], dict[str, str]] | None:
    """The members of a Python enum by their names, and as the schema shows them."""
    python = getattr(kind, "wrapped_cls", None)
    if not isinstance(kind, GraphQLEnumType) or not isinstance(python, type):
        return None
    if not issubclass(python, Enum) or issubclass(python, Flag):
        return None
    return python, {member.name: kind.coerce_output_value(member) for member in python}


def _learning(settle: Complete, seen: set[type]) -> Complete:
    """Remember the Python types that a scalar takes."""

    def show(raw: object, place: Place, run: Run) -> object:
        found = settle(raw, place, run)
        usual = found is not None and type(found) is not Waiting
        if usual and not isinstance(raw, Exception) and len(seen) < _MOST_SEEN:
            seen.add(type(raw))
        return found

    return show
