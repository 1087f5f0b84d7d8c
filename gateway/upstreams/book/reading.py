"""What is read inside a connection, whether alone or as a part of a transaction."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cache
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.engine import Row
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.domain.request import Availability, MediaRequest, MediaState, RequestStatus
from gateway.domain.request_log import RequestEvent
from gateway.domain.request_rules import availability_of
from gateway.upstreams.book.mapping import (
    EVENTS_WITH_ACTORS,
    to_event,
    to_request,
    to_requests,
    with_people,
)
from gateway.upstreams.book.pages import exactly, length
from gateway.upstreams.book.tables import EVENTS, LIBRARY, REQUESTS, active

_R: Final = REQUESTS.c
_NO_MOVIE: Final = -1
_SIZES: Final = (1, 5, 20, 100)

_ONE: Final = with_people().where(_R.id == sa.bindparam("request_id"))
_ACTIVE: Final = with_people().where(
    _R.tmdb_id == sa.bindparam("tmdb_id"), _R.is_4k == sa.bindparam("is_4k"), active(_R.status)
)
_MANY: Final = with_people().where(_R.id.in_(sa.bindparam("ids", expanding=True)))
_OWN: Final = (
    with_people()
    .where(
        _R.requested_by == sa.bindparam("user_id"),
        _R.tmdb_id.in_(sa.bindparam("ids", expanding=True)),
    )
    .order_by(_R.created_at, _R.id)
)
_MEDIA: Final = sa.union_all(
    sa.select(
        LIBRARY.c.tmdb_id,
        LIBRARY.c.is_4k,
        LIBRARY.c.availability,
        sa.null().cast(_R.status.type).label("status"),
    ).where(LIBRARY.c.tmdb_id.in_(sa.bindparam("ids", expanding=True))),
    sa.select(_R.tmdb_id, _R.is_4k, sa.null().cast(LIBRARY.c.availability.type), _R.status).where(
        _R.tmdb_id.in_(sa.bindparam("ids", expanding=True)), active(_R.status)
    ),
)
_HISTORY: Final = EVENTS_WITH_ACTORS.where(
    EVENTS.c.request_id == sa.bindparam("request_id")
).order_by(EVENTS.c.sequence)
_BEHIND: Final = EVENTS_WITH_ACTORS.where(
    EVENTS.c.sequence > sa.bindparam("after", type_=sa.BigInteger)
).order_by(EVENTS.c.sequence)
_LAST: Final = sa.select(sa.func.coalesce(sa.func.max(EVENTS.c.sequence), 0))


async def one(connection: AsyncConnection, request_id: int) -> MediaRequest | None:
    """A request by its id."""
    found = await connection.execute(_ONE, {"request_id": request_id})
    row = found.one_or_none()
    return None if row is None else to_request(row)


async def active_one(
    connection: AsyncConnection, tmdb_id: int, *, is_4k: bool
) -> MediaRequest | None:
    """The active request for a film on a track."""
    found = await connection.execute(_ACTIVE, {"tmdb_id": tmdb_id, "is_4k": is_4k})
    row = found.one_or_none()
    return None if row is None else to_request(row)


async def many(connection: AsyncConnection, ids: Collection[int]) -> Mapping[int, MediaRequest]:
    """Requests by their ids."""
    found = await connection.execute(_MANY, {"ids": list(ids)})
    return {request.request_id: request for request in to_requests(found)}


async def own(
    connection: AsyncConnection, user_id: int, tmdb_ids: Collection[int]
) -> Mapping[tuple[int, bool], MediaRequest]:
    """A person's newest request by film and track: they come oldest first."""
    found = await connection.execute(_OWN, {"user_id": user_id, "ids": list(tmdb_ids)})
    return {(request.tmdb_id, request.is_4k): request for request in to_requests(found)}


async def by_movie(
    connection: AsyncConnection, tmdb_ids: Sequence[int], most: int
) -> Mapping[int, Sequence[MediaRequest]]:
    """The newest requests of some films, at most as many films as the largest statement has."""
    size = next(size for size in _SIZES if size >= len(tmdb_ids))
    ids = [*tmdb_ids, *[_NO_MOVIE] * (size - len(tmdb_ids))]
    parameters = {f"movie_{n}": tmdb_id for n, tmdb_id in enumerate(ids)}
    found = await connection.execute(newest_of(size, length(most)), parameters)
    by_id: dict[int, list[MediaRequest]] = defaultdict(list)
    for request in to_requests(found):
        if len(by_id[request.tmdb_id]) < most:
            by_id[request.tmdb_id].append(request)
    return by_id


LARGEST: Final = _SIZES[-1]


@cache
def newest_of(size: int, most: int) -> sa.Select[Any]:
    """The newest requests of as many films as ``size``; parameters are ``movie_0`` and so on.

    An arm for each film, so that no more than the wanted rows of each are read.
    """
    arms = (
        sa.select(_R.id, _R.created_at)
        .where(_R.tmdb_id == sa.bindparam(f"movie_{number}", type_=sa.Integer))
        .order_by(_R.created_at.desc(), _R.id.desc())
        .limit(exactly(most))
        for number in range(size)
    )
    newest = sa.union_all(*(sa.select(arm.subquery()) for arm in arms)).subquery("newest")
    return with_people(newest).order_by(_R.created_at.desc(), _R.id.desc())


async def media(connection: AsyncConnection, tmdb_ids: Collection[int]) -> Mapping[int, MediaState]:
    """How far films got."""
    found = await connection.execute(_MEDIA, {"ids": list(tmdb_ids)})
    return _states(found)


def _states(
    rows: Iterable[Row[int, bool, Availability | None, RequestStatus | None]],
) -> Mapping[int, MediaState]:
    known: dict[tuple[int, bool], Availability | None] = {}
    current: dict[tuple[int, bool], RequestStatus | None] = {}
    for tmdb_id, is_4k, availability, status in rows:
        track = (tmdb_id, is_4k)
        known[track] = availability or known.get(track)
        current[track] = status or current.get(track)

    def state(tmdb_id: int, *, is_4k: bool) -> Availability:
        track = (tmdb_id, is_4k)
        return availability_of(known.get(track), current.get(track))

    return {
        tmdb_id: MediaState(
            tmdb_id=tmdb_id,
            availability=state(tmdb_id, is_4k=False),
            availability_4k=state(tmdb_id, is_4k=True),
        )
        for tmdb_id in {tmdb_id for tmdb_id, _ in known}
    }


async def history(connection: AsyncConnection, request_id: int) -> Sequence[RequestEvent]:
    """What happened to a request."""
    found = await connection.execute(_HISTORY, {"request_id": request_id})
    return tuple(map(to_event, found))


async def events(connection: AsyncConnection, after: int, most: int) -> Sequence[RequestEvent]:
    """What happened behind a sequence number."""
    found = await connection.execute(_BEHIND.limit(exactly(most)), {"after": after})
    return tuple(map(to_event, found))


async def last_event(connection: AsyncConnection) -> int:
    """The highest sequence number."""
    found = await connection.execute(_LAST)
    last: int = found.scalar_one()
    return last
