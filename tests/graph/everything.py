"""An operation that asks for every field of the graph, and who owns each of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from graphql import (
    GraphQLArgument,
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    get_named_type,
    is_abstract_type,
    is_composite_type,
    is_required_argument,
)

from gateway.graph import requests
from gateway.registry import load_subgraphs
from gateway.schema import build_schema
from tests.graph.stage import Stage

LOOSE = {"GATEWAY_MAX_TOKENS": "20000", "GATEWAY_MAX_ALIASES": "100"}
LEVELS = 4  # of fragments below the first root field of its type
AGAIN = 2  # below further ones


def core_schema() -> GraphQLSchema:
    """The schema, as graphql-core has it."""
    return build_schema()._schema


def object_types(schema: GraphQLSchema) -> Iterator[GraphQLObjectType]:
    """Every type of ours that can be read, but for what only routers ask for."""
    assert schema.query_type is not None
    seen: dict[str, GraphQLObjectType] = {}
    rest: list[Any] = [schema.query_type]
    while rest:
        each = rest.pop()
        if isinstance(each, GraphQLObjectType) and each.name not in seen:
            if not each.name.startswith("_"):
                seen[each.name] = each
                rest += [get_named_type(field.type) for field in each.fields.values()]
        elif is_abstract_type(each):
            rest += schema.get_possible_types(each)
    yield from seen.values()


def plain_fields(kind: str) -> str:
    """Every field of a type that needs neither arguments nor a selection."""
    owner = core_schema().type_map[kind]
    assert isinstance(owner, GraphQLObjectType)
    return " ".join(
        name
        for name, each in owner.fields.items()
        if not is_composite_type(get_named_type(each.type))
        and not any(map(is_required_argument, each.args.values()))
    )


@dataclass(slots=True)
class Everything:
    """Writes the operation.

    Args:
        arguments: What to give, by the argument's name, as GraphQL literals.
        ids: An id to find, by type, for the roots that answer with an interface.
    """

    arguments: Mapping[str, str]
    ids: Mapping[str, str]
    schema: GraphQLSchema = field(default_factory=core_schema)
    _fragments: dict[str, str] = field(default_factory=dict)
    _seen: set[str] = field(default_factory=set)

    def document(self) -> str:
        """The whole operation."""
        query = self.schema.query_type
        assert query is not None
        ours = {name: each for name, each in query.fields.items() if not name.startswith("_")}
        roots = [line for name, each in ours.items() for line in self._root(name, each)]
        return "\n".join(["{", *roots, "}", *self._fragments.values()])

    def _root(self, name: str, each: GraphQLField) -> Iterator[str]:
        target = get_named_type(each.type)
        if not is_abstract_type(target):
            yield self._field(name, each, self._levels(target.name))
            return
        for kind, node_id in self.ids.items():
            given = self._given(each.args, {"id": f'"{node_id}"', "ids": f'["{node_id}"]'})
            inner = self._fragment(kind, self._levels(kind) - 1)
            yield f"{name}_{kind}: {name}{given} {{ __typename ...{inner} }}"

    def _levels(self, kind: str) -> int:
        levels = AGAIN if kind in self._seen else LEVELS
        self._seen.add(kind)
        return levels

    def _field(self, name: str, each: GraphQLField, levels: int) -> str:
        text = name + self._given(each.args, {})
        target = get_named_type(each.type)
        if is_composite_type(target):
            text += f" {{ ...{self._fragment(target.name, levels - 1)} }}"
        return text

    def _fragment(self, kind: str, levels: int) -> str:
        name = f"{kind}{levels}"
        if name not in self._fragments:
            self._fragments[name] = ""  # keeps its place before those that it uses
            owner = self.schema.type_map[kind]
            assert isinstance(owner, GraphQLObjectType | GraphQLInterfaceType)
            lines = [
                self._field(key, each, levels)
                for key, each in owner.fields.items()
                if levels > 0 or not is_composite_type(get_named_type(each.type))
            ]
            self._fragments[name] = f"fragment {name} on {kind} {{ {' '.join(lines)} __typename }}"
        return name

    def _given(self, args: Mapping[str, GraphQLArgument], own: Mapping[str, str]) -> str:
        known = {**self.arguments, **own}
        given = [
            f"{name}: {known[name]}"
            for name, each in args.items()
            if is_required_argument(each) or name == "first"
        ]
        return f"({', '.join(given)})" if given else ""


async def everything(stage: Stage) -> str:
    """The operation, over objects that the sandbox has."""
    found = await stage.data(
        """{ movie(by: {tmdbId: 603}) { id trailers(first: 1) { nodes { id } } }
             requests(first: 1) { nodes { id } } }"""
    )
    ids = {
        "Movie": found["movie"]["id"],
        "Trailer": found["movie"]["trailers"]["nodes"][0]["id"],
        "Request": found["requests"]["nodes"][0]["id"],
    }
    arguments = {
        "by": "{tmdbId: 603}",
        "query": '"matrix"',
        "chart": "POPULAR",
        "region": '"US"',
        "first": "1",
    }
    return Everything(arguments, ids).document()


@dataclass(frozen=True, slots=True)
class Owners:
    """Which upstreams a field's value comes from; a field without one shares its parent's."""

    by_field: Mapping[tuple[str, str], frozenset[str]]
    by_node: Mapping[str, str]

    @classmethod
    def read(cls, schema: GraphQLSchema) -> Owners:
        """Ask the subgraphs, and the modules that the resolvers stand in."""
        subgraphs = load_subgraphs()
        keeper = next(each.name for each in subgraphs if each.member is not None)
        found: dict[tuple[str, str], frozenset[str]] = {}
        for kind in object_types(schema):
            for name, each in kind.fields.items():
                resolver = each.extensions["strawberry-definition"].base_resolver
                module = "" if resolver is None else resolver.wrapped_func.__module__
                if module.startswith("gateway.upstreams."):
                    found[kind.name, name] = frozenset({module.split(".")[2]})
                elif module == requests.__name__:
                    found[kind.name, name] = frozenset({keeper})
        for subgraph in subgraphs:
            for owner, parts in subgraph.lists.items():
                for part in parts:
                    at = (owner.__name__, part.base_resolver.name)  # type: ignore[union-attr] # has one
                    found[at] = found.get(at, frozenset()) | {subgraph.name}
        by_node = {kind: each.name for each in subgraphs for kind in each.nodes}
        return cls(found, {**by_node, "Request": keeper})

    def of(self, kind: str, key: str) -> frozenset[str]:
        """Owners of a response key below an object of that type; empty: its parent's."""
        name, _, node = key.partition("_")
        if node in self.by_node:
            return frozenset({self.by_node[node]})
        return self.by_field.get((kind, name), frozenset())


def told(kind: str, value: Any) -> Iterator[tuple[str, str]]:  # noqa: ANN401 - JSON
    """Type and name of every field that has a value somewhere in an answer."""
    if isinstance(value, list):
        for item in value:
            yield from told(kind, item)
    elif isinstance(value, dict):
        own = value.get("__typename", kind)
        for key, inner in value.items():
            if inner is not None:
                yield own, key.partition("_")[0] if kind == "Query" else key
                yield from told("", inner)
