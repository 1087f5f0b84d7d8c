"""A page of requests: it stays right while others come and go, and counts only when asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final, Self

import strawberry

from gateway.domain import request as domain
from gateway.domain.request_store import Place, RequestFilter
from gateway.errors import BadUserInputError
from gateway.graph.cache_control import inheriting
from gateway.graph.connection import Edge, PageInfo
from gateway.graph.context import GraphContext
from gateway.graph.cursor import binding, foreign, pack, unpack
from gateway.graph.loaded import loads
from gateway.graph.loader import Landing, Loaded
from gateway.graph.ports import RequestReads
from gateway.graph.request import MediaRequest

_MOST: Final = 100
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)
_LAST: Final = 253_402_300_799_999_999  # microseconds of the year 9999


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """A checked wish for a page: ``size`` requests behind a place.

    Attributes:
        parts: What tells the list from every other; its cursors are bound to that.
    """

    size: int
    after: Place | None
    parts: tuple[object, ...]

    @classmethod
    def of(cls, first: int, after: str | None, *parts: object) -> Self:
        """Check the arguments.

        Raises:
            BadUserInputError: ``first`` out of 1 to 100, or a foreign cursor.
        """
        if not 1 <= first <= _MOST:
            raise BadUserInputError("`first` must be 1 to 100.", argument="first")
        place = None if after is None else _place(after, binding(*parts))
        return cls(size=first, after=place, parts=parts)

    def cursor(self, request: domain.MediaRequest) -> str:
        """Where a request stands."""
        micros = (request.created_at - _EPOCH) // _MICROSECOND
        return pack(binding(*self.parts), "at", micros, request.request_id)


def _place(cursor: str, bound_to: str) -> Place:
    match unpack(cursor, bound_to):
        case ["at", int(micros), int(request_id)] if (
            0 <= micros <= _LAST and 0 < request_id < 2**63
        ):
            return Place(_EPOCH + timedelta(microseconds=micros), request_id)
        case _:
            raise foreign()


def how_many(connection: RequestConnection, context: GraphContext) -> Landing[int]:
    """Count, unless the page is the whole list."""
    if connection.stretch.after is None and not connection.more:
        return Loaded(len(connection.nodes), "", None)
    reads = context.loader(RequestReads)
    return reads.count(connection.which)


@strawberry.type(
    name="RequestConnection", description="One page of a list.", directives=[inheriting()]
)
class RequestConnection:
    """A page in Relay's shape, with GitHub's shortcut ``nodes``; cursors are written when asked."""

    which: strawberry.Private[RequestFilter]
    stretch: strawberry.Private[Stretch]
    more: strawberry.Private[bool]

    nodes: list[MediaRequest] = strawberry.field(description="The items alone.")

    @strawberry.field(
        description="Items that paging can reach in all; null where the upstream does not tell."
    )
    @loads(how_many)
    @staticmethod
    def total_count(counted: int | None) -> int | None:
        """Count only when asked."""
        return counted

    @strawberry.field(description="Items with their cursors.")
    def edges(self) -> list[Edge[MediaRequest]]:
        """Put each item beside its place."""
        cursor = self.stretch.cursor
        return [Edge(cursor=cursor(node.model), node=node) for node in self.nodes]

    @strawberry.field(description="How to go on.")
    def page_info(self) -> PageInfo:
        """Only the first and the last cursor matter."""
        cursor, nodes = self.stretch.cursor, self.nodes
        return PageInfo(
            has_next_page=self.more,
            has_previous_page=self.stretch.after is not None,
            start_cursor=cursor(nodes[0].model) if nodes else None,
            end_cursor=cursor(nodes[-1].model) if nodes else None,
        )


def connect(
    requests: Sequence[domain.MediaRequest], stretch: Stretch, which: RequestFilter, *, more: bool
) -> RequestConnection:
    """Show a page."""
    return RequestConnection(
        which=which,
        stretch=stretch,
        more=more,
        nodes=[MediaRequest.of(each) for each in requests],
    )
