"""Decide on a request or take it back, inside a transaction."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.domain.request import Availability, MediaRequest
from gateway.domain.request_outcomes import Cancelled, Changed, Conflict, NotFound, NotPermitted
from gateway.domain.request_rules import RULES, Actor, Step, Verdict, judge
from gateway.upstreams.book import reading
from gateway.upstreams.book.dialects import insert
from gateway.upstreams.book.log import KINDS, log
from gateway.upstreams.book.tables import LIBRARY, REQUESTS, micros

_R: Final = REQUESTS.c
_UNCHANGED: Final = sa.and_(
    _R.id == sa.bindparam("request_id"), _R.version == sa.bindparam("seen_version")
)
_UPDATE: Final = sa.update(REQUESTS).where(_UNCHANGED)
_DELETE: Final = sa.delete(REQUESTS).where(_UNCHANGED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A step that somebody takes.

    Attributes:
        step: Which one.
        actor: Who takes it; ``None`` for machines, which may take any.
        now: Aware.
        reason: What the actor wrote.
        version: Of the request as the actor saw it, if it matters to them.
    """

    step: Step
    actor: Actor | None
    now: datetime
    reason: str | None = None
    version: int | None = None

    async def decide(
        self, connection: AsyncConnection, request_id: int
    ) -> Changed | Conflict | NotFound | NotPermitted:
        """Take a step after which the request is still there."""
        seen = await self._judged(connection, request_id)
        if not isinstance(seen, MediaRequest):
            return seen
        statement = _UPDATE.values(self._values(seen))
        if (await connection.execute(statement, _as_seen(seen))).rowcount == 0:
            return await _too_late(connection, request_id)
        done = await reading.one(connection, request_id)
        if done is None:  # nobody else can have touched it before our commit
            return NotFound(request_id)
        await self._log(connection, done)
        return Changed(done)

    async def cancel(
        self, connection: AsyncConnection, request_id: int
    ) -> Cancelled | Conflict | NotFound | NotPermitted:
        """Take the request away; its history stays."""
        seen = await self._judged(connection, request_id)
        if not isinstance(seen, MediaRequest):
            return seen
        if (await connection.execute(_DELETE, _as_seen(seen))).rowcount == 0:
            return await _too_late(connection, request_id)
        await self._log(connection, replace(seen, version=seen.version + 1))
        return Cancelled(seen)

    async def _judged(
        self, connection: AsyncConnection, request_id: int
    ) -> MediaRequest | Conflict | NotFound | NotPermitted:
        """The request, if the step may be taken on it."""
        seen = await reading.one(connection, request_id)
        if seen is None:
            return NotFound(request_id)
        match self._verdict(seen):
            case Verdict.NOT_PERMITTED:
                return NotPermitted()
            case Verdict.CONFLICT:
                return Conflict(seen)
            case Verdict.ALLOWED:
                return Conflict(seen) if self.version not in (None, seen.version) else seen

    def _verdict(self, seen: MediaRequest) -> Verdict:
        if self.actor is not None:
            return judge(self.actor, self.step, seen)
        fits = seen.status in RULES[self.step].sources
        return Verdict.ALLOWED if fits else Verdict.CONFLICT

    def _values(self, seen: MediaRequest) -> dict[str, Any]:
        values: dict[str, Any] = {
            "status": RULES[self.step].target,
            "version": seen.version + 1,
            "updated_at": micros(self.now),
        }
        if self.actor is not None:
            values |= {"decided_by": self.actor.user_id, "reason": self.reason}
        return values

    async def _log(self, connection: AsyncConnection, request: MediaRequest) -> None:
        await log(
            connection,
            [KINDS[self.step]],
            request,
            now=self.now,
            actor_id=None if self.actor is None else self.actor.user_id,
            reason=self.reason,
        )


def _as_seen(seen: MediaRequest) -> dict[str, object]:
    return {"request_id": seen.request_id, "seen_version": seen.version}


async def _too_late(connection: AsyncConnection, request_id: int) -> Conflict | NotFound:
    """Another transaction was first: tell how it stands now."""
    current = await reading.one(connection, request_id)
    return NotFound(request_id) if current is None else Conflict(current)


async def shelve(
    connection: AsyncConnection,
    tmdb_id: int,
    availability: Availability,
    *,
    is_4k: bool,
    now: datetime,
) -> None:
    """Note how far a film got; an active request for what is available is completed."""
    values = {"availability": availability, "updated_at": micros(now)}
    track = {"tmdb_id": tmdb_id, "is_4k": is_4k}
    statement = insert(connection, LIBRARY).values(track | values)
    keys = [LIBRARY.c.tmdb_id, LIBRARY.c.is_4k]
    await connection.execute(statement.on_conflict_do_update(index_elements=keys, set_=values))
    if availability is not Availability.AVAILABLE:
        return
    waiting = await reading.active_one(connection, tmdb_id, is_4k=is_4k)
    if waiting is not None:
        change = Change(step=Step.COMPLETE, actor=None, now=now)
        await change.decide(connection, waiting.request_id)
