"""Folds all subgraphs into one Strawberry schema."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import Any, Final

import strawberry
from graphql import GraphQLInputObjectType
from strawberry.schema.config import StrawberryConfig
from strawberry.types.field import StrawberryField

from gateway.engine.price import Draw, Price
from gateway.graph import federation, requests
from gateway.graph.access import rules
from gateway.graph.cost import FILM, GENRES, Cost, ListSize, Prices, declare
from gateway.graph.merged import merged
from gateway.graph.movie import Movie
from gateway.graph.mutations.root import PRICES, Mutation
from gateway.graph.open_types import OPEN_TYPES
from gateway.graph.request import MediaRequest
from gateway.graph.roots import Query
from gateway.graph.scalars import SCALARS
from gateway.graph.subscriptions import Subscription
from gateway.graph.trailer import Trailer
from gateway.registry import load_subgraphs
from gateway.subgraph import Subgraph, extend

__all__ = ["build_schema", "print_sdl", "print_subgraph_sdl"]


# Printed for tools that are older than the directive; the linter wants it described.
_ONE_OF = "directive @oneOf on INPUT_OBJECT"
_ONE_OF_DESCRIBED = f'"""Exactly one of the fields must be given."""\n{_ONE_OF}'


_NODE: Final = Price(weight=4, draws=(Draw(upstream="tmdb"),), brings=frozenset({FILM, GENRES}))
_ROOTS: Final[Prices] = {
    Query: {
        "node": _NODE,
        "nodes": replace(_NODE, slicing=("ids",), assumed_size=100),
        "upstreams": Price(assumed_size=4),
        "_entities": federation.ENTITIES,
    }
}


@cache
def build_schema() -> strawberry.Schema:
    """Build the schema of every registered upstream; the same one each time."""
    return _fold(load_subgraphs())


@cache
def print_sdl() -> str:
    """The schema in the definition language, as `schema.graphql` holds it: for clients."""
    sdl = build_schema().as_str().replace(_ONE_OF, _ONE_OF_DESCRIBED)
    return federation.without_federation(sdl).rstrip("\n") + "\n"


@cache
def print_subgraph_sdl() -> str:
    """The schema as routers read it, with the federation's directives."""
    return federation.subgraph_sdl(print_sdl())


def _fold(subgraphs: Sequence[Subgraph[Any, Any]]) -> strawberry.Schema:
    for subgraph in subgraphs:
        for owner, fields in subgraph.fields.items():
            extend(owner, fields)
    for owner, fields in requests.FIELDS.items():
        extend(owner, fields)
    extend(Query, federation.fields_of(print_subgraph_sdl))
    for owner, by_name in _lists(subgraphs).items():
        extend(owner, [merged(parts) for parts in by_name.values()])
    schema = strawberry.Schema(
        query=Query,
        mutation=Mutation,
        subscription=Subscription,
        types=[Movie, Trailer, MediaRequest],
        config=StrawberryConfig(scalar_map={**SCALARS, **federation.SCALARS}),
    )
    _mark_one_of(schema)
    core = schema._schema  # noqa: SLF001 - below Strawberry
    rules(core, OPEN_TYPES)
    declare(core, [_ROOTS, PRICES, *(each.costs for each in subgraphs)])
    made = map(schema.schema_converter.from_schema_directive, (Cost, ListSize))
    core.directives = (*core.directives, *made)
    return schema


def _mark_one_of(schema: strawberry.Schema) -> None:
    """Tell graphql-core, so that it refuses two members before anything runs.

    Strawberry's own check comes when the field is resolved.
    """
    for each in schema._schema.type_map.values():  # noqa: SLF001 - below Strawberry
        if isinstance(each, GraphQLInputObjectType) and not each.name.startswith("__"):
            definition = each.extensions.get("strawberry-definition")
            each.is_one_of = bool(getattr(definition, "is_one_of", False))


def _lists(
    subgraphs: Sequence[Subgraph[Any, Any]],
) -> Mapping[type, Mapping[str, list[StrawberryField]]]:
    found: dict[type, dict[str, list[StrawberryField]]] = defaultdict(lambda: defaultdict(list))
    for subgraph in subgraphs:
        for owner, parts in subgraph.lists.items():
            for part in parts:
                found[owner][part.base_resolver.name].append(part)  # type: ignore[union-attr] # has a resolver
    return found
