"""Seerr's requests and library rows as domain values; pure and total."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final
from zlib import crc32

from gateway.domain.request import Availability, MediaRequest, MediaState, RequestStatus, User
from gateway.domain.request_quota import Quota
from gateway.telemetry import count_unknown
from gateway.upstreams.seerr.wire import SeerrAllowance, SeerrMedia, SeerrRequest, SeerrUser

_MOVIE: Final = "movie"
_MAX_NAME_CHARS: Final = 100
_INT32: Final = 2**31 - 1

_STATUSES: Final = MappingProxyType(
    {
        1: RequestStatus.PENDING,
        2: RequestStatus.APPROVED,
        3: RequestStatus.DECLINED,
        4: RequestStatus.FAILED,
        5: RequestStatus.COMPLETED,
    }
)
_AVAILABILITIES: Final = MappingProxyType(
    {
        1: Availability.UNKNOWN,
        2: Availability.PENDING,
        3: Availability.PROCESSING,
        4: Availability.PARTIALLY_AVAILABLE,
        5: Availability.AVAILABLE,
        6: Availability.BLOCKLISTED,
        7: Availability.DELETED,
    }
)
_NEARNESS: Final = MappingProxyType(
    {
        state: rank
        for rank, state in enumerate(
            (
                Availability.UNKNOWN,
                Availability.DELETED,
                Availability.PENDING,
                Availability.PROCESSING,
                Availability.BLOCKLISTED,
                Availability.PARTIALLY_AVAILABLE,
                Availability.AVAILABLE,
            )
        )
    }
)


def to_request(request: SeerrRequest) -> MediaRequest | None:
    """A request for a film; ``None`` for a series, and for one that does not say which film.

    Film and series ids overlap, so a request that does not call itself a film's is left out.
    """
    media = request.media
    created_at = request.created_at or request.updated_at
    if media is None or created_at is None or (request.type or media.media_type) != _MOVIE:
        return None
    is_4k = bool(request.is_4k)
    availability = to_availability(media.status_4k if is_4k else media.status)
    status = _settled(to_request_status(request.status), availability)
    decided = status is not RequestStatus.PENDING
    return MediaRequest(
        request_id=request.id,
        tmdb_id=media.tmdb_id,
        status=status,
        is_4k=is_4k,
        created_at=created_at,
        updated_at=request.updated_at or created_at,
        availability=availability,
        requested_by=_to_known_user(request.requested_by),
        decided_by=_to_known_user(request.modified_by) if decided else None,
        version=_version(request),
    )


def _settled(status: RequestStatus, availability: Availability) -> RequestStatus:
    """Seerr leaves a request approved for ever that still waited when its film came home."""
    done = status is RequestStatus.APPROVED and availability is Availability.AVAILABLE
    return RequestStatus.COMPLETED if done else status


def _version(request: SeerrRequest) -> int:
    """Seerr counts no changes: a number that is another one in another state.

    A request that comes back to a state that it was in has its old number again.
    """
    changer = request.modified_by.id if request.modified_by else 0
    return crc32(f"{request.status}:{changer}".encode()) & _INT32


def to_media_state(media: SeerrMedia) -> MediaState | None:
    """How far a film got; ``None`` for a series."""
    if media.media_type != _MOVIE:
        return None
    return MediaState(
        tmdb_id=media.tmdb_id,
        availability=to_availability(media.status),
        availability_4k=to_availability(media.status_4k),
    )


def to_media_states(rows: Iterable[SeerrMedia]) -> dict[int, MediaState]:
    """States by TMDB id; of several rows of one film, each track shows what is nearest to home."""
    found: dict[int, MediaState] = {}
    for state in filter(None, map(to_media_state, rows)):
        other = found.get(state.tmdb_id, state)
        found[state.tmdb_id] = MediaState(
            tmdb_id=state.tmdb_id,
            availability=_nearer(state.availability, other.availability),
            availability_4k=_nearer(state.availability_4k, other.availability_4k),
        )
    return found


def to_user(user: SeerrUser) -> User:
    """A person by their display name, or ``User 7`` where that is or holds an e-mail address."""
    name = (user.display_name or "").strip()
    mail = (user.email or "").strip()
    if not name or "@" in name or name.casefold() == mail.casefold():
        name = f"User {user.id}"
    return User(user_id=user.id, display_name=name[:_MAX_NAME_CHARS])


def to_quota(wire: SeerrAllowance, made_at: Sequence[datetime]) -> Quota:
    """What is left of an allowance.

    Args:
        wire: As Seerr counts it; no limit, and one of 0, is none.
        made_at: When the requests were made that it counts, oldest first.
    """
    if not wire.limit:
        return Quota()
    days = wire.days or None
    used = len(made_at) if wire.used is None else wire.used
    frees = max(0, used - wire.limit)  # with more than allowed, the oldest ones free nothing
    resets_at = None
    if days is not None and frees < len(made_at):
        resets_at = made_at[frees] + timedelta(days=days)
    return Quota(most=wire.limit, days=days, used=used, resets_at=resets_at)


def to_request_status(number: int | None) -> RequestStatus:
    """1 to 5; any other number is ``UNKNOWN`` and counted."""
    known = RequestStatus.UNKNOWN if number is None else _STATUSES.get(number)
    if known is None:
        count_unknown("seerr", "request status", number)
        return RequestStatus.UNKNOWN
    return known


def to_availability(number: int | None) -> Availability:
    """1 to 7; any other number is ``UNKNOWN`` and counted."""
    known = Availability.UNKNOWN if number is None else _AVAILABILITIES.get(number)
    if known is None:
        count_unknown("seerr", "media status", number)
        return Availability.UNKNOWN
    return known


def _to_known_user(user: SeerrUser | None) -> User | None:
    return None if user is None else to_user(user)


def _nearer(one: Availability, other: Availability) -> Availability:
    return max(one, other, key=_NEARNESS.__getitem__)
