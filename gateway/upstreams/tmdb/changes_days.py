"""Which days of TMDB's list of changes to read, and which of its films are news. Pure.

The list knows whole days, and names a film once a day however often it is edited. So a film is
news when a day names it first, and once more when the day is over: then all later edits are in.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, date, datetime, timedelta
from typing import Final

MAX_DAYS: Final = 14  # TMDB looks back no further
LATENESS: Final = timedelta(hours=1)  # for which a day that is over is read again


def days_due(until: datetime, now: datetime) -> list[date]:
    """The days (UTC) to read, oldest first, today last.

    Args:
        until: Up to when all is known.
        now: Not before it, unless the clock was set back.
    """
    today = now.astimezone(UTC).date()
    oldest = today - timedelta(days=MAX_DAYS - 1)
    first = min(max((until.astimezone(UTC) - LATENESS).date(), oldest), today)
    return [first + timedelta(days=number) for number in range((today - first).days + 1)]


def known_until(day: date, now: datetime) -> datetime:
    """Up to when all is known, once a day has been read that began to be read at ``now``."""
    end = datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(days=1)
    return min(end, now)


class News:
    """What has been purged for each day."""

    def __init__(self) -> None:
        self._purged: dict[date, set[int]] = {}
        self._over: set[date] = set()

    def due(self, day: date, ids: Collection[int], *, today: date) -> set[int]:
        """Those of the day's films that are to be purged now."""
        if day < today and day not in self._over:
            return set(ids)
        return set(ids) - self._purged.get(day, set())

    def done(self, day: date, ids: Collection[int], *, today: date) -> None:
        """Note that the films of a day have been purged; days long over are forgotten."""
        self._purged.setdefault(day, set()).update(ids)
        if day < today:
            self._over.add(day)
        old = today - timedelta(days=MAX_DAYS)
        self._purged = {each: held for each, held in self._purged.items() if each > old}
        self._over = {each for each in self._over if each > old}
