"""So much in each minute for each of many, all of it at once if it was saved up. Pure.

The generic cell rate algorithm by cost: what is kept of each is the moment at which the allowance
is whole again. Whoever asks for more than a whole minute is let in when it is, and pays afterwards.
Times are whole microseconds, so that Redis, where it is reckoned too, cannot round otherwise.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

MINUTE_US: Final = 60_000_000
SECOND_US: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Allowed:
    """How somebody stands.

    Attributes:
        wait_us: Until what was asked for is allowed; 0: it is, and has been taken.
        left: What is left of the minute.
        whole_us: Until all of it is there again.
    """

    wait_us: int
    left: int
    whole_us: int


@dataclass(frozen=True, slots=True)
class Allowance:
    """What one may take in a minute.

    Attributes:
        step_us: In which one unit comes back.
    """

    step_us: int

    @classmethod
    def of(cls, per_minute: float) -> Allowance:
        """So many units in each minute."""
        return cls(max(1, round(MINUTE_US / per_minute)))

    def judge(self, owed_us: int, cost: int) -> Allowed:
        """What becomes of a wish.

        Args:
            owed_us: Until the allowance is whole, before it; 0 or more.
            cost: Units; below 0 are given back.
        """
        after_us = max(0, owed_us + cost * self.step_us)
        if cost > 0 and owed_us > 0 and after_us > MINUTE_US:
            wait_us = min(owed_us, after_us - MINUTE_US)
            return Allowed(wait_us, self._left(owed_us), owed_us)
        return Allowed(0, self._left(after_us), after_us)

    def _left(self, owed_us: int) -> int:
        return max(0, MINUTE_US - owed_us) // self.step_us
