"""From midnight to midnight somewhere on earth, on days of 23 and 25 hours too. Pure."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True, order=True)
class Day:
    """One day; both ends in seconds of the epoch, the second is the next day's."""

    starts_at_s: int
    ends_at_s: int

    def __contains__(self, at_s: float) -> bool:
        return self.starts_at_s <= at_s < self.ends_at_s

    @property
    def ends_at(self) -> datetime:
        """The next midnight, aware UTC."""
        return datetime.fromtimestamp(self.ends_at_s, UTC)


def day_of(at_s: float, zone: ZoneInfo) -> Day:
    """The day that holds this moment."""
    _, starts_at_s, ends_at_s, _ = midnights(at_s, zone)
    return Day(starts_at_s, ends_at_s)


def midnights(at_s: float, zone: ZoneInfo) -> tuple[int, int, int, int]:
    """The starts of yesterday, today, tomorrow and the day after, in seconds of the epoch."""
    today = datetime.fromtimestamp(math.floor(at_s), zone).date()  # it would round up
    before, start, end, after = (
        int(datetime.combine(today + timedelta(days=days), time.min, zone).timestamp())
        for days in (-1, 0, 1, 2)
    )
    return before, start, end, after
