"""The queue in front of an upstream: first come, first served, and bounded."""

from __future__ import annotations

import asyncio
import math
from collections import OrderedDict
from typing import TypeAlias

from gateway.transport.limiter import AimdLimit

_Waiter: TypeAlias = "asyncio.Future[None]"


class QueueFullError(Exception):
    """Too many wait already."""


class Turnstile:
    """Hands out the limit's permits in order of arrival.

    Args:
        limit: How many may be inside; it may move at any time.
        queue: How many may wait.
    """

    def __init__(self, limit: AimdLimit, queue: int) -> None:
        self._limit = limit
        self._queue = queue
        self._inside = 0
        self._waiting: OrderedDict[_Waiter, None] = OrderedDict()

    @property
    def in_flight(self) -> int:
        """Permits held."""
        return self._inside

    @property
    def queued(self) -> int:
        """Callers that wait."""
        return len(self._waiting)

    def try_enter(self) -> bool:
        """Take a permit if one is free and nobody waits for it."""
        if self._waiting or self._inside >= self._limit.permits:
            return False
        self._inside += 1
        return True

    async def enter(self, timeout_s: float = math.inf) -> None:
        """Take a permit, waiting in line for it; ``leave`` gives it back.

        Raises:
            QueueFullError: The line is too long already.
            TimeoutError: Nobody's turn came in time.
        """
        if self.try_enter():
            return
        if len(self._waiting) >= self._queue:
            raise QueueFullError
        loop = asyncio.get_running_loop()
        waiter: _Waiter = loop.create_future()
        self._waiting[waiter] = None
        timer = None if timeout_s == math.inf else loop.call_later(timeout_s, self._expire, waiter)
        try:
            await waiter
        except BaseException:
            self._give_up(waiter)
            raise
        finally:
            if timer is not None:
                timer.cancel()

    def leave(self) -> None:
        """Give a permit back; the next in line gets it."""
        self._inside -= 1
        self._wake()

    def _expire(self, waiter: _Waiter) -> None:
        if not waiter.done():
            del self._waiting[waiter]
            waiter.set_exception(TimeoutError())

    def _give_up(self, waiter: _Waiter) -> None:
        if waiter in self._waiting:
            del self._waiting[waiter]
        elif not waiter.cancelled() and waiter.exception() is None:
            self.leave()  # the permit came together with the cancellation

    def _wake(self) -> None:
        while self._waiting and self._inside < self._limit.permits:
            waiter, _ = self._waiting.popitem(last=False)
            if not waiter.done():
                self._inside += 1
                waiter.set_result(None)
