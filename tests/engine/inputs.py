"""Arguments of generated documents: literals, and variables with defaults, nulls and gaps."""

from __future__ import annotations

import json
from collections.abc import Container, Mapping
from random import Random
from typing import Any, Final

from graphql import (
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLList,
    GraphQLNonNull,
    Undefined,
    is_required_argument,
    is_required_input_field,
)

_WRONG: Final = 0.01
_VARIABLES: Final = 0.3
_ENUM: Final = "\0"  # marks text that stands without quotes in a literal
_DEEPEST: Final = 3


class Inputs:
    """The arguments of one document, and the variables that they need.

    Args:
        chance: What is chosen by.
        known: Values to choose from, by the argument's name.
        always: Arguments that are never left out.
    """

    def __init__(
        self,
        chance: Random,
        known: Mapping[str, tuple[Any, ...]] | None = None,
        always: Container[str] = (),
    ) -> None:
        self._chance = chance
        self._known = known or {}
        self._always = always
        self._defined: dict[str, str] = {}
        self.values: dict[str, Any] = {}

    def definitions(self) -> str:
        """The operation's variables."""
        if not self._defined:
            return ""
        return f"({', '.join(f'${name}: {kind}' for name, kind in self._defined.items())})"

    def arguments(self, wanted: Mapping[str, GraphQLArgument]) -> str:
        """What to give a field."""
        given = []
        for name, each in wanted.items():
            due = is_required_argument(each) or name in self._always
            if due or self._chance.random() < 0.5:
                found = self._place(each.type, each.default_value is not Undefined, 0, name)
                given.append(f"{name}: {found}")
        return f"({', '.join(given)})" if given else ""

    def condition(self, directive: str) -> str:
        """Of a skip or an include, mostly so that the selection stays."""
        stays = (self._chance.random() < 0.75) is (directive == "include")
        if self._chance.random() < 0.5:
            return json.dumps(stays)
        name = f"when{self._chance.randint(0, 3)}"
        if name not in self._defined:
            self._defined[name] = self._chance.choice(
                ("Boolean!", "Boolean! = true", "Boolean! = false", "Boolean = true")
            )
            required = self._defined[name] == "Boolean!"
            if required or self._chance.random() < 0.7:
                self.values[name] = stays
            if self._defined[name] == "Boolean = true" and self._chance.random() < 0.1:
                self.values[name] = None
        return f"${name}"

    def _place(self, kind: GraphQLInputType, has_default: bool, depth: int, name: str = "") -> str:
        """A literal, or a variable that fits the place."""
        if self._chance.random() < _VARIABLES:
            return self._variable(kind, has_default, name)
        return self._literal(kind, depth, name)

    def _variable(self, kind: GraphQLInputType, has_default: bool, about: str) -> str:
        name = f"v{len(self._defined)}"
        if not isinstance(kind, GraphQLNonNull):
            strict = self._chance.random() < 0.2
            self._defined[name] = f"{kind}!" if strict else str(kind)
            self._default(name, kind, often=0.3)
            self._give(name, kind, strict=strict, about=about)
            return f"${name}"
        loose = self._chance.random() < 0.3
        if loose:
            self._defined[name] = str(kind.of_type)
            self._default(name, kind, often=0.5 if has_default else 1)
        else:
            self._defined[name] = str(kind)
            self._default(name, kind, often=0.2)
        self._give(name, kind.of_type, strict=not loose, about=about)
        return f"${name}"

    def _default(self, name: str, kind: GraphQLInputType, often: float) -> None:
        if self._chance.random() < often:
            self._defined[name] += f" = {_text(self._present(kind, 0))}"

    def _give(self, name: str, kind: GraphQLInputType, *, strict: bool, about: str) -> None:
        drawn = self._chance.random()
        optional = not strict or " = " in self._defined[name]
        if drawn < 0.2 and optional:
            return
        if drawn < 0.35 and not strict:
            self.values[name] = None
        elif drawn > 1 - _WRONG:
            self.values[name] = self._chance.choice(("wrong", [], {}, 1.5, None, [[None]], True))
        else:
            self.values[name] = _plain(self._value(kind, 0, about))

    def _literal(self, kind: GraphQLInputType, depth: int, name: str = "") -> str:
        if not isinstance(kind, GraphQLNonNull) and self._chance.random() < 0.15:
            return "null"
        inner: Any = kind.of_type if isinstance(kind, GraphQLNonNull) else kind
        if isinstance(inner, GraphQLList) and name not in self._known:
            if self._chance.random() < 0.2 and not isinstance(inner.of_type, GraphQLNonNull):
                return self._literal(GraphQLNonNull(inner.of_type), depth + 1)
            count = self._chance.choice((0, 1, 2, 3))
            items = [self._place(inner.of_type, False, depth + 1) for _ in range(count)]
            return f"[{', '.join(items)}]"
        if isinstance(inner, GraphQLInputObjectType):
            return self._object_literal(inner, depth)
        return _text(self._present(inner, depth, name))

    def _object_literal(self, kind: GraphQLInputObjectType, depth: int) -> str:
        if kind.is_one_of:
            name, each = self._chance.choice(list(kind.fields.items()))
            found = self._literal(GraphQLNonNull(each.type), depth + 1, name)
            return f"{{{name}: {found}}}"
        given = []
        for name, each in self._chosen(kind, depth):
            has_default = each.default_value is not Undefined
            given.append(f"{name}: {self._place(each.type, has_default, depth + 1, name)}")
        return f"{{{', '.join(given)}}}"

    def _chosen(
        self, kind: GraphQLInputObjectType, depth: int
    ) -> list[tuple[str, GraphQLInputField]]:
        often = 0.5 if depth < _DEEPEST else 0
        return [
            (name, each)
            for name, each in kind.fields.items()
            if is_required_input_field(each) or self._chance.random() < often
        ]

    def _value(self, kind: GraphQLInputType, depth: int, name: str = "") -> Any:  # noqa: ANN401 - JSON
        if not isinstance(kind, GraphQLNonNull) and depth and self._chance.random() < 0.15:
            return None
        return self._present(kind, depth, name)

    def _present(self, kind: GraphQLInputType, depth: int, name: str = "") -> Any:  # noqa: ANN401 - JSON
        if isinstance(kind, GraphQLNonNull):
            kind = kind.of_type
        if name in self._known:
            return self._chance.choice(self._known[name])
        if isinstance(kind, GraphQLList):
            count = self._chance.choice((0, 1, 1, 2))
            return [self._value(kind.of_type, depth + 1) for _ in range(count)]
        if isinstance(kind, GraphQLInputObjectType):
            chosen = self._chosen(kind, depth)
            if kind.is_one_of:
                chosen = [self._chance.choice(list(kind.fields.items()))]
                return {key: self._present(each.type, depth + 1, key) for key, each in chosen}
            return {key: self._value(each.type, depth + 1, key) for key, each in chosen}
        if isinstance(kind, GraphQLEnumType):
            return _ENUM + self._chance.choice(list(kind.values))
        return self._chance.choice(_LEAVES[kind.name])


_MOVIE: Final = {"__typename": "Movie", "tmdbId": 603}
_LEAVES: Final[Mapping[str, tuple[Any, ...]]] = {
    "Int": (0, 1, -5, 2**31 - 1),
    "Float": (0.5, 1, -2e10),
    "String": ("", "text", 'quo"te', "é🎬"),
    "Boolean": (True, False),
    "ID": ("a", "12", 7),
    "Odd": (1, 3, 13),
    "Anything": (1, "a", [1, None], {"b": {"c": [2.5]}}, True),
    "Day": ("2020-02-29", "2021-01-01"),
    "Date": ("1999-03-31", "2020-02-29"),
    "_Any": (_MOVIE, {"__typename": "Request", "id": "a"}, {"__typename": "Movie"}, {}, 5),
}


def _plain(value: Any) -> Any:  # noqa: ANN401 - JSON
    """As JSON, where enum values are strings."""
    if isinstance(value, list):
        return [_plain(each) for each in value]
    if isinstance(value, dict):
        return {key: _plain(each) for key, each in value.items()}
    return value.removeprefix(_ENUM) if isinstance(value, str) else value


def _text(value: Any) -> str:  # noqa: ANN401 - JSON
    """As a literal of GraphQL."""
    if isinstance(value, list):
        return f"[{', '.join(map(_text, value))}]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {_text(each)}" for key, each in value.items()) + "}"
    if isinstance(value, str) and value.startswith(_ENUM):
        return value.removeprefix(_ENUM)
    return json.dumps(value, ensure_ascii=False)
