"""When Redis is not asked any more, and when it is tried again. Pure."""

from __future__ import annotations

TRIP_AFTER = 2  # failures in a row; one alone may be a hiccup
FIRST_PAUSE_S = 0.25
LONGEST_PAUSE_S = 4.0


class Trip:
    """A switch that opens on failures in a row; only a probe closes it again.

    Callers never pay for the probing: that is a task of its own, which asks ``pause_s`` between
    its attempts.
    """

    def __init__(self) -> None:
        self.is_open = False
        self.times_open = 0
        self._failures = 0
        self._probes = 0

    def succeeded(self) -> None:
        """Note an answer in time, from a caller or from the probe."""
        self.is_open = False
        self._failures = self._probes = 0

    def failed(self) -> bool:
        """Note a failure; ``True`` when this one opened the switch."""
        self._failures += 1
        if self.is_open or self._failures < TRIP_AFTER:
            return False
        self.is_open = True
        self.times_open += 1
        return True

    def pause_s(self, dice: float) -> float:
        """Seconds until the next probe: doubling to 4 s, less up to a fifth by ``dice`` (0-1)."""
        pause_s = min(LONGEST_PAUSE_S, FIRST_PAUSE_S * (1 << self._probes))
        self._probes = min(self._probes + 1, 8)
        return pause_s * (1 - 0.2 * dice)
