"""Everybody in a process who follows."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Final

from gateway.events.follower import QUEUE, Follower
from gateway.events.seen import Seen

_BURST: Final = QUEUE // 2
_FEW: Final = 8
_BREATHS: Final = 10
_BREATH_S: Final = 0.01


class Audience:
    """Followers, who are told each event, and those who wait until there is any."""

    def __init__(self) -> None:
        self._followers: set[Follower] = set()
        self._waiting: set[asyncio.Future[None]] = set()

    @property
    def is_empty(self) -> bool:
        """Whether nobody listens."""
        return not (self._followers or self._waiting)

    def join(self, follower: Follower) -> None:
        """Tell them, too."""
        self._followers.add(follower)

    def leave(self, follower: Follower) -> None:
        """Tell them no more."""
        self._followers.discard(follower)

    async def wait(self, awake: Callable[[], None]) -> None:
        """Wait for the next events; ``awake`` is called when that is known."""
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.add(future)
        awake()
        try:
            await future
        finally:
            self._waiting.discard(future)

    async def tell(self, found: Sequence[Seen], passed: Callable[[Seen], None]) -> None:
        """Tell everybody.

        Args:
            found: In order.
            passed: Called for each, just before they are told of it.
        """
        for start in range(0, len(found), _BURST):
            burst = found[start : start + _BURST]
            if len(found) > _FEW:
                await self._breathe(len(burst))
            for seen in burst:
                passed(seen)
                for follower in tuple(self._followers):
                    follower.offer(seen)
        for future in self._waiting:
            if not future.done():
                future.set_result(None)

    def end(self) -> None:
        """Let everybody go."""
        for follower in tuple(self._followers):
            follower.end()
        for future in self._waiting:
            future.cancel()

    async def _breathe(self, count: int) -> None:
        """Let those read who do: what comes in one go is not to be dropped as if they did not."""
        slow: list[Follower] = []
        for _ in range(_BREATHS):
            slow = [each for each in self._followers if each.room < count and not each.is_stuck]
            if not slow:
                return
            await asyncio.sleep(_BREATH_S)
        for each in slow:
            each.is_stuck = True
