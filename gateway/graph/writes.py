"""Writes under way: one that has been sent runs to its end, whoever still waits for it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, Final, TypeVar

from gateway.errors import UpstreamTimeoutError
from gateway.transport.deadline import remaining_s, renew

T = TypeVar("T")

LASTS_S: Final = 20.0
"""Seconds that a write may take, whatever is left to the operation that caused it."""


class Writes:
    """The writes of one process."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[Any]] = set()

    async def run(self, upstream: str, write: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """Begin a write, and wait for it as long as the operation may.

        Args:
            upstream: Whom it goes to.
            write: Begun once.

        Raises:
            UpstreamTimeoutError: It has not ended; it goes on.
        """
        left_s = remaining_s()
        with renew(LASTS_S):
            task = asyncio.create_task(write())
        self._tasks.add(task)
        task.add_done_callback(self._ended)
        done, _ = await asyncio.wait({task}, timeout=min(left_s, LASTS_S))
        if done:
            return task.result()
        raise UpstreamTimeoutError(upstream, "write", "it is still under way")

    async def aclose(self) -> None:
        """Wait for those under way."""
        if self._tasks:
            await asyncio.wait(set(self._tasks), timeout=LASTS_S)

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if not task.cancelled():
            task.exception()  # told to whoever waited, if anybody did
