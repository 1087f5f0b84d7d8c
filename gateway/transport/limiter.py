"""How many calls may be in flight: one more while all goes well, a share less when it jams."""

from __future__ import annotations

_SHRINK = 0.75
_PAUSE_S = 1.0  # a burst of failures is one sign, not many


class AimdLimit:
    """Additive increase, multiplicative decrease; pure, the caller tells the time.

    Args:
        start: The limit to begin with.
        least: It never shrinks below.
        most: It never grows above.
    """

    def __init__(self, start: int, *, least: int, most: int) -> None:
        self._least = float(min(least, most))
        self._most = float(most)
        self._limit = float(min(max(start, least), most))
        self._shrunk_at_s = float("-inf")

    @property
    def permits(self) -> int:
        """Calls that may be in flight now."""
        return int(self._limit)

    def eased(self, in_flight: int) -> None:
        """A call went well; the limit grows only where it was nearly reached."""
        if self._limit < self._most and in_flight * 2 >= self._limit:
            self._limit = min(self._most, self._limit + 1.0 / self._limit)

    def jammed(self, now_s: float) -> None:
        """A call timed out or was told to slow down."""
        if now_s - self._shrunk_at_s >= _PAUSE_S:
            self._shrunk_at_s = now_s
            self._limit = max(self._least, self._limit * _SHRINK)
