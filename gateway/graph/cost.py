"""``@cost`` and ``@listSize``: what fields cost, and what they draw from the upstreams.

The directives are IBM's, with the types and the rule of Apollo's federation, whose routers plan by
them. Upstreams declare a ``Price`` for each field that costs more than it looks; the directives of
the schema are made from the prices, and the draws beside them stay ours.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Final, TypeAlias

import strawberry
from graphql import (
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    is_list_type,
)
from graphql.type import get_nullable_type
from strawberry.schema_directive import Location
from strawberry.types.field import StrawberryField

from gateway.engine.price import FREE, Draw, Price, put
from gateway.graph.facets import needed

Prices: TypeAlias = Mapping[type, Mapping[str, Price]]
"""By the type that a field stands on, and its name in the graph."""

FILM: Final = "film"
"""The share of a film's own page, which all its fields draw together."""
GENRES: Final = "genres"
"""The share of the list of all genres."""
VIDEO: Final = "video"
"""The share of what a video's host tells of it."""
_ITEMS: Final = frozenset({"edges", "nodes"})
_FACTS: Final = Draw(upstream="tmdb", share=FILM)


@strawberry.schema_directive(
    locations=[Location.FIELD_DEFINITION],
    name="cost",
    description="What each thing that the field gives costs, with nothing below it; without it an "
    "object costs 1 and a leaf nothing.",
)
class Cost:
    """A field's weight."""

    weight: int


@strawberry.schema_directive(
    locations=[Location.FIELD_DEFINITION],
    name="listSize",
    description="How many items a list has, for its cost: as many as an argument asks for, "
    "else as many as are assumed.",
)
class ListSize:
    """The length of a list, or of the lists in a connection."""

    assumed_size: int | None = strawberry.directive_field(
        name="assumedSize", default=strawberry.UNSET
    )
    slicing_arguments: list[str] | None = strawberry.directive_field(
        name="slicingArguments", default=strawberry.UNSET
    )
    sized_fields: list[str] | None = strawberry.directive_field(
        name="sizedFields", default=strawberry.UNSET
    )
    require_one_slicing_argument: bool | None = strawberry.directive_field(
        name="requireOneSlicingArgument", default=strawberry.UNSET
    )


def declare(schema: GraphQLSchema, tables: Iterable[Prices]) -> None:
    """Price every field of a schema that Strawberry built.

    Raises:
        LookupError: A table names a field that is not there.
    """
    declared = _merged(tables)
    for owner in list(schema.type_map.values()):
        if not isinstance(owner, GraphQLObjectType | GraphQLInterfaceType):
            continue
        for name, field in owner.fields.items():
            definition = field.extensions.get("strawberry-definition")
            if isinstance(definition, StrawberryField):
                _declare(field, definition, declared.pop((owner.name, name), FREE))
    if declared:
        raise LookupError(f"no such fields: {sorted(declared)}")


def _declare(field: GraphQLField, definition: StrawberryField, declared: Price) -> None:
    price = declared
    if needed(definition.metadata):
        price = replace(price, draws=(_FACTS, *price.draws))
    if "first" in field.args:
        price = replace(price, slicing=("first",), sized=_ITEMS)
    put(field, price)
    if not any(isinstance(each, Cost | ListSize) for each in definition.directives):
        definition.directives = [*definition.directives, *_directives(field, price)]


def _directives(field: GraphQLField, price: Price) -> Iterator[Cost | ListSize]:
    if price.weight is not None:
        yield Cost(weight=price.weight)
    numbers = [name for name in price.slicing if not _is_list(field, name)]
    if numbers:
        yield ListSize(
            slicing_arguments=numbers,
            sized_fields=sorted(price.sized),
            require_one_slicing_argument=False,
        )
    elif price.assumed_size is not None:
        yield ListSize(assumed_size=price.assumed_size)


def _is_list(field: GraphQLField, argument: str) -> bool:
    """Whether an argument says by its length how many there are, for which there is no word."""
    return is_list_type(get_nullable_type(field.args[argument].type))


def _merged(tables: Iterable[Prices]) -> dict[tuple[str, str], Price]:
    """One price for each field; one that several upstreams fill costs what its parts do."""
    found: dict[tuple[str, str], Price] = {}
    for table in tables:
        for owner, prices in table.items():
            kind: str = owner.__strawberry_definition__.name  # type: ignore[attr-defined] # set by Strawberry
            for name, price in prices.items():
                known = found.get((kind, name))
                found[kind, name] = price if known is None else _both(known, price)
    return found


def _both(one: Price, other: Price) -> Price:
    return Price(
        weight=max((w for w in (one.weight, other.weight) if w is not None), default=None),
        assumed_size=(one.assumed_size or 0) + (other.assumed_size or 0) or None,
        slicing=one.slicing or other.slicing,
        sized=one.sized | other.sized,
        draws=(*one.draws, *other.draws),
        brings=one.brings & other.brings,
    )
