"""Rows of what was seen elsewhere, read and written inside a connection."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.domain.observed import Deed, Known, Sighting
from gateway.domain.observed_rules import Findings, Happening
from gateway.domain.request import User
from gateway.upstreams.book.dialects import insert
from gateway.upstreams.book.mapping import AnyRow
from gateway.upstreams.book.tables import micros
from gateway.upstreams.book.tables_observed import (
    OBSERVED_DEEDS,
    OBSERVED_EVENTS,
    OBSERVED_REQUESTS,
    OBSERVED_SCOPES,
)

DEED_LASTS: Final = timedelta(minutes=10)
"""After which what was about to be done is not believed to have been done by us."""

_CHUNK: Final = 500  # ids in one statement
_R: Final = OBSERVED_REQUESTS.c
_D: Final = OBSERVED_DEEDS.c
_SCOPE: Final = sa.bindparam("of_scope", type_=sa.Text)
_IDS: Final = sa.bindparam("ids", expanding=True, type_=sa.BigInteger)
_SCOPE_ROW: Final = sa.select(OBSERVED_SCOPES.c.mark, OBSERVED_SCOPES.c.newest).where(
    OBSERVED_SCOPES.c.scope == _SCOPE
)
_ALL: Final = sa.select(OBSERVED_REQUESTS).where(_R.scope == _SCOPE)
_SOME: Final = _ALL.where(_R.request_id.in_(_IDS))
_DEEDS: Final = sa.select(OBSERVED_DEEDS).where(
    _D.scope == _SCOPE,
    _D.request_id.in_(_IDS),
    _D.made_at > sa.bindparam("since", type_=sa.BigInteger),
)
_FORGET: Final = sa.delete(OBSERVED_DEEDS).where(_D.scope == _SCOPE, _D.request_id.in_(_IDS))


async def scope_row(connection: AsyncConnection, scope: str) -> tuple[int, int | None]:
    """Mark and newest id of a scope."""
    row = (await connection.execute(_SCOPE_ROW, {"of_scope": scope})).one_or_none()
    return (0, None) if row is None else (row.mark, row.newest)


async def known(
    connection: AsyncConnection, scope: str, request_ids: Collection[int] | None
) -> Known:
    """What was last seen; the mark is read first, so that the rows are at least as new."""
    mark, newest = await scope_row(connection, scope)
    found: dict[int, Sighting] = {}
    if request_ids is None:
        for row in await connection.execute(_ALL, {"of_scope": scope}):
            found[row.request_id] = _to_sighting(row)
        return Known(mark, newest, found)
    for some in _chunks(request_ids):
        for row in await connection.execute(_SOME, {"of_scope": scope, "ids": some}):
            found[row.request_id] = _to_sighting(row)
    return Known(mark, newest, found)


async def deeds(
    connection: AsyncConnection, scope: str, request_ids: Collection[int], *, now: datetime
) -> Mapping[int, Deed]:
    """What is about to be done with some requests."""
    found: dict[int, Deed] = {}
    since = micros(now - DEED_LASTS)
    for some in _chunks(request_ids):
        values = {"of_scope": scope, "ids": some, "since": since}
        for row in await connection.execute(_DEEDS, values):
            actor = User(user_id=row.actor_id, display_name=row.actor_name)
            found[row.request_id] = Deed(
                request_id=row.request_id, kind=row.kind, actor=actor, reason=row.reason
            )
    return found


async def forget_deeds(
    connection: AsyncConnection, scope: str, request_ids: Collection[int]
) -> None:
    """Done, or given up."""
    for some in _chunks(request_ids):
        await connection.execute(_FORGET, {"of_scope": scope, "ids": some})


async def write(
    connection: AsyncConnection, scope: str, found: Findings, *, mark: int, newest: int | None
) -> None:
    """Write what was found."""
    await _upsert(connection, OBSERVED_SCOPES, [{"scope": scope, "mark": mark, "newest": newest}])
    lines = [{**asdict(each), "scope": scope, "mark": mark} for each in found.rows]
    if lines:
        await _upsert(connection, OBSERVED_REQUESTS, lines)
    for each in found.happenings:  # one by one: they are numbered in this order
        await connection.execute(sa.insert(OBSERVED_EVENTS), _event(scope, each))


async def _upsert(
    connection: AsyncConnection, table: sa.Table, lines: Sequence[Mapping[str, Any]]
) -> None:
    statement = insert(connection, table)
    keys = list(table.primary_key.columns)
    values = {each.name: statement.excluded[each.name] for each in table.c if each not in keys}
    await connection.execute(
        statement.on_conflict_do_update(index_elements=keys, set_=values), list(lines)
    )


def _event(scope: str, happening: Happening) -> dict[str, object]:
    seen, actor = happening.seen, happening.actor
    return {
        "scope": scope,
        "event_id": uuid.uuid4().hex,
        "kind": happening.kind,
        "request_id": seen.request_id,
        "tmdb_id": seen.tmdb_id,
        "is_4k": seen.is_4k,
        "status": happening.status,
        "version": seen.version,
        "requested_by": seen.requested_by,
        "actor_id": None if actor is None else actor.user_id,
        "actor_name": None if actor is None else actor.display_name,
        "reason": happening.reason,
        "occurred_at": micros(happening.occurred_at),
    }


def _to_sighting(row: AnyRow) -> Sighting:
    return Sighting(
        request_id=row.request_id,
        tmdb_id=row.tmdb_id,
        is_4k=row.is_4k,
        status=row.status,
        availability=row.availability,
        version=row.version,
        requested_by=row.requested_by,
        mark=row.mark,
    )


def _chunks(ids: Collection[int]) -> Iterator[list[int]]:
    wanted = list(ids)
    for start in range(0, len(wanted), _CHUNK):
        yield wanted[start : start + _CHUNK]
