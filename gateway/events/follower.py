"""One reader of the feed: first what it has missed, out of the store, then what happens."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from typing import Final, Protocol, Self, TypeAlias

from gateway.domain.request_log import RequestEvent
from gateway.events.seen import Item, Missed, Seen

QUEUE: Final = 64

Wants: TypeAlias = Callable[[RequestEvent], bool]


class Source(Protocol):
    """What a follower needs of its feed."""

    position: int

    async def behind(self, after: int) -> Sequence[Seen] | None:
        """The next events behind a number, oldest first; ``None``: the log cannot be read now."""
        ...


class Follower:
    """An async iterator with one reader; it ends when it is closed, or its feed is.

    While it reads what lies behind, nothing is queued for it. After that its queue is bounded:
    when it is full, all of it is dropped, and the reader is told so in its place.

    Args:
        source: The feed.
        after: Events behind this sequence number are wanted.
        wants: Which of them.
        left: Told when it is closed.
    """

    def __init__(
        self, source: Source, after: int, wants: Wants, left: Callable[[Follower], None]
    ) -> None:
        self._source = source
        self._wants = wants
        self._left = left
        self._read_to = after
        self._told_to = after
        self._is_live = False
        self._queue: deque[Seen] = deque()
        self._missed = 0
        self._news = asyncio.Event()
        self._is_over = False
        self.is_stuck = False  # others waited for it in vain

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Item:
        """The next item.

        Raises:
            StopAsyncIteration: There will be none.
        """
        while not self._is_over:
            if self._missed:
                missed, self._missed = Missed(self._missed, self._told_to), 0
                return missed
            if self._queue:
                seen = self._queue.popleft()
                self.is_stuck = False
                self._told_to = seen.event.sequence
                return seen
            if self._is_live or self._read_to >= self._source.position:
                await self._rest()
            else:
                await self._catch_up()
        raise StopAsyncIteration

    @property
    def room(self) -> int:
        """Events that may be offered before something is dropped."""
        return QUEUE - len(self._queue)

    def offer(self, seen: Seen) -> None:
        """Hear of an event that has just come in."""
        is_new = seen.event.sequence > self._read_to  # another process may have been ahead
        if not (self._is_live and is_new and self._wants(seen.event)):
            return
        if len(self._queue) == QUEUE:
            self._missed += QUEUE
            self._queue.clear()
        self._queue.append(seen)
        self._news.set()

    def end(self) -> None:
        """Let the reader go."""
        self._is_over = True
        self._news.set()

    async def aclose(self) -> None:
        """Want no more."""
        if not self._is_over:
            self.end()
            self._left(self)

    async def _rest(self) -> None:
        """Nothing lies behind any more, and until something comes nobody else runs."""
        self._is_live = True
        self._news.clear()
        await self._news.wait()

    async def _catch_up(self) -> None:
        """Take over one page."""
        found = await self._source.behind(self._read_to)
        if found:
            self._read_to = found[-1].event.sequence
            self._queue.extend(seen for seen in found if self._wants(seen.event))
        elif found is not None:
            self._read_to = self._source.position
