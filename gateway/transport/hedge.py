"""When a slow read deserves a second try beside the first."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Coroutine
from typing import TypeVar

from gateway.transport.retry import TokenBudget

R = TypeVar("R")

_SAMPLES = 512
_FIRST_SAMPLES = 64  # fewer say nothing about a tail
_RECKON_EVERY = 32
_SLOWEST_SHARE = 0.035  # below the budget's 5 %, so that real stragglers find it filled
_RESERVE = 25.0


class Hedger:
    """Pure: learns how long the slowest few reads take, and pays for second tries.

    Args:
        share: Second tries per read in the long run; 0 switches hedging off.
    """

    def __init__(self, share: float) -> None:
        self._budget = TokenBudget(share, reserve=_RESERVE, saved=0.0)
        self._samples: deque[float] = deque(maxlen=_SAMPLES)
        self._new = 0
        self._delay_s: float | None = None

    @property
    def delay_s(self) -> float | None:
        """How long to wait for the first try; ``None`` while too little is known."""
        return self._delay_s

    def note(self, duration_s: float) -> None:
        """Learn from a read that ended, or that was given up after this long."""
        self._budget.earn()
        self._samples.append(duration_s)
        self._new += 1
        if self._new >= _RECKON_EVERY and len(self._samples) >= _FIRST_SAMPLES:
            self._new = 0
            slowest = int(len(self._samples) * (1.0 - _SLOWEST_SHARE))
            self._delay_s = sorted(self._samples)[slowest]

    def spend(self) -> bool:
        """Pay for one second try; false when the budget is spent."""
        return self._budget.spend()


async def race(
    first: Callable[[], Coroutine[None, None, R]],
    second: Callable[[], Coroutine[None, None, R]],
    delay_s: float,
) -> R:
    """Start the second when the first takes long; the first success wins.

    The loser is cancelled and waited for. If both fail, the first one's error counts.
    """
    leader = asyncio.ensure_future(first())
    running: set[asyncio.Future[R]] = {leader}
    try:
        await asyncio.wait(running, timeout=delay_s)
        if leader.done():
            return leader.result()
        running.add(asyncio.ensure_future(second()))
        return await _first_success(leader, set(running))
    finally:
        if not all(task.done() for task in running):
            await _clear(running)


async def _first_success(leader: asyncio.Future[R], pending: set[asyncio.Future[R]]) -> R:
    while pending:
        done, pending = await asyncio.wait(pending, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            if task.exception() is None:
                return task.result()
    return leader.result()


async def _clear(running: set[asyncio.Future[R]]) -> None:
    for task in running:
        task.cancel()
    await asyncio.gather(*running, return_exceptions=True)
