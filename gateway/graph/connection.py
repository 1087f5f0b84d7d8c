"""Relay connections, over lists that upstreams serve by the page and over lists in hand."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Annotated, Generic, TypeVar

import strawberry

from gateway.domain.movie import Page
from gateway.errors import BadUserInputError
from gateway.graph.cursor import Cursor, decode, encode

T = TypeVar("T")
N = TypeVar("N")

_MOST = 100

First = Annotated[
    int,
    strawberry.argument(description="How many at most, 1 to 100, whatever the upstream's page."),
]
After = Annotated[
    str | None,
    strawberry.argument(description="Continue behind this cursor; null starts at the beginning."),
]


@strawberry.type(description="Where a page of a connection stands (Relay).")
class PageInfo:
    """Relay's page information."""

    has_next_page: bool = strawberry.field(description="Whether more items follow.")
    has_previous_page: bool = strawberry.field(
        description="Whether items come before; paging backwards is not offered."
    )
    start_cursor: str | None = strawberry.field(
        description="Cursor of the first item; null on an empty page."
    )
    end_cursor: str | None = strawberry.field(
        description="Cursor of the last item, to send as `after`; null on an empty page."
    )


@strawberry.type(description="An item and its place in the list.")
class Edge(Generic[N]):
    """An item with its cursor."""

    cursor: str = strawberry.field(
        description="Opaque place of this item; valid for this list only."
    )
    node: N = strawberry.field(description="The item.")


@strawberry.type(description="One page of a list.")
class Connection(Generic[N]):
    """A page in Relay's shape, with GitHub's shortcut ``nodes``."""

    edges: list[Edge[N]] = strawberry.field(description="Items with their cursors.")
    nodes: list[N] = strawberry.field(description="The items alone.")
    page_info: PageInfo = strawberry.field(description="How to go on.")
    total_count: int | None = strawberry.field(
        description="Items that paging can reach in all; null where the upstream does not tell."
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """A checked wish for a page: ``size`` items from ``start`` on."""

    size: int
    start: int
    seen: tuple[int | str, ...]
    bound_to: str

    @classmethod
    def of(cls, first: int, after: str | None, bound_to: str) -> Window:
        """Check the arguments.

        Raises:
            BadUserInputError: ``first`` out of 1 to 100, or a foreign cursor.
        """
        if not 1 <= first <= _MOST:
            raise BadUserInputError("`first` must be 1 to 100.", argument="first")
        if after is None:
            return cls(size=first, start=0, seen=(), bound_to=bound_to)
        cursor = decode(after, bound_to)
        return cls(size=first, start=cursor.position + 1, seen=cursor.seen, bound_to=bound_to)


def connect(
    items: Sequence[tuple[Cursor, N]], window: Window, *, more: bool, total: int | None
) -> Connection[N]:
    """Put items that are already cut to the window into Relay's shape."""
    edges = [Edge(cursor=encode(at, window.bound_to), node=node) for at, node in items]
    return Connection(
        edges=edges,
        nodes=[edge.node for edge in edges],
        page_info=PageInfo(
            has_next_page=more,
            has_previous_page=window.start > 0,
            start_cursor=edges[0].cursor if edges else None,
            end_cursor=edges[-1].cursor if edges else None,
        ),
        total_count=total,
    )


def connect_list(
    items: Sequence[T],
    window: Window,
    *,
    identity: Callable[[T], int | str],
    node: Callable[[T], N],
) -> Connection[N]:
    """A page of a list that is whole in hand.

    Goes on behind the item that the cursor stood on, wherever it is now; only
    if that is gone does the place count. Only what is shown is made into nodes.
    """
    start = window.start
    if window.seen:
        place = (at for at, item in enumerate(items) if identity(item) == window.seen[-1])
        start = next(place, start - 1) + 1
    shown = items[start : start + window.size]
    cut = [
        (Cursor(at, (identity(item),)), node(item)) for at, item in enumerate(shown, start=start)
    ]
    return connect(cut, window, more=len(items) > start + window.size, total=len(items))


@dataclass(frozen=True, slots=True)
class Placed(Generic[T]):
    """An item and its place, counted as if every upstream page were full."""

    position: int
    item: T


async def connect_pages(
    load: Callable[[int], Awaitable[Page[T] | None]],
    window: Window,
    *,
    page_size: int,
    identity: Callable[[T], int],
    node: Callable[[T], N],
) -> Connection[N] | None:
    """A page of a list that an upstream serves by numbered pages.

    Fetches only the upstream pages that overlap the window. Upstream lists
    move while they are read, so that an item can stand on two neighbouring
    pages: the cursor remembers the ids of one upstream page and they are
    left out when they come again.

    Returns:
        ``None`` where the upstream does not know the list.
    """
    first_page = window.start // page_size + 1
    last_page = (window.start + window.size - 1) // page_size + 1
    head = await load(first_page)
    if head is None:
        return None
    rest = range(first_page + 1, min(last_page, head.total_pages) + 1)
    pages = [head, *(page for page in await asyncio.gather(*map(load, rest)) if page is not None)]
    placed = [
        Placed((page.number - 1) * page_size + at, item)
        for page in pages
        for at, item in enumerate(page.items[:page_size])
    ]
    inside = [p for p in placed if window.start <= p.position < window.start + window.size]
    kept = _unique(inside, identity, window.seen)
    # Nothing new at all means that the upstream repeats itself: the list ends here.
    more = bool(kept) and (
        placed[-1].position >= window.start + window.size or pages[-1].number < head.total_pages
    )
    ids = [*window.seen, *(identity(p.item) for p in kept)]
    before = len(window.seen)
    cut = [
        (
            Cursor(p.position, tuple(ids[max(0, before + at + 1 - page_size) : before + at + 1])),
            node(p.item),
        )
        for at, p in enumerate(kept)
    ]
    return connect(cut, window, more=more, total=head.total_items)


def _unique(
    items: Sequence[Placed[T]], identity: Callable[[T], Hashable], seen: Sequence[Hashable]
) -> list[Placed[T]]:
    known = set(seen)
    kept = []
    for placed in items:
        key = identity(placed.item)
        if key not in known:
            known.add(key)
            kept.append(placed)
    return kept
