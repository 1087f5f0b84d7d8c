"""Whether a failed read goes out again, and when."""

from __future__ import annotations


class TokenBudget:
    """Spends only what successes earned: a dead upstream gets its reserve and no more.

    Args:
        share: Tokens that one earning brings.
        reserve: The most that can be saved.
        saved: What is there at the start; all of it by default.
    """

    def __init__(self, share: float, reserve: float, *, saved: float | None = None) -> None:
        self._share = share
        self._reserve = reserve
        self._tokens = reserve if saved is None else saved

    def earn(self) -> None:
        """Count one success."""
        if self._tokens < self._reserve:
            self._tokens = min(self._reserve, self._tokens + self._share)

    def spend(self) -> bool:
        """Take one token; false when there is none."""
        if self._tokens < 1.0:
            return False
        self._tokens -= 1.0
        return True


def backoff_s(retry: int, roll: float, *, first_s: float, most_s: float) -> float:
    """Full jitter: anywhere between nothing and a doubling bound.

    Args:
        retry: 1 for the first retry.
        roll: In [0, 1).
        first_s: Bound of the first wait.
        most_s: Bound of every wait.
    """
    return roll * min(most_s, first_s * 2.0 ** min(retry - 1, 30))
