"""Identical operations in flight: executed once, by a task that belongs to all who wait."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Callable, Coroutine, Hashable
from dataclasses import dataclass, field
from typing import Any, Final, Generic, TypeVar

from gateway.transport.deadline import deadline

T = TypeVar("T")

ATTEMPTS: Final = 3
"""At an answer for which whoever began it had too little time."""


@dataclass(eq=False, slots=True)
class Flight(Generic[T]):
    """One execution under way.

    Args:
        names: What it is found by; the first is what it answers.
        task: It.
        epoch: Removals from the cache that were counted when it began.
        ends_s: When its time is over, on the monotonic clock.
        waiting: Those who wait for it, in the order in which they came.
    """

    names: tuple[Hashable, ...]
    task: asyncio.Task[T]
    epoch: int
    ends_s: float
    waiting: dict[asyncio.Future[None], None] = field(default_factory=dict)


class Flights(Generic[T]):
    """The executions under way of one process.

    Args:
        epoch: Counts removals from the cache: who asks after one must see what it did.
        is_cut: Tells an answer that lacks something because time ran out.
    """

    def __init__(self, epoch: Callable[[], int], is_cut: Callable[[T], bool]) -> None:
        self._epoch = epoch
        self._is_cut = is_cut
        self._aloft: dict[Hashable, Flight[T]] = {}
        self.shared = 0  # waits for what others began

    def __len__(self) -> int:
        return len(set(map(id, self._aloft.values())))

    async def join(
        self,
        key: str,
        make: Callable[[], Coroutine[Any, Any, T]],
        *,
        alias: Hashable | None = None,
    ) -> T:
        """Wait for the answer under a key, and begin it if nobody has.

        It runs with the time of whoever began it; who has less begins another. It ends when all
        who wait for it have gone.

        Args:
            key: What is asked.
            make: Makes the answer.
            alias: Another name for it, if it is begun now.

        Raises:
            Exception: Whatever ``make`` raised, for all who wait.
        """
        ends_s = _ends_s()
        for _ in range(ATTEMPTS - 1):
            flight = self.find(key)
            answer = None if flight is None else await self.share(flight, ends_s)
            if answer is not None:
                return answer
        names = (key,) if alias is None else (key, alias)
        return await self._wait(self._begun(names, make))

    def find(self, name: Hashable) -> Flight[T] | None:
        """One that may be shared."""
        flight = self._aloft.get(name)
        is_good = flight is not None and flight.epoch == self._epoch() and not flight.task.done()
        return flight if is_good else None

    async def share(self, flight: Flight[T], ends_s: float) -> T | None:
        """Wait for what others began; ``None``: it has another time than we have.

        Args:
            flight: Found a moment ago.
            ends_s: When our time is over, on the monotonic clock.

        Raises:
            Exception: Whatever it ended with.
        """
        if flight.ends_s > ends_s:
            return None
        self.shared += 1
        answer = await self._wait(flight)
        return None if self._is_cut(answer) and time.monotonic() < ends_s else answer

    def _begun(
        self, names: tuple[Hashable, ...], make: Callable[[], Coroutine[Any, Any, T]]
    ) -> Flight[T]:
        flight = Flight(names, asyncio.create_task(make()), self._epoch(), _ends_s())
        for name in names:
            if self.find(name) is None:
                self._aloft[name] = flight
        flight.task.add_done_callback(lambda _: self._land(flight))
        return flight

    def _land(self, flight: Flight[T]) -> None:
        self._ground(flight)
        if not flight.task.cancelled():
            flight.task.exception()  # those who wait have it; it is no news if nobody does
        for each in flight.waiting:
            if not each.done():
                each.set_result(None)

    def _ground(self, flight: Flight[T]) -> None:
        """Let nobody new join it."""
        for name in flight.names:
            if self._aloft.get(name) is flight:
                del self._aloft[name]

    async def _wait(self, flight: Flight[T]) -> T:
        """Wait for it, lighter than a shield around it: most who wait began nothing."""
        landed: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        flight.waiting[landed] = None
        try:
            await landed
            return flight.task.result()
        finally:
            del flight.waiting[landed]
            if not flight.waiting and not flight.task.done():
                self._ground(flight)
                flight.task.cancel()


def _ends_s() -> float:
    found = deadline.get()
    return math.inf if found is None else found.at_monotonic_s
