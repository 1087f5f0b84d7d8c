"""Rows as domain values; pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import sqlalchemy as sa

from gateway.domain.request import MediaRequest, User
from gateway.domain.request_log import RequestEvent
from gateway.domain.request_rules import availability_of
from gateway.upstreams.book.tables import EVENTS, LIBRARY, REQUESTS, USERS, active, moment

if TYPE_CHECKING:
    from sqlalchemy.engine import Row

AnyRow: TypeAlias = "Row[*tuple[Any, ...]]"
"""A row by the order of its columns."""

ASKER: Final = USERS.alias("asker")
DECIDER: Final = USERS.alias("decider")
CURRENT: Final = REQUESTS.alias("current")


_R: Final = REQUESTS.c
_SAME_FILM: Final = sa.and_(CURRENT.c.tmdb_id == _R.tmdb_id, CURRENT.c.is_4k == _R.is_4k)
_SHELF: Final = sa.and_(LIBRARY.c.tmdb_id == _R.tmdb_id, LIBRARY.c.is_4k == _R.is_4k)


def with_people(page: sa.FromClause | None = None) -> sa.Select[Any]:
    """Requests with the names and states that belong to them, as ``to_request`` reads them.

    Args:
        page: Ids of those that are wanted; all by default.
    """
    requests = REQUESTS if page is None else page.join(REQUESTS, _R.id == page.c.id)
    return sa.select(
        _R.id,
        _R.tmdb_id,
        _R.is_4k,
        _R.status,
        _R.version,
        _R.requested_by,
        _R.decided_by,
        _R.reason,
        _R.created_at,
        _R.updated_at,
        ASKER.c.display_name,
        DECIDER.c.display_name,
        LIBRARY.c.availability,
        CURRENT.c.status,
    ).select_from(
        requests.join(ASKER, ASKER.c.id == _R.requested_by)
        .outerjoin(DECIDER, DECIDER.c.id == _R.decided_by)
        .outerjoin(LIBRARY, _SHELF)
        .outerjoin(CURRENT, sa.and_(_SAME_FILM, active(CURRENT.c.status)))
    )


def to_request(row: AnyRow) -> MediaRequest:
    """Read a row of ``with_people``."""
    request_id, tmdb_id, is_4k, status, version, asker_id, decider_id, reason = row[:8]
    created_at, updated_at, asker, decider, known, current = row[8:]
    return MediaRequest(
        request_id=request_id,
        tmdb_id=tmdb_id,
        status=status,
        is_4k=is_4k,
        created_at=moment(created_at),
        updated_at=moment(updated_at),
        availability=availability_of(known, current),
        requested_by=User(user_id=asker_id, display_name=asker),
        decided_by=None if decider_id is None else User(user_id=decider_id, display_name=decider),
        reason=reason,
        version=version,
    )


def to_requests(rows: Iterable[AnyRow]) -> tuple[MediaRequest, ...]:
    """Read rows of ``with_people``."""
    return tuple(map(to_request, rows))


EVENTS_WITH_ACTORS: Final = sa.select(EVENTS, ASKER.c.display_name).select_from(
    EVENTS.outerjoin(ASKER, ASKER.c.id == EVENTS.c.actor_id)
)


def to_event(row: AnyRow) -> RequestEvent:
    """Read a row of ``EVENTS_WITH_ACTORS``."""
    actor_id = row.actor_id
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
        actor=None if actor_id is None else User(user_id=actor_id, display_name=row.display_name),
        reason=row.reason,
        requested_by=row.requested_by,
    )
