"""When YouTube's daily quota comes back: at midnight in California, summer time included."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

_PACIFIC: Final = ZoneInfo("America/Los_Angeles")


def next_reset(now: datetime) -> datetime:
    """The coming midnight, Pacific time, in UTC.

    Args:
        now: Aware.
    """
    tomorrow = now.astimezone(_PACIFIC).date() + timedelta(days=1)
    return datetime.combine(tomorrow, time.min, _PACIFIC).astimezone(UTC)


def reset_in_s(now: datetime) -> float:
    """Seconds until ``next_reset``: above 0, at most 25 hours."""
    return (next_reset(now) - now).total_seconds()
