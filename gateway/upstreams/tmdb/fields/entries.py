"""Where operations enter TMDB: films by reference, lists of films, genres."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from enum import Enum
from typing import Annotated, cast

import strawberry

from gateway.domain.movie import MovieSummary, Page
from gateway.errors import BadUserInputError
from gateway.graph.access import ANYBODY
from gateway.graph.cache_control import lasting
from gateway.graph.connection import After, Connection, First, Window, connect_pages
from gateway.graph.context import Info
from gateway.graph.described import described
from gateway.graph.ids import GlobalId
from gateway.graph.loader import landed
from gateway.graph.locale import Locale
from gateway.graph.movie import Genre, Movie
from gateway.graph.movie_ref import MovieRef, tmdb_id_of
from gateway.graph.ports import MovieKey
from gateway.upstreams.tmdb import policies
from gateway.upstreams.tmdb.fields.discover import DiscoverFilter, DiscoverOrder, to_discover
from gateway.upstreams.tmdb.lists import (
    MAX_PAGE,
    PAGE_SIZE,
    GenresLoader,
    List,
    PageKey,
    PageLoader,
)
from gateway.upstreams.tmdb.loaders import FacetLoader

_LONGEST_QUERY = 200
_MOST_REFS = 100

Language = Annotated[
    str | None,
    strawberry.argument(
        description='Language of titles and texts, such as "de" or "de-DE"; '
        "null takes the header Accept-Language, else the gateway's setting."
    ),
]
Region = Annotated[
    str | None,
    strawberry.argument(
        description='Region whose releases count, such as "DE"; null takes the header '
        "Accept-Language, else the gateway's setting."
    ),
]


class MovieChart(Enum):
    """TMDB's charts."""

    POPULAR = "popular"
    TOP_RATED = "top_rated"
    UPCOMING = "upcoming"
    NOW_PLAYING = "now_playing"
    TRENDING_DAY = "day"
    TRENDING_WEEK = "week"


described(
    MovieChart,
    "TMDB's charts.",
    {
        "POPULAR": "What people look at most.",
        "TOP_RATED": "Best voted of all time.",
        "UPCOMING": "Soon in the region's cinemas.",
        "NOW_PLAYING": "In the region's cinemas now.",
        "TRENDING_DAY": "Rising today.",
        "TRENDING_WEEK": "Rising this week.",
    },
)


@strawberry.field(
    description="One film; null if there is no such film.",
    directives=[lasting(policies.MOVIE.ttl)],
    metadata=ANYBODY.declared,
)
async def movie(
    info: Info,
    by: Annotated[MovieRef, strawberry.argument(description="Which film.")],
    language: Language = None,
) -> Movie | None:
    """Find the film and all that the operation wants of it."""
    return await _find(info, by, info.context.locale.with_arguments(language=language))


@strawberry.field(
    description="Films by reference, slot by slot: one that is malformed, unknown or fails nulls "
    "its own slot only.",
    directives=[lasting(policies.MOVIE.ttl)],
    metadata=ANYBODY.declared,
)
def movies(
    info: Info,
    by: Annotated[list[MovieRef], strawberry.argument(description="Which films, at most 100.")],
) -> list[Movie | None]:
    """Find all side by side; a slow one does not hold up what is nested in the others."""
    if len(by) > _MOST_REFS:
        raise BadUserInputError("`by` takes at most 100 references.", argument="by")
    locale = info.context.locale
    # The executor waits for each slot on its own, and nulls it alone if it fails.
    return cast("list[Movie | None]", [_find(info, ref, locale) for ref in by])


async def _find(info: Info, by: MovieRef, locale: Locale) -> Movie | None:
    tmdb_id = await tmdb_id_of(info, by)
    if tmdb_id is None:
        return None
    loader = info.context.loader(FacetLoader)
    found = await landed(loader.find(MovieKey(tmdb_id, locale)), info)
    return None if found is None else Movie.of(found, locale)


async def movie_node(info: Info, parts: tuple[str, ...]) -> Movie | None:
    """Find a film by the inside of its global id."""
    tmdb_id = GlobalId("Movie", parts).number()
    return await _find(info, MovieRef(tmdb_id=tmdb_id), info.context.locale)


@strawberry.field(
    description="Films whose titles match, best match first.",
    directives=[lasting(policies.SEARCH.ttl)],
    metadata=ANYBODY.declared,
)
async def search(
    info: Info,
    query: Annotated[str, strawberry.argument(description="Words of the title, 1 to 200 letters.")],
    first: First = 20,
    after: After = None,
    year: Annotated[
        int | None, strawberry.argument(description="Year of the first release; null for any.")
    ] = None,
    language: Language = None,
    region: Region = None,
) -> Connection[Movie] | None:
    """Search TMDB."""
    words = " ".join(query.split())
    if not words or len(words) > _LONGEST_QUERY:
        raise BadUserInputError("`query` takes 1 to 200 letters.", argument="query")
    if year is not None and not 1800 <= year <= 2200:  # noqa: PLR2004 - no film is outside
        raise BadUserInputError("`year` is a year such as 1999.", argument="year")
    locale = info.context.locale.with_arguments(language=language, region=region)
    key = PageKey(
        kind=List.SEARCH,
        subject=words,
        page=1,
        language=locale.language,
        region=locale.region if region else None,
        year=year,
    )
    return await page_of(info, key, locale, first, after)


@strawberry.field(
    description="Films by their properties.",
    directives=[lasting(policies.DISCOVER.ttl)],
    metadata=ANYBODY.declared,
)
async def discover(
    info: Info,
    filter: Annotated[  # noqa: A002 - the graph's name
        DiscoverFilter | None, strawberry.argument(description="All must hold; null for any film.")
    ] = None,
    order_by: Annotated[
        DiscoverOrder | None, strawberry.argument(description="Null is most popular first.")
    ] = None,
    first: First = 20,
    after: After = None,
) -> Connection[Movie] | None:
    """Let TMDB filter."""
    locale = info.context.locale
    key = PageKey(
        kind=List.DISCOVER,
        subject="",
        page=1,
        language=locale.language,
        filters=to_discover(filter, order_by),
    )
    return await page_of(info, key, locale, first, after)


@strawberry.field(
    description="One of TMDB's charts.",
    directives=[lasting(policies.CHART.ttl)],
    metadata=ANYBODY.declared,
)
async def charts(
    info: Info,
    chart: Annotated[MovieChart, strawberry.argument(description="Which chart.")],
    first: First = 20,
    after: After = None,
) -> Connection[Movie] | None:
    """Read a chart."""
    locale = info.context.locale
    trending = chart in {MovieChart.TRENDING_DAY, MovieChart.TRENDING_WEEK}
    local = chart in {MovieChart.UPCOMING, MovieChart.NOW_PLAYING}
    key = PageKey(
        kind=List.TRENDING if trending else List.CHART,
        subject=chart.value,
        page=1,
        language=locale.language,
        region=locale.region if local else None,
    )
    return await page_of(info, key, locale, first, after)


@strawberry.field(
    description="All genres, named in the language of the request.",
    directives=[lasting(policies.GENRES.ttl)],
    metadata=ANYBODY.declared,
)
async def genres(info: Info) -> list[Genre] | None:
    """Read TMDB's list."""
    found = await info.context.loader(GenresLoader).load(info.context.locale.language, info)
    return None if found is None else [Genre.of(genre) for genre in found]


async def page_of(
    info: Info,
    key: PageKey,
    locale: Locale,
    first: int,
    after: str | None,
    head: Callable[[], Awaitable[Page[MovieSummary] | None]] | None = None,
) -> Connection[Movie] | None:
    """Connect a list of films; ``head`` loads its first page where that comes with a film."""
    loader = info.context.loader(PageLoader)
    window = Window.of(first, after, key)

    async def load(number: int) -> Page[MovieSummary] | None:
        if number == 1 and head is not None:
            return await head()
        if number > MAX_PAGE:  # TMDB serves no more, so nobody was given such a cursor
            return Page(number=number)
        return await loader.load(key._replace(page=number), info)

    tags = info.context.tags

    def shown(summary: MovieSummary) -> Movie:
        film = Movie.of(summary, locale)
        tags.add(f"movie:{film.tmdb_id}")
        return film

    return await connect_pages(
        load,
        window,
        page_size=PAGE_SIZE,
        identity=lambda summary: summary.tmdb_id,
        node=shown,
    )
