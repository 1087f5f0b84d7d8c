"""A gate that an upstream closes itself, by 429 and ``Retry-After``."""

from __future__ import annotations

from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime

from gateway.errors import UpstreamRateLimitedError

MAX_GATE_S = 26 * 3600.0  # a day's quota, on the day when clocks go back


class Gate:
    """Closed until a moment; pure, the caller tells the time."""

    def __init__(self) -> None:
        self._opens_at_s = 0.0
        self._kind: type[UpstreamRateLimitedError] = UpstreamRateLimitedError

    def wait_s(self, now_s: float) -> float:
        """Seconds until it opens; 0 when it is open."""
        return max(0.0, self._opens_at_s - now_s)

    def close(self, now_s: float, seconds: float, kind: type[UpstreamRateLimitedError]) -> None:
        """Close it; a shorter wish never opens it earlier."""
        opens_at_s = now_s + min(max(seconds, 0.0), MAX_GATE_S)
        if opens_at_s > self._opens_at_s:
            self._opens_at_s = opens_at_s
            self._kind = kind

    def error(self, upstream: str, operation: str, now_s: float) -> UpstreamRateLimitedError:
        """What a refused call gets: the same kind that closed the gate."""
        wait_s = self.wait_s(now_s)
        return self._kind(upstream, operation, "asked us to wait", retry_after_s=wait_s)


def retry_after_s(header: str | None, now: datetime) -> float | None:
    """Read ``Retry-After``, seconds or a date; ``None`` when absent or nonsense."""
    if header is None:
        return None
    text = header.strip()
    if text.isascii() and text.isdigit():
        return float(text[:9])
    try:
        at = parsedate_to_datetime(text)
        return max(0.0, (at - now) / timedelta(seconds=1))
    except (ValueError, TypeError, OverflowError):  # TypeError: a date without a zone
        return None
