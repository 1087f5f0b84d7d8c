"""What happened before: the newest events from memory, older ones out of the store."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Sequence
from typing import Final

from gateway.domain.request_log import RequestEvent
from gateway.domain.request_store import RequestStore
from gateway.errors import UpstreamError, UpstreamTimeoutError
from gateway.events.entry import public
from gateway.events.relay import PAGE
from gateway.events.seen import Seen
from gateway.transport.deadline import renew

KEPT: Final = 256
"""Events that are remembered, for followers who come back."""
_READ_S: Final = 5.0
_PAUSE_S: Final = 1.0
_PATIENCE_S: Final = 3.0  # for requests: their events are not held up for longer


class History:
    """Reads pages of the log; those who come back together read together.

    Args:
        store: Keeps the log.
    """

    def __init__(self, store: RequestStore) -> None:
        self._store = store
        self._kept: deque[Seen] = deque()
        self._kept_behind = 0  # all events behind this one are kept
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
            await asyncio.sleep(_PAUSE_S)
            return None

    async def seen(self, events: Sequence[RequestEvent]) -> list[Seen]:
        """Read the requests of events, each once."""
        ids = {each.request_id for each in events}
        try:
            async with asyncio.timeout(_PATIENCE_S):
                requests = await self._store.get_many(ids)
        except (UpstreamError, TimeoutError) as exc:
            late = UpstreamTimeoutError("requests", "get_many", "gave no answer in time")
            error = late if isinstance(exc, TimeoutError) else exc
            return [Seen(public(each), error) for each in events]
        return [Seen(public(each), requests.get(each.request_id)) for each in events]

    async def aclose(self) -> None:
        """Let the reads under way end: one that is cut would leave a connection."""
        await asyncio.gather(*self._reads.values(), return_exceptions=True)

    async def _read(self, after: int) -> list[Seen]:
        with renew(_READ_S):
            return await self.seen(await self._store.events(after, most=PAGE))
