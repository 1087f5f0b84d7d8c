"""One film with several parts in one answer."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from pydantic import Field

from gateway.transport.lenient import Lenient
from gateway.upstreams.tmdb.wire import TmdbMovie, TmdbWire
from gateway.upstreams.tmdb.wire_facets import (
    TmdbCredits,
    TmdbExternalIds,
    TmdbKeywords,
    TmdbReleaseDates,
    TmdbVideos,
    TmdbWatchProviders,
)
from gateway.upstreams.tmdb.wire_lists import TmdbMoviePage

FACETS: Final[Mapping[str, type[TmdbWire]]] = MappingProxyType(
    {
        "videos": TmdbVideos,
        "credits": TmdbCredits,
        "release_dates": TmdbReleaseDates,
        "external_ids": TmdbExternalIds,
        "keywords": TmdbKeywords,
        "watch/providers": TmdbWatchProviders,
        "recommendations": TmdbMoviePage,
        "similar": TmdbMoviePage,
    }
)
"""The name of each part, as ``append_to_response`` and the path spell it, and its payload."""


class TmdbFusedMovie(TmdbMovie):
    """``GET /movie/{movie_id}?append_to_response=…``.

    A part that failed at TMDB is silently absent from a 200, and a part may be unreadable: both
    are ``None``, which means unknown, never empty. Ask for such a part alone.
    """

    videos: Lenient[TmdbVideos] = None
    credits: Lenient[TmdbCredits] = None
    release_dates: Lenient[TmdbReleaseDates] = None
    external_ids: Lenient[TmdbExternalIds] = None
    keywords: Lenient[TmdbKeywords] = None
    watch_providers: Lenient[TmdbWatchProviders] = Field(default=None, alias="watch/providers")
    recommendations: Lenient[TmdbMoviePage] = None
    similar: Lenient[TmdbMoviePage] = None

    def part(self, facet: str) -> TmdbWire | None:
        """One part by its name in ``FACETS``; ``None`` where it did not come."""
        found = getattr(self, facet.replace("/", "_"))
        return found if isinstance(found, FACETS[facet]) else None
