"""When YouTube's daily quota comes back: at midnight in California, summer time included."""

from __future__ import annotations

from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from gateway.quota.days import day_of

ZONE: Final = "America/Los_Angeles"
_PACIFIC: Final = ZoneInfo(ZONE)


def next_reset(now: datetime) -> datetime:
    """The coming midnight, Pacific time, in UTC.

    Args:
        now: Aware.
    """
    return day_of(now.timestamp(), _PACIFIC).ends_at


def reset_in_s(now: datetime) -> float:
    """Seconds until ``next_reset``: above 0, at most 25 hours."""
    return (next_reset(now) - now).total_seconds()
