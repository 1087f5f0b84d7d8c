"""Following TMDB's list of edited films: what is cached of them is purged soon after."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Collection
from datetime import UTC, date, datetime, timedelta
from typing import Final

from gateway.cache.notes import Notes
from gateway.errors import UpstreamError
from gateway.subgraph import BackgroundContext
from gateway.upstreams.tmdb.changes_days import News, days_due, known_until
from gateway.upstreams.tmdb.client import TmdbClient
from gateway.upstreams.tmdb.settings import TmdbSettings

START_PAUSE_S: Final = 30.0  # the first readers come first
PAGE_PAUSE_S: Final = 0.2  # five pages a second leave the rate to people
MAX_PAGE: Final = 500
CHUNK: Final = 200  # tags in one purge: some milliseconds
FIRST_LOOK: Final = timedelta(hours=1)  # back, where nothing is known
_LOG = logging.getLogger(__name__)

Purge = Callable[..., Awaitable[bool]]


class ChangeFollower:
    """Purges what was edited; one of all processes runs it, by lease.

    Args:
        client: Of TMDB.
        purge: The cache's; takes tags, ``False`` when other processes did not hear.
        notes: Where the moment stands up to which all is known.
        name: Of that note.
        interval_s: Between two turns.
        now: Aware wall time.
        sleep: Between turns and between pages.
    """

    def __init__(
        self,
        client: TmdbClient,
        purge: Purge,
        notes: Notes,
        *,
        name: str,
        interval_s: float,
        now: Callable[[], datetime],
        sleep: Callable[[float], Awaitable[None]],
    ) -> None:
        self._client = client
        self._purge = purge
        self._notes = notes
        self._name = name
        self._interval_s = interval_s
        self._now = now
        self._sleep = sleep
        self._news = News()

    async def run(self) -> None:
        """Take turns for ever; a failure is told and made good by a later turn."""
        await self._sleep(await self._first_pause_s())
        while True:
            try:
                await self.turn()
            except UpstreamError as exc:
                _LOG.warning("changes not read", extra={"upstream": "tmdb", "code": exc.code})
            await self._sleep(self._interval_s)

    async def turn(self) -> bool:
        """Read every day that is not known to the end; ``False`` when Redis is away.

        Raises:
            UpstreamError: TMDB gave no usable answer; days read before are done.
        """
        now = self._now()
        until = await self._until(now)
        if until is None:
            return False
        for day in days_due(until, now):
            is_done = await self._day(day, now.astimezone(UTC).date())
            moment = known_until(day, now).isoformat()
            if not is_done or not await self._notes.write(self._name, moment):
                _LOG.warning("changes not purged: redis is away", extra={"upstream": "tmdb"})
                return False
        return True

    async def _day(self, day: date, today: date) -> bool:
        edited = await self._edited(day)
        due = self._news.due(day, edited, today=today)
        if not await self._purged(due):
            return False
        self._news.done(day, edited, today=today)
        extra = {"upstream": "tmdb", "day": day, "edited": len(edited), "purged": len(due)}
        _LOG.info("changes read", extra=extra)
        return True

    async def _edited(self, day: date) -> set[int]:
        """Every film of a day's list, probable deletions included."""
        found: set[int] = set()
        number = last = 1
        while number <= min(last, MAX_PAGE):
            page = await self._client.changes(first=day, last=day + timedelta(days=1), page=number)
            found.update(change.id for change in page.results)
            last = page.total_pages
            number += 1
            await self._sleep(PAGE_PAUSE_S)
        return found

    async def _purged(self, ids: Collection[int]) -> bool:
        tags = [f"movie:{tmdb_id}" for tmdb_id in sorted(ids)]
        for start in range(0, len(tags), CHUNK):
            if not await self._purge(*tags[start : start + CHUNK]):
                return False  # what is owed to Redis stays small
        return True

    async def _until(self, now: datetime) -> datetime | None:
        """Up to when all is known; ``None`` when Redis cannot say."""
        note = await self._notes.read(self._name)
        if note is None:
            return None
        try:
            return datetime.fromisoformat(note.text or "").astimezone(UTC)
        except ValueError:
            return now - FIRST_LOOK

    async def _first_pause_s(self) -> float:
        """Until the turn that the process before would have taken."""
        now = self._now()
        until = await self._until(now)
        if until is None:
            return START_PAUSE_S
        since_s = (now - until).total_seconds()
        return min(max(START_PAUSE_S, self._interval_s - since_s), self._interval_s)


async def follow_changes(client: TmdbClient, context: BackgroundContext[TmdbSettings]) -> None:
    """Follow the list while this process leads; return at once where that is switched off."""
    interval_s = context.settings.follow_every_s
    if not interval_s:
        return
    follower = ChangeFollower(
        client,
        context.purge,
        context.notes,
        name=context.name,
        interval_s=interval_s,
        now=context.now,
        sleep=context.sleep,
    )
    await context.leader.lead(follower.run)
