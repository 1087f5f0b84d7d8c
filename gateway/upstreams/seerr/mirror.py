"""Seerr's two lists as wholes: its items carry no title and it answers no bulk question.

A page of films would cost a call for each; two lists answer for all of them,
and every operation within half a minute shares them.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from gateway.cache.codec import ModelCodec
from gateway.domain.request import MediaRequest, MediaState
from gateway.domain.request_store import (
    EVERYTHING,
    Place,
    RequestFilter,
    RequestOrder,
    RequestPage,
)
from gateway.upstreams.seerr.mapping import to_media_states, to_request
from gateway.upstreams.seerr.wire import SeerrMedia, SeerrRequest


@dataclass(frozen=True)
class RequestMirror:
    """All requests for films, newest first; mapped once for everybody who reads them."""

    rows: tuple[SeerrRequest, ...]

    @cached_property
    def requests(self) -> Sequence[MediaRequest]:
        """Each once, newest first; ties go to the higher id."""
        once = {found.request_id: found for found in map(to_request, self.rows) if found}
        return sorted(once.values(), key=_age, reverse=True)

    @cached_property
    def by_id(self) -> Mapping[int, MediaRequest]:
        """By Seerr's id."""
        return {found.request_id: found for found in self.requests}

    @cached_property
    def by_tmdb_id(self) -> Mapping[int, Sequence[MediaRequest]]:
        """By film, newest first."""
        found: dict[int, list[MediaRequest]] = defaultdict(list)
        for request in self.requests:
            found[request.tmdb_id].append(request)
        return dict(found)

    def those(self, which: RequestFilter) -> Sequence[MediaRequest]:
        """The ones that a filter lets through, newest first."""
        if which == EVERYTHING:
            return self.requests
        some = self.requests
        if which.tmdb_id is not None:
            some = self.by_tmdb_id.get(which.tmdb_id, ())
        return [each for each in some if _fits(each, which)]

    def page(
        self, which: RequestFilter, first: int, after: Place | None, order: RequestOrder
    ) -> RequestPage:
        """A part of the list; whatever stood at ``after`` may be gone."""
        found = self.those(which)
        place = None if after is None else (after.created_at, after.request_id)
        if order is RequestOrder.CREATED_AT_ASC:
            found = found[::-1]
            start = 0 if place is None else bisect_right(found, place, key=_age)
        else:
            start = 0 if place is None else _behind(found, place)
        shown = tuple(found[start : start + first])
        return RequestPage(shown, has_next=start + len(shown) < len(found))


def _fits(request: MediaRequest, which: RequestFilter) -> bool:
    by = request.requested_by
    return (which.statuses is None or request.status in which.statuses) and (
        which.requested_by is None or (by is not None and by.user_id == which.requested_by)
    )


def _age(request: MediaRequest) -> tuple[datetime, int]:
    return request.created_at, request.request_id


def _behind(found: Sequence[MediaRequest], place: tuple[datetime, int]) -> int:
    """How many stand up to a place, newest first."""
    low, high = 0, len(found)
    while low < high:
        middle = (low + high) // 2
        if _age(found[middle]) >= place:
            low = middle + 1
        else:
            high = middle
    return low


@dataclass(frozen=True)
class MediaMirror:
    """How far every film of the library got."""

    rows: tuple[SeerrMedia, ...]

    @cached_property
    def by_tmdb_id(self) -> Mapping[int, MediaState]:
        """By film."""
        return to_media_states(self.rows)


class RequestMirrorCodec:
    """Written down as the rows that Seerr sent."""

    _rows = ModelCodec(tuple[SeerrRequest, ...])

    def encode(self, value: RequestMirror) -> bytes:
        """Write the rows."""
        return self._rows.encode(value.rows)

    def decode(self, raw: bytes) -> RequestMirror:
        """Read the rows; ``ValueError`` when the bytes are not of this kind."""
        return RequestMirror(self._rows.decode(raw))


class MediaMirrorCodec:
    """Written down as the rows that Seerr sent."""

    _rows = ModelCodec(tuple[SeerrMedia, ...])

    def encode(self, value: MediaMirror) -> bytes:
        """Write the rows."""
        return self._rows.encode(value.rows)

    def decode(self, raw: bytes) -> MediaMirror:
        """Read the rows; ``ValueError`` when the bytes are not of this kind."""
        return MediaMirror(self._rows.decode(raw))
