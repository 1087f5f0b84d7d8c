"""How fast a line moves, as far as the last second tells."""

from __future__ import annotations

import math
from typing import Final

from gateway.transport.clock import Clock

MEMORY_S: Final = 3.0
KNOWN_AFTER_S: Final = 2.0


class Pace:
    """Operations that end per second, while others wait.

    Args:
        clock: Monotonic seconds.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.restart()

    def restart(self) -> None:
        """Forget all: another line forms."""
        self._began_s = self._ticked_s = self._clock()
        self._ended = 0
        self._rate_per_s = self._weight = 0.0

    def count(self) -> None:
        """Note the end of one operation."""
        self._ended += 1

    def tick(self) -> None:
        """Fold what has ended since the last tick into the average."""
        now_s = self._clock()
        passed_s = now_s - self._ticked_s
        if passed_s <= 0:
            return
        share = 1 - math.exp(-passed_s / MEMORY_S)
        self._rate_per_s += share * (self._ended / passed_s - self._rate_per_s)
        self._weight += share * (1 - self._weight)
        self._ended, self._ticked_s = 0, now_s

    def time_s(self, places: int) -> float:
        """Seconds until so many have ended; 0 as long as nobody can know."""
        if self._ticked_s - self._began_s < KNOWN_AFTER_S or self._rate_per_s <= 0:
            return 0.0
        return places * self._weight / self._rate_per_s
