"""What happened before: the newest events from memory, older ones out of the store."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Sequence
from typing import Final

from gateway.domain.request_log import RequestEvent
from gateway.errors import UpstreamError
from gateway.events.entry import public
from gateway.events.log import Log
from gateway.events.seen import Seen
from gateway.transport.deadline import renew

KEPT: Final = 256
"""Events that are remembered, for followers who come back."""
_READ_S: Final = 5.0


class History:
    """Reads pages of the log; those who come back together read together.

    Args:
        log: What is read.
    """

    def __init__(self, log: Log) -> None:
        self._log = log
        self._kept: deque[Seen] = deque()
        self._kept_behind = 0  # all events behind this one are kept
        self.pause_s = 1.0  # before a page is tried again
        self._reads: dict[int, asyncio.Task[list[Seen]]] = {}

    def begin(self, position: int) -> None:
        """Remember nothing, and from now on all that comes behind a number."""
        self._kept.clear()
        self._kept_behind = position

    def add(self, seen: Seen) -> None:
        """Remember the next event."""
        self._kept.append(seen)
        if len(self._kept) > KEPT:
            self._kept_behind = self._kept.popleft().event.sequence

    async def behind(self, after: int) -> Sequence[Seen] | None:
        """The next events behind a number, oldest first; ``None``: they cannot be read now."""
        if after >= self._kept_behind:
            return [seen for seen in self._kept if seen.event.sequence > after]
        read = self._reads.get(after)
        if read is None:
            read = self._reads[after] = asyncio.create_task(self._read(after))
            read.add_done_callback(lambda _: self._reads.pop(after, None))
        try:
            return await asyncio.shield(read)
        except UpstreamError:
            await asyncio.sleep(self.pause_s)
            return None

    async def seen(self, events: Sequence[RequestEvent]) -> list[Seen]:
        """Read the requests of events, each once."""
        ids = {each.request_id for each in events}
        try:
            requests = await self._log.requests(ids)
        except UpstreamError as exc:
            return [Seen(public(each), exc) for each in events]
        return [Seen(public(each), requests.get(each.request_id)) for each in events]

    async def aclose(self) -> None:
        """Let the reads under way end: one that is cut would leave a connection."""
        await asyncio.gather(*self._reads.values(), return_exceptions=True)

    async def _read(self, after: int) -> list[Seen]:
        with renew(_READ_S):
            return await self.seen(await self._log.behind(after))
