"""TMDB's endpoints, a method each; no caching, no mapping."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Final, Literal, TypeVar

from gateway.errors import UpstreamContractError, UpstreamUnauthorizedError
from gateway.transport.http import UpstreamHttp
from gateway.transport.urls import segment
from gateway.upstreams.tmdb.client_errors import classify
from gateway.upstreams.tmdb.wire import TmdbWire
from gateway.upstreams.tmdb.wire_discover import TmdbDiscover
from gateway.upstreams.tmdb.wire_fused import FACETS, TmdbFusedMovie
from gateway.upstreams.tmdb.wire_lists import (
    TmdbAuthentication,
    TmdbChanges,
    TmdbConfiguration,
    TmdbFound,
    TmdbGenres,
    TmdbMoviePage,
)

TmdbChart = Literal["popular", "top_rated", "upcoming", "now_playing"]
TmdbWindow = Literal["day", "week"]
Query = Mapping[str, str | int | float | bool | None]

MAX_APPENDED: Final = 20  # more is a 400

__all__ = ["MAX_APPENDED", "TmdbChart", "TmdbClient", "TmdbWindow", "classify"]

T = TypeVar("T")


class TmdbClient:
    """One method per endpoint. ``language`` is ISO 639-1, with or without a region (``de-DE``).

    Every method raises the ``UpstreamError`` tree when TMDB gives no usable answer.
    """

    def __init__(self, http: UpstreamHttp) -> None:
        self._http = http

    async def movie(
        self,
        tmdb_id: int,
        *,
        language: str | None = None,
        append: Sequence[str] = (),
        video_languages: Sequence[str] = (),
    ) -> TmdbFusedMovie | None:
        """Fetch a film and the parts named in ``append``; ``None`` if the id is unknown.

        Args:
            tmdb_id: The film's id.
            language: For titles, texts and, unless ``video_languages`` is given, videos.
            append: Names from ``FACETS``, at most 20.
            video_languages: ISO 639-1 codes and ``null`` (videos without language).

        Raises:
            ValueError: An unknown part, or more than 20.
        """
        found = await self._http.get(
            "movie",
            f"/movie/{tmdb_id}",
            TmdbFusedMovie,
            append_to_response=_appended(tuple(append)),
            language=language,
            include_video_language=",".join(video_languages) or None,
        )
        if found is not None and found.id != tmdb_id:
            raise UpstreamContractError("tmdb", "movie", "another film than the one asked for")
        return found

    async def part(
        self,
        tmdb_id: int,
        facet: str,
        *,
        language: str | None = None,
        video_languages: Sequence[str] = (),
        page: int | None = None,
    ) -> TmdbWire | None:
        """Fetch one part alone, as the type that ``FACETS`` names; ``None`` if the id is unknown.

        Args:
            tmdb_id: The film's id.
            facet: A name from ``FACETS``.
            language: As for ``movie``.
            video_languages: As for ``movie``; only videos heed them.
            page: 1 to 500, for recommendations and similar films only.
        """
        return await self._http.get(
            facet.replace("/", "_"),
            f"/movie/{tmdb_id}/{facet}",
            FACETS[facet],
            language=language,
            include_video_language=",".join(video_languages) or None,
            page=page,
        )

    async def related(
        self,
        tmdb_id: int,
        kind: Literal["recommendations", "similar"],
        *,
        page: int,
        language: str | None = None,
    ) -> TmdbMoviePage | None:
        """Fetch a page (1 to 500) of films like this one; ``None`` if the id is unknown."""
        path = f"/movie/{tmdb_id}/{kind}"
        return await self._http.get(kind, path, TmdbMoviePage, page=page, language=language)

    async def chart(
        self,
        name: TmdbChart,
        *,
        page: int,
        language: str | None = None,
        region: str | None = None,
    ) -> TmdbMoviePage:
        """Fetch a page (1 to 500) of a chart; ``region`` (ISO 3166-1) decides what is out."""
        query = {"page": page, "language": language, "region": region}
        return await self._list("chart", f"/movie/{name}", query)

    async def trending(
        self, window: TmdbWindow, *, page: int, language: str | None = None
    ) -> TmdbMoviePage:
        """Fetch a page (1 to 500) of what people look at today or this week."""
        query = {"page": page, "language": language}
        return await self._list("trending", f"/trending/movie/{window}", query)

    async def search(
        self,
        query: str,
        *,
        page: int,
        year: int | None = None,
        language: str | None = None,
        region: str | None = None,
    ) -> TmdbMoviePage:
        """Fetch a page (1 to 500) of films by title; ``year`` is that of the first release."""
        params: Query = {
            "query": query,
            "page": page,
            "primary_release_year": year,
            "language": language,
            "region": region,
            "include_adult": "false",
        }
        return await self._list("search", "/search/movie", params)

    async def discover(
        self,
        filters: TmdbDiscover,
        *,
        page: int,
        language: str | None = None,
        region: str | None = None,
    ) -> TmdbMoviePage:
        """Fetch a page (1 to 500) of films by their properties."""
        query = {**filters.query(), "page": page, "language": language, "region": region}
        return await self._list("discover", "/discover/movie", query)

    async def find_imdb(self, imdb_id: str, *, language: str | None = None) -> TmdbFound | None:
        """Look a film up by its IMDb id; nothing found is an empty list, not ``None``."""
        return await self._http.get(
            "find",
            f"/find/{segment(imdb_id)}",
            TmdbFound,
            external_source="imdb_id",
            language=language,
        )

    async def genres(self, *, language: str | None = None) -> TmdbGenres:
        """Fetch all genres of films."""
        found = await self._http.get(
            "genres", "/genre/movie/list", TmdbGenres, absent=(), language=language
        )
        return _present("genres", found)

    async def configuration(self) -> TmdbConfiguration:
        """Fetch where pictures live and in which sizes."""
        found = await self._http.get(
            "configuration", "/configuration", TmdbConfiguration, absent=()
        )
        return _present("configuration", found)

    async def changes(self, *, first: date, last: date, page: int) -> TmdbChanges:
        """Fetch a page (1 to 500) of films edited on these days, 14 at most."""
        found = await self._http.get(
            "changes",
            "/movie/changes",
            TmdbChanges,
            absent=(),
            start_date=first.isoformat(),
            end_date=last.isoformat(),
            page=page,
        )
        return _present("changes", found)

    async def check_key(self) -> None:
        """Ask whether the token is good.

        Raises:
            UpstreamUnauthorizedError: It is not.
        """
        found = await self._http.get("check_key", "/authentication", TmdbAuthentication, absent=())
        if not _present("check_key", found).success:
            raise UpstreamUnauthorizedError("tmdb", "check_key", "refused our key")

    async def _list(self, operation: str, path: str, query: Query) -> TmdbMoviePage:
        found = await self._http.get(operation, path, TmdbMoviePage, absent=(), query=query)
        return _present(operation, found)


@lru_cache(maxsize=256)
def _appended(parts: tuple[str, ...]) -> str | None:
    unknown = set(parts) - FACETS.keys()
    if unknown or len(parts) > MAX_APPENDED:
        raise ValueError(f"cannot append {sorted(unknown) or len(parts)}")
    return ",".join(parts) or None


def _present(operation: str, found: T | None) -> T:
    """These endpoints know no absence, so the transport has raised instead of giving ``None``."""
    if found is None:
        raise UpstreamContractError("tmdb", operation, "no payload")
    return found
