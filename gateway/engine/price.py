"""What a field costs and draws from upstreams, as the schema declares it; read by ``cost``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from graphql import GraphQLField, GraphQLList, get_nullable_type, is_leaf_type
from graphql.type import get_named_type

_PRICE: Final = "gateway.price"


@dataclass(frozen=True, slots=True, kw_only=True)
class Draw:
    """Calls, or units, that resolving a field takes of an upstream.

    Attributes:
        upstream: Its name.
        share: What fields of one object draw together, such as ``film``; empty: each for itself.
        once: One draw serves the whole operation, however many objects share it.
        count: How many.
        page: In place of ``count``, one for each so many of the items asked for.
        ahead: Pages that come with something else.
        batch: How many one call or unit serves, over the whole operation.
    """

    upstream: str
    share: str = ""
    once: bool = False
    count: int = 1
    page: int = 0
    ahead: int = 0
    batch: int = 1

    def times(self, size: int | None) -> int:
        """How many, where ``size`` items are asked for."""
        if not self.page or size is None:
            return self.count
        return max(0, -(-size // self.page) - self.ahead)


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """What a field is declared to cost.

    Attributes:
        weight: Of each thing that it gives; ``None``: 1 for objects, 0 for leaves.
        assumed_size: Items of its list where nothing else tells.
        slicing: Arguments that tell: a number of items, or a list with one for each.
        sized: Fields below it whose lists are as long as the slicing arguments say.
        draws: On upstreams, for each thing that it gives.
        brings: Shares that the things it gives have drawn already.
        is_entities: The things asked for are a router's representations.
    """

    weight: int | None = None
    assumed_size: int | None = None
    slicing: tuple[str, ...] = ()
    sized: frozenset[str] = frozenset()
    draws: tuple[Draw, ...] = ()
    brings: frozenset[str] = frozenset()
    is_entities: bool = False


FREE: Final = Price()


def put(field: GraphQLField, price: Price) -> None:
    """Declare what a field costs."""
    field.extensions[_PRICE] = price


def price_of(field: GraphQLField) -> Price:
    """What a field is declared to cost."""
    found = field.extensions.get(_PRICE)
    return found if isinstance(found, Price) else FREE


def weight_of(field: GraphQLField) -> int:
    """Of each thing that a field gives."""
    declared = price_of(field).weight
    if declared is not None:
        return declared
    return 0 if is_leaf_type(get_named_type(field.type)) else 1


def is_list(field: GraphQLField) -> bool:
    """Whether a field gives a list."""
    return isinstance(get_nullable_type(field.type), GraphQLList)
