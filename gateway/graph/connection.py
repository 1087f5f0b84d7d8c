"""Relay connections, over lists that upstreams serve by the page and over lists in hand."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Annotated, Generic, TypeAlias, TypeVar

import strawberry

from gateway.domain.movie import Page
from gateway.errors import BadUserInputError
from gateway.graph.cache_control import inheriting
from gateway.graph.cursor import Cursor, binding, decode, encode

T = TypeVar("T")
N = TypeVar("N")

_MOST = 100
_MOVES = 4  # stretches of an upstream's list that are read for one page of ours
_REMEMBERED = 5  # items that a cursor finds its place by, should some of them vanish

First = Annotated[
    int,
    strawberry.argument(description="How many at most, 1 to 100, whatever the upstream's page."),
]
After = Annotated[
    str | None,
    strawberry.argument(description="Continue behind this cursor; null starts at the beginning."),
]


@strawberry.type(
    description="Where a page of a connection stands (Relay).",
    directives=[inheriting()],
)
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


@strawberry.type(
    description="An item and its place in the list.",
    directives=[inheriting()],
)
class Edge(Generic[N]):
    """An item with its cursor."""

    cursor: str = strawberry.field(
        description="Opaque place of this item; valid for this list only."
    )
    node: N = strawberry.field(description="The item.")


@strawberry.type(
    description="One page of a list.",
    directives=[inheriting()],
)
class Connection(Generic[N]):
    """A page in Relay's shape, with GitHub's shortcut ``nodes``; cursors are written when asked."""

    window: strawberry.Private[Window]
    places: strawberry.Private[Callable[[], Sequence[Cursor]]]
    more: strawberry.Private[bool]

    @strawberry.field(description="Items with their cursors.")
    def edges(self) -> list[Edge[N]]:
        """Put each item beside its place."""
        bound_to = self.window.bound_to
        at = zip(self.places(), self.nodes, strict=True)
        return [Edge(cursor=encode(place, bound_to), node=node) for place, node in at]

    nodes: list[N] = strawberry.field(description="The items alone.")

    @strawberry.field(description="How to go on.")
    def page_info(self) -> PageInfo:
        """Only the first and the last cursor matter."""
        places, bound_to = self.places(), self.window.bound_to
        return PageInfo(
            has_next_page=self.more,
            has_previous_page=self.window.start > 0,
            start_cursor=encode(places[0], bound_to) if places else None,
            end_cursor=encode(places[-1], bound_to) if places else None,
        )

    total_count: int | None = strawberry.field(
        description="Items that paging can reach in all; null where the upstream does not tell."
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """A checked wish for a page: ``size`` items from ``start`` on.

    Args:
        size: Items at most.
        start: Place of the first one.
        seen: Ids that came just before.
        parts: What tells the list from every other; its cursors are bound to that.
    """

    size: int
    start: int
    seen: tuple[int | str, ...]
    parts: tuple[object, ...]

    @classmethod
    def of(cls, first: int, after: str | None, *parts: object) -> Window:
        """Check the arguments.

        Raises:
            BadUserInputError: ``first`` out of 1 to 100, or a foreign cursor.
        """
        if not 1 <= first <= _MOST:
            raise BadUserInputError("`first` must be 1 to 100.", argument="first")
        if after is None:
            return cls(size=first, start=0, seen=(), parts=parts)
        cursor = decode(after, binding(*parts))
        return cls(size=first, start=cursor.position + 1, seen=cursor.seen, parts=parts)

    @property
    def bound_to(self) -> str:
        """What cursors of this list carry."""
        return binding(*self.parts)


def connect_list(
    items: Sequence[T],
    window: Window,
    *,
    identity: Callable[[T], int | str],
    node: Callable[[T], N],
) -> Connection[N]:
    """A page of a list that is whole in hand.

    Goes on behind the last item shown that is still there, wherever it is now;
    only if the cursor knows none of them does the place count. Only what is
    shown is made into nodes.
    """
    places = {identity(item): at for at, item in enumerate(items)} if window.seen else {}
    known = [places[each] for each in window.seen if each in places]
    start = known[-1] + 1 if known else max(0, window.start - len(window.seen))
    shown = items[start : start + window.size]

    def cursors() -> list[Cursor]:
        ids = [*window.seen, *map(identity, shown)]
        before = len(window.seen)
        return [
            Cursor(start + at, _tail(ids, before + at, _REMEMBERED)) for at in range(len(shown))
        ]

    return Connection(
        nodes=[node(item) for item in shown],
        total_count=len(items),
        window=window,
        places=cursors,
        more=len(items) > start + len(shown),
    )


def _tail(ids: Sequence[int | str], at: int, most: int) -> tuple[int | str, ...]:
    """The ids up to the one at a place, at most so many."""
    return tuple(ids[max(0, at + 1 - most) : at + 1])


Placed: TypeAlias = tuple[int, T]
"""An item behind its place, counted as if every upstream page were full."""


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
    left out when they come again. A window in which all has been shown moves
    on, or the list would seem to end there.

    Returns:
        ``None`` where the upstream does not know the list.
    """
    start, moves = window.start, _MOVES
    while True:
        read = await _read(load, range(start, start + window.size), page_size)
        if read is None:
            return None
        fresh = _fresh(read.placed, start, identity, window.seen)
        kept = [placed for placed in fresh if placed[0] < start + window.size]
        more = len(fresh) > len(kept) or read.pages < read.total_pages
        moves -= 1
        if kept or not more or not moves:
            break
        start = fresh[0][0] if fresh else read.pages * page_size

    def cursors() -> list[Cursor]:
        ids = [*window.seen, *(identity(item) for _, item in kept)]
        before = len(window.seen)
        return [
            Cursor(position, _tail(ids, before + at, page_size))
            for at, (position, _) in enumerate(kept)
        ]

    return Connection(
        nodes=[node(item) for _, item in kept],
        total_count=read.reach(page_size),
        window=window,
        places=cursors,
        more=more and bool(kept),  # nothing new after all these moves: the upstream repeats itself
    )


@dataclass(frozen=True, slots=True)
class _Read(Generic[T]):
    """What neighbouring pages of an upstream say."""

    placed: Sequence[Placed[T]]
    pages: int  # number of the last one
    total_pages: int
    total_items: int | None

    def reach(self, page_size: int) -> int | None:
        """How many items paging gets at; upstreams count those beyond their last page, too."""
        if self.total_items is None:
            return None
        return min(self.total_items, self.total_pages * page_size)


async def _read(
    load: Callable[[int], Awaitable[Page[T] | None]], places: range, page_size: int
) -> _Read[T] | None:
    first, last = places[0] // page_size + 1, places[-1] // page_size + 1
    head = await load(first)
    if head is None:
        return None
    numbers = range(first, max(first, min(last, head.total_pages)) + 1)
    pages = [head, *await asyncio.gather(*map(load, numbers[1:]))] if numbers[1:] else [head]
    placed = [
        placed
        for number, page in zip(numbers, pages, strict=True)
        for placed in enumerate(page.items[:page_size] if page else (), (number - 1) * page_size)
    ]
    return _Read(placed, numbers[-1], head.total_pages, head.total_items)


def _fresh(
    placed: Sequence[Placed[T]],
    start: int,
    identity: Callable[[T], Hashable],
    seen: Sequence[Hashable],
) -> list[Placed[T]]:
    """From a place on, what was not seen before, each once."""
    known = set(seen)
    kept = []
    for position, item in placed:
        if position >= start and (key := identity(item)) not in known:
            known.add(key)
            kept.append((position, item))
    return kept
