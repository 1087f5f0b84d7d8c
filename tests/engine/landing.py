"""A seeded order in which pending values land; nobody sleeps."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from inspect import CORO_CREATED, getcoroutinestate
from random import Random
from typing import Any, TypeVar

T = TypeVar("T")

_IDLE = 400  # turns of the loop with nothing afloat, after which an operation counts as hung
_TURNS = 4  # at most, between two landings


class HungError(AssertionError):
    """An operation waits for something that nobody will bring."""


class Landing:
    """Values that operations wait for; a seed says when each of them lands.

    Args:
        seed: Of the order.
    """

    def __init__(self, seed: int) -> None:
        self._random = Random(seed)
        self._afloat: list[tuple[asyncio.Future[Any], object]] = []
        self._kept: list[Coroutine[Any, Any, Any]] = []

    def keep(self, made: Coroutine[Any, Any, T]) -> Coroutine[Any, Any, T]:
        """Remember a coroutine that somebody has to await."""
        self._kept.append(made)
        return made

    def forgotten(self) -> int:
        """How many were not awaited; they are closed."""
        left = [each for each in self._kept if getcoroutinestate(each) == CORO_CREATED]
        for each in left:
            each.close()
        return len(left)

    def wait_for(self, outcome: object) -> asyncio.Future[Any]:
        """A future of that outcome; an exception is raised by it."""
        future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._afloat.append((future, outcome))
        return future

    def land(self) -> bool:
        """Let one or several land in this turn of the loop; ``False`` if nothing was afloat."""
        if not self._afloat:
            return False
        for _ in range(self._random.randint(1, len(self._afloat))):
            at = self._random.randrange(len(self._afloat))
            future, outcome = self._afloat.pop(at)
            if not future.done():  # or whoever waited gave up
                _settle(future, outcome)
        return True

    def land_at_once(self, future: asyncio.Future[Any]) -> None:
        """Bring one in before its turn."""
        outcome = next(each for known, each in self._afloat if known is future)
        self._afloat = [each for each in self._afloat if each[0] is not future]
        _settle(future, outcome)

    async def turns(self) -> None:
        """Let the loop turn a few times."""
        for _ in range(self._random.randint(1, _TURNS)):
            await asyncio.sleep(0)

    async def bring(self, work: Coroutine[Any, Any, T], *, landings: int | None = None) -> T:
        """Run until it is done, values landing meanwhile.

        Args:
            work: What waits for them.
            landings: Cancel after so many.

        Raises:
            HungError: It waits for nothing that is afloat.
            asyncio.CancelledError: It was cancelled here.
        """
        task = asyncio.get_running_loop().create_task(work)
        idle, landed = 0, 0
        while not task.done():
            if landed == landings:
                task.cancel()
                landings = None  # once is enough
            await self.turns()
            if task.done():
                break
            if self.land():
                idle, landed = 0, landed + 1
            else:
                idle += 1
            if idle > _IDLE:
                task.cancel()
                raise HungError("nothing is afloat, and the operation still waits")
        return await task

    async def all_ashore(self, before: set[asyncio.Task[Any]]) -> None:
        """Bring in what is left, until there are no tasks but those from before."""
        for _ in range(_IDLE * 10):
            landed = self.land()
            await asyncio.sleep(0)
            if not landed and asyncio.all_tasks() <= before:
                return
        raise HungError(f"tasks that never end: {asyncio.all_tasks() - before}")


def _settle(future: asyncio.Future[Any], outcome: object) -> None:
    if isinstance(outcome, Exception):
        future.set_exception(outcome)
    else:
        future.set_result(outcome)
