"""Valid documents made by chance, for any schema."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any, Final

from graphql import (
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    get_named_type,
    is_abstract_type,
    is_composite_type,
)

from tests.engine.inputs import Inputs

_ALIASES: Final = 5
_DEEPEST: Final = 5
_MOST: Final = 40  # selections, after which each selection set has one


@dataclass(frozen=True, slots=True)
class Written:
    """A document and the variables that go with it."""

    text: str
    variables: dict[str, Any]
    name: str | None = None


@dataclass(slots=True)
class Writer:
    """Writes one document.

    Args:
        schema: Whose documents are written.
        chance: What is chosen by.
        inputs: Writes the arguments.
        roots: The root fields to choose from; empty: all.
    """

    schema: GraphQLSchema
    chance: Random
    inputs: Inputs
    roots: Sequence[str] = ()
    _fragments: dict[str, tuple[GraphQLNamedType, str]] = field(default_factory=dict)
    _names: Iterator[int] = field(default_factory=lambda: iter(range(10_000)))
    _written: int = 0
    _used: dict[str, str] = field(default_factory=dict)  # response key: field and arguments

    def document(self) -> Written:
        """A whole document; now and then with a second operation, or a mutation."""
        mutates = self.schema.mutation_type is not None and self.chance.random() < 0.04
        root = self.schema.mutation_type if mutates else self.schema.query_type
        assert root is not None
        body = self._selections(root, 0)
        kind = "mutation" if mutates else "query"
        text = f"{kind} Q{self.inputs.definitions()} {body}"
        parts = [text, *(each for _, each in self._fragments.values())]
        name = None
        if self.chance.random() < 0.1:
            name = "Q"
            parts.insert(self.chance.randint(0, 1), "query Other { __typename }")
        return Written(" ".join(parts), self.inputs.values, name)

    def _selections(self, kind: GraphQLNamedType, depth: int) -> str:
        count = self.chance.choice((1, 2, 3, 3, 4, 5)) if self._written < _MOST else 1
        self._written += count
        lines = [self._selection(kind, depth) for _ in range(count)]
        found = [line for line in lines if line]
        return "{ " + " ".join(found or ["__typename"]) + " }"

    def _selection(self, kind: GraphQLNamedType, depth: int) -> str:
        drawn = self.chance.random()
        fields = isinstance(kind, GraphQLObjectType | GraphQLInterfaceType)
        if drawn < 0.07:
            return self._name("__typename") + "__typename" + self._directives()
        if drawn < 0.074 and kind is self.schema.query_type:
            return self._introspection()
        if drawn < (0.7 if fields and not is_abstract_type(kind) else 0.35 if fields else 0):
            assert isinstance(kind, GraphQLObjectType | GraphQLInterfaceType)
            return self._field(kind, depth)
        return self._fragment(kind, depth) if depth < _DEEPEST else ""

    def _introspection(self) -> str:
        some = self.chance.choice(list(self.schema.type_map))
        return self.chance.choice(
            (
                "__schema { queryType { name } }",
                f'of{some}: __type(name: "{some}") {{ kind name fields {{ name }} }}',
            )
        )

    def _field(self, kind: GraphQLObjectType | GraphQLInterfaceType, depth: int) -> str:
        known = dict(kind.fields)
        if depth == 0 and self.roots:
            known = {name: each for name, each in known.items() if name in self.roots}
        name = self.chance.choice(list(known))
        target = get_named_type(known[name].type)
        if is_composite_type(target) and depth >= _DEEPEST:
            return ""
        head = self._head(name, known[name])
        if head is None:
            return ""
        inner = f" {self._selections(target, depth + 1)}" if is_composite_type(target) else ""
        return f"{head}{self._directives()}{inner}"

    def _head(self, name: str, each: GraphQLField) -> str | None:
        """Alias, name and arguments; one response key always means the same."""
        alias = self._name(name)
        key = alias.removesuffix(": ") or name
        known = self._used.get(key)
        if known is None:
            known = self._used[key] = name + self.inputs.arguments(each.args)
        elif not known.startswith((f"{name}(", name)) or known.split("(")[0] != name:
            return None
        return alias + known

    def _name(self, name: str) -> str:
        if self.chance.random() < 0.7:
            return ""
        alias = f"a{self.chance.randrange(_ALIASES)}_{name.strip('_')}"
        return f"{alias}: "

    def _fragment(self, kind: GraphQLNamedType, depth: int) -> str:
        condition = self._condition(kind)
        if self.chance.random() < 0.45:
            return self._spread(condition, depth)
        on = "" if condition is kind and self.chance.random() < 0.5 else f" on {condition.name}"
        return f"...{on}{self._directives()} {self._selections(condition, depth + 1)}"

    def _spread(self, kind: GraphQLNamedType, depth: int) -> str:
        known = [name for name, (on, text) in self._fragments.items() if on is kind and text]
        if known and self.chance.random() < 0.5:
            return f"...{self.chance.choice(known)}{self._directives()}"
        name = f"F{next(self._names)}"
        self._fragments[name] = (kind, "")
        inner = self._selections(kind, depth + 1)
        self._fragments[name] = (kind, f"fragment {name} on {kind.name} {inner}")
        return f"...{name}{self._directives()}"

    def _condition(self, kind: GraphQLNamedType) -> GraphQLNamedType:
        """A type whose objects may stand where that type stands."""
        if is_abstract_type(kind):
            possible = list(self.schema.get_possible_types(kind))
            one = self.chance.choice(possible)
        else:
            assert isinstance(kind, GraphQLObjectType)
            one = kind
        wider = [
            each
            for each in self.schema.type_map.values()
            if is_abstract_type(each) and self.schema.is_sub_type(each, one)
        ]
        return self.chance.choice([kind, one, one, *wider])

    def _directives(self) -> str:
        if self.chance.random() < 0.85:
            return ""
        names = self.chance.choice((["skip"], ["include"], ["include"], ["skip", "include"]))
        return "".join(f" @{name}(if: {self.inputs.condition(name)})" for name in names)
