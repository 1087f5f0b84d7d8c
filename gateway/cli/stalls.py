"""Hangs up on clients that do not read, for what is kept for them takes memory.

It is progress that counts, not speed: over a bad line a large answer takes its time.
"""

from __future__ import annotations

import asyncio
from typing import Final

PATIENCE_S: Final = 30.0


class Stall:
    """Watches one connection while more is written than its client has read.

    Args:
        loop: Of the connection.
        transport: Of it.
        patience_s: Without a byte read.
    """

    def __init__(
        self, loop: asyncio.AbstractEventLoop, transport: asyncio.Transport, patience_s: float
    ) -> None:
        self._loop = loop
        self._transport = transport
        self._patience_s = patience_s
        self._timer: asyncio.TimerHandle | None = None
        self._left_bytes = 0

    def begin(self) -> None:
        """There is more than the network takes."""
        if self._timer is None:
            self._wait()

    def end(self) -> None:
        """It has been read, or nobody will."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _wait(self) -> None:
        self._left_bytes = self._transport.get_write_buffer_size()
        self._timer = self._loop.call_later(self._patience_s, self._look)

    def _look(self) -> None:
        if self._transport.get_write_buffer_size() < self._left_bytes:
            self._wait()
        else:
            self._timer = None
            self._transport.abort()
