"""When an operation falls quiet: the moment for look-ups that others feed.

YouTube sells fifty videos for the price of one, and their keys come from
TMDB. Different paths of an operation reach their trailers at different
times; asked at once they would cost a unit each.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextvars import Context, copy_context
from typing import Any

_PATIENCE_S = 0.25  # a slow path must not hold the others up for longer
_TICKS = 8  # event loop turns from one load's end to the loads that it leads to


class Pending:
    """The loads of one operation that have not settled yet.

    No task waits for them: most operations wait once, and counting turns is all there is to do.
    """

    def __init__(self) -> None:
        self._open: set[asyncio.Future[Any]] = set()
        self._waiting: list[Callable[[], None]] = []
        self._is_idle = False  # until a load settles
        self._context: Context | None = None  # of whoever began to wait
        self._timer: asyncio.TimerHandle | None = None

    def watch(self, future: asyncio.Future[Any]) -> None:
        """Count a load until it settles."""
        self._open.add(future)
        future.add_done_callback(self._settled)

    def when_quiet(self, then: Callable[[], None]) -> None:
        """Go on when nothing is under way, but before long; all who wait go on together."""
        self._waiting.append(then)
        if len(self._waiting) == 1:
            self._context = copy_context()
            self._timer = asyncio.get_running_loop().call_later(_PATIENCE_S, self._go_on)
            self._count(_TICKS)

    def _settled(self, future: asyncio.Future[Any]) -> None:
        self._open.discard(future)
        if self._is_idle and not self._open:
            self._is_idle = False
            self._count(_TICKS)

    def _count(self, ticks: int) -> None:
        """Look again after so many turns, unless patience has ended."""
        if not self._waiting:
            return
        if ticks:
            loop = asyncio.get_running_loop()
            loop.call_soon(self._count, ticks - 1, context=self._context)
        elif self._open:
            self._is_idle = True
        else:
            self._go_on()

    def _go_on(self) -> None:
        waiting, self._waiting = self._waiting, []
        self._is_idle = False
        if self._timer is not None:
            self._timer.cancel()
        for then in waiting:
            then()
