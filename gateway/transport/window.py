"""Successes and failures of the last seconds, one bucket a second."""

from __future__ import annotations


class Window:
    """Pure; the caller tells the time.

    Args:
        seconds: Its length.
    """

    def __init__(self, seconds: int) -> None:
        self._seconds = seconds
        self._second = 0
        self.clear()

    def clear(self) -> None:
        """Forget everything."""
        self._good = [0] * self._seconds
        self._bad = [0] * self._seconds

    def add(self, now_s: float, *, success: bool) -> None:
        """Count one call that ended now."""
        second = int(now_s)
        if second != self._second:
            self._turn(second)
        (self._good if success else self._bad)[second % self._seconds] += 1

    def totals(self, now_s: float) -> tuple[int, int]:
        """Successes and failures that are still in the window."""
        self._turn(int(now_s))
        return sum(self._good), sum(self._bad)

    def _turn(self, second: int) -> None:
        """Empty the buckets that have passed since the last event."""
        for passed in range(self._second + 1, min(second, self._second + self._seconds) + 1):
            self._good[passed % self._seconds] = 0
            self._bad[passed % self._seconds] = 0
        self._second = max(second, self._second)
