"""Work that goes on after an answer, or without the caller who asked for it."""

import asyncio
from collections.abc import Coroutine
from typing import TypeVar

Result = TypeVar("Result")


class Background:
    """Tasks that nobody cancels; each is held until it is done."""

    def __init__(self) -> None:
        self._running: set[asyncio.Task[object]] = set()

    def start(self, work: Coroutine[object, object, Result]) -> asyncio.Task[Result]:
        """Begin some work."""
        task: asyncio.Task[Result] = asyncio.create_task(work)
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        return task

    async def settled(self) -> None:
        """Wait until nothing is under way, failures included."""
        while self._running:
            await asyncio.gather(*self._running, return_exceptions=True)

    def abandon(self) -> None:
        """Cancel everything, as a restart would."""
        for task in self._running:
            task.cancel()
