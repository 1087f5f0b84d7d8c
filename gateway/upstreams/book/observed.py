"""The log of what happens to requests that are kept elsewhere, in the gateway's own database."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Sequence
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.domain.observed import Deed, Known, Look, ObservedLog, Recorded
from gateway.domain.observed_rules import find
from gateway.domain.request import User
from gateway.domain.request_log import RequestEvent
from gateway.upstreams.book import observed_rows as rows
from gateway.upstreams.book.database import Database
from gateway.upstreams.book.dialects import insert, queue_up
from gateway.upstreams.book.mapping import AnyRow
from gateway.upstreams.book.pages import exactly
from gateway.upstreams.book.tables import micros, moment
from gateway.upstreams.book.tables_observed import OBSERVED_DEEDS, OBSERVED_EVENTS

_E: Final = OBSERVED_EVENTS.c
_D: Final = OBSERVED_DEEDS.c
_SCOPE: Final = sa.bindparam("of_scope", type_=sa.Text)
_BEHIND: Final = (
    sa.select(OBSERVED_EVENTS)
    .where(_E.scope == _SCOPE, _E.sequence > sa.bindparam("after", type_=sa.BigInteger))
    .order_by(_E.sequence)
)
_HISTORY: Final = (
    sa.select(OBSERVED_EVENTS)
    .where(_E.scope == _SCOPE, _E.request_id == sa.bindparam("of_id", type_=sa.BigInteger))
    .order_by(_E.sequence)
)
_LAST: Final = sa.select(sa.func.coalesce(sa.func.max(_E.sequence), 0)).where(_E.scope == _SCOPE)


class RecordedLog(ObservedLog):
    """Keeps it in the same file or on the same server as everything else.

    Args:
        ready: Gives the database once its tables are right.
    """

    def __init__(self, ready: Callable[[], Awaitable[Database]]) -> None:
        self._ready = ready

    async def mark(self, scope: str) -> int:
        """How much was written of a scope."""
        database = await self._ready()
        mark, _ = await database.read("observed_mark", lambda c: rows.scope_row(c, scope))
        return mark

    async def known(self, scope: str, request_ids: Collection[int] | None = None) -> Known:
        """What was last seen."""
        database = await self._ready()
        return await database.read("observed", lambda c: rows.known(c, scope, request_ids))

    async def intend(self, scope: str, deed: Deed, *, now: datetime) -> int:
        """Note what is about to be done."""
        values = {
            "kind": deed.kind,
            "actor_id": deed.actor.user_id,
            "actor_name": deed.actor.display_name,
            "reason": deed.reason,
            "made_at": micros(now),
        }
        key = {"scope": scope, "request_id": deed.request_id}

        async def work(connection: AsyncConnection) -> int:
            statement = insert(connection, OBSERVED_DEEDS).values(key | values)
            keys = [_D.scope, _D.request_id]
            await connection.execute(
                statement.on_conflict_do_update(index_elements=keys, set_=values)
            )
            mark, _ = await rows.scope_row(connection, scope)
            return mark

        return await (await self._ready()).write("observed_intend", work)

    async def withdraw(self, scope: str, request_id: int) -> None:
        """Forget a deed."""
        database = await self._ready()
        await database.write(
            "observed_withdraw", lambda c: rows.forget_deeds(c, scope, [request_id])
        )

    async def record(self, scope: str, look: Look, *, now: datetime) -> Recorded:
        """Compare and write, while nobody else does."""
        database = await self._ready()
        return await database.write("observed_record", lambda c: _record(c, scope, look, now))

    async def events(self, scope: str, after: int, *, most: int) -> Sequence[RequestEvent]:
        """What happened behind a sequence number."""
        return await self._told(_BEHIND.limit(exactly(most)), of_scope=scope, after=after)

    async def history(self, scope: str, request_id: int) -> Sequence[RequestEvent]:
        """What happened to a request."""
        return await self._told(_HISTORY, of_scope=scope, of_id=request_id)

    async def last_event(self, scope: str) -> int:
        """The highest sequence number."""

        async def work(connection: AsyncConnection) -> int:
            last: int = (await connection.execute(_LAST, {"of_scope": scope})).scalar_one()
            return last

        return await (await self._ready()).read("observed_last_event", work)

    async def _told(self, statement: sa.Select[Any], **values: object) -> Sequence[RequestEvent]:
        async def work(connection: AsyncConnection) -> Sequence[RequestEvent]:
            return tuple(map(_to_event, await connection.execute(statement, values)))

        return await (await self._ready()).read("observed_events", work)


async def _record(connection: AsyncConnection, scope: str, look: Look, now: datetime) -> Recorded:
    """In one transaction; PostgreSQL's writers wait for each other here, SQLite has one."""
    await queue_up(connection)
    ids = {*(each.request_id for each in look.requests), *look.gone}
    known = await rows.known(connection, scope, ids)
    deeds = await rows.deeds(connection, scope, ids, now=now)
    found = find(known, look, deeds, now=now)
    begins = look.is_whole and known.newest is None
    if found.rows or found.happenings or begins:
        newest = max(ids, default=0) if begins else known.newest
        await rows.write(connection, scope, found, mark=known.mark + 1, newest=newest)
    done = {*found.done, *([look.deed.request_id] if look.deed else [])} - {*found.doubtful}
    await rows.forget_deeds(connection, scope, done)
    return Recorded(len(found.happenings), tuple(found.doubtful))


def _to_event(row: AnyRow) -> RequestEvent:
    actor_id, name = row.actor_id, row.actor_name
    return RequestEvent(
        sequence=row.sequence,
        event_id=row.event_id,
        kind=row.kind,
        request_id=row.request_id,
        tmdb_id=row.tmdb_id,
        is_4k=row.is_4k,
        status=row.status,
        version=row.version,
        occurred_at=moment(row.occurred_at),
        actor=None if actor_id is None else User(user_id=actor_id, display_name=name),
        reason=row.reason,
        requested_by=row.requested_by,
    )
