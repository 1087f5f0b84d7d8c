"""How the feeds of all processes tell each other: one task writes the stream, one reads it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import Final

from gateway.errors import UpstreamError
from gateway.events.entry import Entry
from gateway.events.relay import Relay
from gateway.events.stream import EventStream

WAIT_S: Final = 5.0
"""For which one read waits for something new."""
AWAY_S: Final = 1.0
"""Between two attempts while Redis is away."""

_LOG = logging.getLogger(__name__)


class Exchange:
    """One process' end of the stream.

    Args:
        stream: Shared by all.
        relay: Carries the log into it.
        sleep: Seconds.
    """

    def __init__(
        self,
        stream: EventStream,
        relay: Relay,
        *,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._stream = stream
        self._relay = relay
        self._sleep = sleep
        self._written = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []

    def start(self, heard: Callable[[Sequence[Entry]], None], look: Callable[[], None]) -> None:
        """Begin.

        Args:
            heard: Told what is new in the stream.
            look: Told when the stream may be silent though something happened.
        """
        self._written.set()  # what was left by whoever was killed
        work = (self._read(heard, look), self._write(look))
        self._tasks = [asyncio.create_task(each) for each in work]

    def nudge(self) -> None:
        """Something was written that the stream may not have."""
        self._written.set()

    async def aclose(self) -> None:
        """End both tasks, and the connection."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._stream.aclose()

    async def _read(
        self, heard: Callable[[Sequence[Entry]], None], look: Callable[[], None]
    ) -> None:
        after: int | None = None
        while True:
            found: Sequence[Entry] | None = ()
            if after is not None:
                found = await self._stream.read(after, wait_s=WAIT_S)
            else:
                after = await self._stream.tip()
            if found is None or after is None:
                look()
                await self._sleep(AWAY_S)
            elif found:
                after = found[-1].sequence
                heard(found)

    async def _write(self, look: Callable[[], None]) -> None:
        while True:
            await self._written.wait()
            self._written.clear()
            try:
                is_carried = await self._relay.run()
            except UpstreamError:
                is_carried = False
            if not is_carried:
                look()
