"""Seerr's two lists as wholes: its items carry no title and it answers no bulk question.

A page of films would cost a call for each; two lists answer for all of them,
and every operation within half a minute shares them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from gateway.cache.codec import ModelCodec
from gateway.domain.request import MediaRequest, MediaState
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


def _age(request: MediaRequest) -> tuple[float, int]:
    return request.created_at.timestamp(), request.request_id


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
