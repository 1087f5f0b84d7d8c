"""Identical operations in flight: executed once, by a task that belongs to all who wait."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any, Final, Generic, TypeVar

from gateway.transport.deadline import deadline, remaining_s

T = TypeVar("T")

ATTEMPTS: Final = 3
"""At an answer for which whoever began it had too little time."""


@dataclass(eq=False, slots=True)
class Flight(Generic[T]):
    """One execution under way.

    Args:
        key: What it answers.
        task: It.
        epoch: Removals from the cache that were counted when it began.
        ends_s: When its time is over, on the monotonic clock.
        waiting: How many wait for it.
    """

    key: str
    task: asyncio.Task[T]
    epoch: int
    ends_s: float
    waiting: int = 0


class Flights(Generic[T]):
    """The executions under way of one process.

    Args:
        epoch: Counts removals from the cache: who asks after one must see what it did.
        is_cut: Tells an answer that lacks something because time ran out.
    """

    def __init__(self, epoch: Callable[[], int], is_cut: Callable[[T], bool]) -> None:
        self._epoch = epoch
        self._is_cut = is_cut
        self._aloft: dict[str, Flight[T]] = {}
        self.shared = 0  # waits for what others began

    def __len__(self) -> int:
        return len(self._aloft)

    async def join(self, key: str, make: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """Wait for the answer under a key, and begin it if nobody has.

        It runs with the time of whoever began it; who has less begins another. It ends when all
        who wait for it have gone.

        Raises:
            Exception: Whatever ``make`` raised, for all who wait.
        """
        for _ in range(ATTEMPTS - 1):
            flight = self._found(key)
            if flight is None or flight.ends_s > _ends_s():
                break
            self.shared += 1
            answer = await self._wait(flight)
            if not self._is_cut(answer) or remaining_s() <= 0:
                return answer
        return await self._wait(self._begun(key, make))

    def _found(self, key: str) -> Flight[T] | None:
        flight = self._aloft.get(key)
        is_good = flight is not None and flight.epoch == self._epoch() and not flight.task.done()
        return flight if is_good else None

    def _begun(self, key: str, make: Callable[[], Coroutine[Any, Any, T]]) -> Flight[T]:
        flight = Flight(key, asyncio.create_task(make()), self._epoch(), _ends_s())
        if self._found(key) is None:
            self._aloft[key] = flight
        flight.task.add_done_callback(lambda _: self._land(flight))
        return flight

    def _land(self, flight: Flight[T]) -> None:
        self._ground(flight)
        if not flight.task.cancelled():
            flight.task.exception()  # those who wait have it; it is no news if nobody does

    def _ground(self, flight: Flight[T]) -> None:
        """Let nobody new join it."""
        if self._aloft.get(flight.key) is flight:
            del self._aloft[flight.key]

    async def _wait(self, flight: Flight[T]) -> T:
        flight.waiting += 1
        try:
            return await asyncio.shield(flight.task)
        finally:
            flight.waiting -= 1
            if flight.waiting == 0 and not flight.task.done():
                self._ground(flight)
                flight.task.cancel()


def _ends_s() -> float:
    found = deadline.get()
    return math.inf if found is None else found.at_monotonic_s
