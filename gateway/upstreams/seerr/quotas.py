"""How many films somebody may still ask for, and when one more."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from gateway.domain.request import RequestStatus
from gateway.domain.request_quota import Quota
from gateway.upstreams.seerr.mapping import to_quota, to_request_status
from gateway.upstreams.seerr.person import SeerrPerson
from gateway.upstreams.seerr.wire import SeerrAllowance, SeerrRequest

_TAKE: Final = 100
_MOST: Final = 10 * _TAKE  # a window with more in it tells of no end


async def quota_of(person: SeerrPerson, now: datetime) -> Quota:
    """Ask Seerr, which does not tell when a place comes free: that is read off their requests.

    Somebody whom Seerr does not know has no limit, and may ask for nothing anyway.
    """
    wire = await person.quota()
    if wire is None or not wire.movie.limit:
        return Quota()
    return to_quota(wire.movie, await _made_at(person, wire.movie, now))


async def _made_at(person: SeerrPerson, allowance: SeerrAllowance, now: datetime) -> list[datetime]:
    """When the requests in the window were made, oldest first."""
    if not allowance.days:
        return []
    since = now - timedelta(days=allowance.days)
    found: list[datetime] = []
    for skip in range(0, _MOST, _TAKE):
        rows = (await person.requests(take=_TAKE, skip=skip)).results
        recent = [row for row in rows if row.created_at and row.created_at > since]
        found += [row.created_at for row in recent if row.created_at and _counts(row)]
        if len(rows) < _TAKE or len(recent) < len(rows):
            break
    return sorted(found)


def _counts(row: SeerrRequest) -> bool:
    declined = to_request_status(row.status) is RequestStatus.DECLINED
    return row.type in (None, "movie") and not declined
