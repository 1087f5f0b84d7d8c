"""TMDB's lists: pages of films, genres, and films by their IMDb id."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from typing import Literal, NamedTuple, cast

from gateway.cache.slot import Slot
from gateway.domain.movie import Genre, MovieSummary, Page
from gateway.errors import UpstreamError
from gateway.graph.loader import Found, Loader, codec_of, side_by_side
from gateway.upstreams.tmdb import mapping, policies
from gateway.upstreams.tmdb.client import TmdbChart, TmdbClient, TmdbWindow
from gateway.upstreams.tmdb.wire_discover import TmdbDiscover
from gateway.upstreams.tmdb.wire_lists import TmdbFound, TmdbGenres, TmdbMoviePage

PAGE_SIZE = 20
MAX_PAGE = mapping.MAX_PAGE


class List(Enum):
    """Which endpoint serves a list."""

    CHART = "chart"
    TRENDING = "trending"
    SEARCH = "search"
    DISCOVER = "discover"
    RECOMMENDATIONS = "recommendations"
    SIMILAR = "similar"


_POLICIES = {
    List.CHART: policies.CHART,
    List.TRENDING: policies.CHART,
    List.SEARCH: policies.SEARCH,
    List.DISCOVER: policies.DISCOVER,
    List.RECOMMENDATIONS: policies.RECOMMENDATIONS,
    List.SIMILAR: policies.SIMILAR,
}


class PageKey(NamedTuple):
    """One page of one list.

    Args:
        kind: Which endpoint.
        subject: Its chart, window, search text or film id.
        page: From 1.
        language: As TMDB takes it.
        region: Where the list depends on one.
        year: Of a search.
        filters: Of a discovery.
    """

    kind: List
    subject: str
    page: int
    language: str
    region: str | None = None
    year: int | None = None
    filters: TmdbDiscover | None = None


class PageLoader(Loader[PageKey, TmdbMoviePage, Page[MovieSummary]]):
    """A page is a call; several pages go out side by side."""

    upstream = "tmdb"
    things = "pages of lists"
    most = 300

    def apart(self, key: PageKey) -> PageKey:
        """Pages are fetched by calls of their own."""
        return key

    def slot(self, key: PageKey) -> Slot[TmdbMoviePage]:
        """Every argument is in the key."""
        policy = _POLICIES[key.kind]
        filters = None if key.filters is None else repr(sorted(key.filters.query().items()))
        parts = (key.kind.value, key.subject, key.page, key.language, key.region, key.year, filters)
        return Slot(policy=policy, key=self.key(policy, *parts), codec=codec_of(TmdbMoviePage))

    def to_domain(self, key: PageKey, wire: TmdbMoviePage) -> Page[MovieSummary]:
        """Map, trusting the page that was asked for over the one TMDB claims."""
        return mapping.to_page(wire, number=key.page)

    async def fetch(self, keys: Sequence[PageKey]) -> Sequence[Found[TmdbMoviePage]]:
        """Ask for all pages side by side."""
        return await side_by_side([self._one(each) for each in keys])

    async def _one(self, key: PageKey) -> Found[TmdbMoviePage]:
        try:
            return await self._ask(self.ctx.need(TmdbClient), key)
        except UpstreamError as exc:
            return exc

    async def _ask(self, client: TmdbClient, key: PageKey) -> TmdbMoviePage | None:
        page, language = key.page, key.language
        match key.kind:
            case List.CHART:
                chart = cast("TmdbChart", key.subject)
                return await client.chart(chart, page=page, language=language, region=key.region)
            case List.TRENDING:
                window = cast("TmdbWindow", key.subject)
                return await client.trending(window, page=page, language=language)
            case List.SEARCH:
                return await client.search(
                    key.subject, page=page, year=key.year, language=language, region=key.region
                )
            case List.DISCOVER:
                return await client.discover(
                    key.filters or TmdbDiscover(), page=page, language=language, region=key.region
                )
            case List.RECOMMENDATIONS | List.SIMILAR:
                kind: Literal["recommendations", "similar"] = key.kind.value
                return await client.related(int(key.subject), kind, page=page, language=language)


class GenresLoader(Loader[str, TmdbGenres, tuple[Genre, ...]]):
    """All genres, by language."""

    upstream = "tmdb"
    policy = policies.GENRES
    wire = TmdbGenres

    def to_domain(self, key: str, wire: TmdbGenres) -> tuple[Genre, ...]:  # noqa: ARG002 - any language
        """Map."""
        return mapping.to_genres(wire)

    async def fetch(self, keys: Sequence[str]) -> Sequence[Found[TmdbGenres]]:
        """One call for each language."""
        return await side_by_side([self._one(each) for each in keys])

    async def _one(self, language: str) -> Found[TmdbGenres]:
        try:
            return await self.ctx.need(TmdbClient).genres(language=language)
        except UpstreamError as exc:
            return exc


class FoundLoader(Loader[str, TmdbFound, MovieSummary | None]):
    """TMDB's film behind an IMDb id."""

    upstream = "tmdb"
    things = "IMDb ids"
    most = 100
    policy = policies.FIND
    wire = TmdbFound

    def to_domain(self, key: str, wire: TmdbFound) -> MovieSummary | None:  # noqa: ARG002 - one id, one film
        """Map; an id that TMDB does not know is an empty list."""
        return mapping.to_found(wire)

    async def fetch(self, keys: Sequence[str]) -> Sequence[Found[TmdbFound]]:
        """One call for each id."""
        return await side_by_side([self._one(each) for each in keys])

    async def _one(self, imdb_id: str) -> Found[TmdbFound]:
        try:
            return await self.ctx.need(TmdbClient).find_imdb(imdb_id)
        except UpstreamError as exc:
            return exc
