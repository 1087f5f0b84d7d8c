# ruff: noqa: ARG002 - a port's methods take what other logs need
"""A log in memory: the rules without a database."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from gateway.domain.observed import Deed, Known, Look, ObservedLog, Recorded, Sighting
from gateway.domain.observed_rules import find
from gateway.domain.request_log import RequestEvent


class Paper(ObservedLog):
    """Of one scope."""

    def __init__(self) -> None:
        self.book = Known(0, None, {})
        self.deeds: dict[int, Deed] = {}
        self.told: list[RequestEvent] = []

    async def mark(self, scope: str) -> int:
        return self.book.mark

    async def known(self, scope: str, request_ids: Collection[int] | None = None) -> Known:
        return self.book

    async def intend(self, scope: str, deed: Deed, *, now: datetime) -> int:
        self.deeds[deed.request_id] = deed
        return self.book.mark

    async def withdraw(self, scope: str, request_id: int) -> None:
        self.deeds.pop(request_id, None)

    async def record(self, scope: str, look: Look, *, now: datetime) -> Recorded:
        found = find(self.book, look, self.deeds, now=now)
        mark, newest = self.book.mark + 1, self.book.newest
        if look.is_whole and newest is None:
            newest = max((each.request_id for each in look.requests), default=0)
        rows: dict[int, Sighting] = dict(self.book.rows)
        for row in found.rows:
            rows[row.request_id] = Sighting(
                **{name: getattr(row, name) for name in row.__slots__ if name != "mark"}, mark=mark
            )
        self.book = Known(mark, newest, rows)
        for each in found.happenings:
            self.told.append(
                RequestEvent(
                    sequence=len(self.told) + 1,
                    event_id=str(len(self.told)),
                    kind=each.kind,
                    request_id=each.seen.request_id,
                    tmdb_id=each.seen.tmdb_id,
                    is_4k=each.seen.is_4k,
                    status=each.status,
                    version=each.seen.version,
                    occurred_at=each.occurred_at,
                    actor=each.actor,
                    reason=each.reason,
                )
            )
        for request_id in found.done:
            del self.deeds[request_id]
        return Recorded(len(found.happenings), found.doubtful)

    async def events(self, scope: str, after: int, *, most: int) -> Sequence[RequestEvent]:
        return self.told[after : after + most]

    async def history(self, scope: str, request_id: int) -> Sequence[RequestEvent]:
        return [each for each in self.told if each.request_id == request_id]

    async def last_event(self, scope: str) -> int:
        return len(self.told)
