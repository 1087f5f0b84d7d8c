"""Carries the log's end into the stream. Nobody leads: whoever finds something carries it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import TypeAlias

from gateway.domain.request_log import RequestEvent
from gateway.events.entry import chain
from gateway.events.log import Log
from gateway.events.stream import EventStream

Purge: TypeAlias = Callable[..., Awaitable[object]]


class Relay:
    """One process' part in it.

    Two that push at once do no harm: the stream takes a run only behind the end that its writer
    knows, and tells the other where it ends now.

    Args:
        log: What is carried.
        stream: Takes it.
        purge: Makes the caches of all processes forget tags: a writer that was killed has not.
    """

    def __init__(self, log: Log, stream: EventStream, purge: Purge) -> None:
        self._log = log
        self._stream = stream
        self._purge = purge
        self._tip: int | None = None  # where the stream ended when we last heard of it

    async def run(self) -> bool:
        """Carry over all that there is; ``False``: Redis is away.

        Raises:
            UpstreamError: The store gave no usable answer.
        """
        if self._tip is None:
            self._tip = await self._begin()
        while self._tip is not None:
            tip = self._tip
            if tip == 0:
                events = await self._last()
            else:
                events = await self._log.behind(tip)
            if not events:
                return True
            await self._purge(*tags_of(events))
            self._tip = await self._stream.push(tip, [*chain(events, tip)])
        return False

    async def _begin(self) -> int | None:
        """Find the stream's end; what is ahead of the log was left by another database."""
        tip = await self._stream.tip()
        if not tip or tip <= await self._log.end():
            return tip
        await self._stream.drop(tip)
        return 0

    async def _last(self) -> Sequence[RequestEvent]:
        """The log's last event: an empty stream begins there."""
        last = await self._log.end()
        return await self._log.behind(last - 1) if last else ()


def tags_of(events: Iterable[RequestEvent]) -> Sequence[str]:
    """What shows the requests of events."""
    return ("requests", *{f"request:{each.request_id}" for each in events})
