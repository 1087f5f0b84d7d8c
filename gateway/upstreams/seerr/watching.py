"""Seeing what happens at Seerr by looking at it.

``updatedAt`` never moves there, so nothing can be asked for what changed. What is asked often is
how many requests there are of each state, a small call; everything is read when those counts
differ, and now and then, because two changes can leave them as they were. A request that is
missing then is asked for by itself: blocklisted films and a lost permission hide requests too.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass, field
from typing import Final

from gateway.domain.observed import Known, Look
from gateway.domain.observed_rules import is_news
from gateway.domain.request import MediaRequest
from gateway.errors import UpstreamRejectedError
from gateway.transport.deadline import renew
from gateway.upstreams.seerr.client import SeerrClient
from gateway.upstreams.seerr.journal import Journal
from gateway.upstreams.seerr.lists import all_requests
from gateway.upstreams.seerr.mapping import to_request
from gateway.upstreams.seerr.wire import SeerrCounts

WHOLE_EVERY: Final = 8
"""Turns after which everything is read though the counts are the same."""
MISSING_MOST: Final = 50
"""Missing requests that one look asks for."""
HIDDEN_S: Final = 600.0
"""Until a request that is there, but not in the list, is asked for again."""
_LOOK_S: Final = 15.0  # a silent Radarr makes the list take ten
_CHUNK: Final = 200


@dataclass
class Watch:
    """This process' eye on Seerr.

    Attributes:
        client: Reads as the gateway's own Seerr user.
        journal: Where what is seen is written.
        purge: Makes the cache forget tags.
        nudge: Tells whoever follows the log that there is something new.
        clock: Monotonic seconds.
    """

    client: SeerrClient
    journal: Journal
    purge: Callable[..., Awaitable[object]]
    nudge: Callable[[], None] = lambda: None
    clock: Callable[[], float] = time.monotonic
    _known: Known | None = None
    _counts: SeerrCounts | None = None
    _turns: int = 0
    _there: dict[int, float] = field(default_factory=dict)
    _looking: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def turn(self) -> None:
        """Look whether anything is different; everything is read if it may be.

        Raises:
            UpstreamError: Seerr or the log gave no usable answer.
        """
        with renew(_LOOK_S):
            counts = await self.client.request_counts()
        self._turns += 1
        if counts == self._counts and self._turns < WHOLE_EVERY:
            return
        self._counts = None
        if await self.whole():
            self._counts, self._turns = counts, 0

    async def whole(self) -> bool:
        """Read everything; ``False``: not all of it is settled yet.

        Raises:
            UpstreamError: Seerr or the log gave no usable answer.
        """
        async with self._looking:
            with renew(_LOOK_S):
                known = await self._refreshed()
                rows = await all_requests(self.client)
                seen = [each for each in map(to_request, rows) if each is not None]
                news = [each for each in seen if is_news(known, each)]
                missing = self._missing(known, {row.id for row in rows})
                found, gone = await self._asked(missing[:MISSING_MOST])
                begins = known.newest is None
                look = Look(
                    since=known.mark,
                    requests=seen if begins else [*news, *(e for e in found if is_news(known, e))],
                    gone=gone,
                    is_whole=begins,
                )
                return await self._write(look) and len(missing) <= MISSING_MOST

    async def one(self, request_id: int) -> bool:
        """Look at one request; whether there was anything new.

        Raises:
            UpstreamError: Seerr or the log gave no usable answer.
        """
        log, scope = self.journal.log, self.journal.scope
        with renew(_LOOK_S):
            known = await log.known(scope, [request_id])
            row = await self.client.request(request_id)
            request = None if row is None else to_request(row)
            if request is not None and is_news(known, request):
                await self._write(Look(since=known.mark, requests=[request]))
                return True
        before = known.rows.get(request_id)
        if row is None and before is not None and before.status is not None:
            self.journal.hints.hear(None)  # Seerr says so too when its database is busy
            return True
        return False

    async def _refreshed(self) -> Known:
        """What the log knows of all requests; read anew when somebody has written."""
        log, scope = self.journal.log, self.journal.scope
        if self._known is None or self._known.mark != await log.mark(scope):
            self._known = await log.known(scope)
        return self._known

    def _missing(self, known: Known, listed: Collection[int]) -> Sequence[int]:
        """What should be in the list and is not, the longest unseen first."""
        until_s = self.clock() - HIDDEN_S
        live = [each.request_id for each in known.rows.values() if each.status is not None]
        missing = [each for each in live if each not in listed]
        self._there = {each: self._there[each] for each in missing if each in self._there}
        due = [each for each in missing if self._there.get(each, until_s) <= until_s]
        return sorted(due, key=lambda each: self._there.get(each, 0.0))

    async def _asked(self, missing: Sequence[int]) -> tuple[list[MediaRequest], list[int]]:
        """Ask for each by itself: those that are there all the same, and those that are gone."""
        found, gone = [], []
        for request_id in missing:
            request = None
            try:
                row = await self.client.request(request_id)
                if row is None:
                    gone.append(request_id)
                else:
                    request = to_request(row)
            except UpstreamRejectedError:
                pass  # it is not for our user to see: nobody knows
            self._there[request_id] = self.clock()
            if request is not None:
                found.append(request)
        return found, gone

    async def _write(self, look: Look) -> bool:
        """Purge first: whoever hears of a change must not be shown how it was before."""
        if not look.requests and not look.gone and not look.is_whole:
            return True
        journal = self.journal
        if not look.is_whole:
            await self._forget(look)
        recorded = await journal.log.record(journal.scope, look, now=journal.now())
        if recorded.events:
            self.nudge()
        for each in recorded.doubtful:
            journal.hints.hear(each)
        return not recorded.doubtful

    async def _forget(self, look: Look) -> None:
        rows = {} if self._known is None else self._known.rows
        films = {rows[each].tmdb_id for each in look.gone if each in rows}
        films.update(each.tmdb_id for each in look.requests)
        ids = [*(each.request_id for each in look.requests), *look.gone]
        tags = ["requests", *(f"movie:{n}" for n in sorted(films)), *(f"request:{n}" for n in ids)]
        for start in range(0, len(tags), _CHUNK):
            await self.purge(*tags[start : start + _CHUNK])
