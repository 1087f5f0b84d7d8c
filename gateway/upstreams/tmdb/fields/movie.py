"""What TMDB adds to a film beyond a list item."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Annotated, Any, cast

import strawberry

from gateway.domain import movie as domain
from gateway.domain.movie import ReleaseStatus
from gateway.graph.access import ANYBODY
from gateway.graph.cache_control import lasting
from gateway.graph.connection import After, Connection, First
from gateway.graph.context import GraphContext, Info
from gateway.graph.facets import Facet, needs
from gateway.graph.image import BackdropSize, Image, PosterSize
from gateway.graph.landings import then
from gateway.graph.loaded import loads
from gateway.graph.loader import NOTHING, Landing, Loaded, landed
from gateway.graph.locale import region_code
from gateway.graph.movie import (
    Collection,
    ExternalIds,
    Genre,
    Keyword,
    Movie,
    Rating,
    WatchProvider,
    WatchProviders,
)
from gateway.graph.people import CastMember, Credits, CrewMember
from gateway.graph.request import MediaRequest
from gateway.graph.scalars import URL, BigInt
from gateway.upstreams.tmdb import policies
from gateway.upstreams.tmdb.fields.entries import page_of
from gateway.upstreams.tmdb.image_server import image
from gateway.upstreams.tmdb.lists import GenresLoader, List, PageKey
from gateway.upstreams.tmdb.loaders import FacetLoader

_THEATRICAL = 3

Parent = strawberry.Parent[Movie]
Region = Annotated[
    str | None,
    strawberry.argument(
        description='Region, ISO 3166-1 such as "DE"; null takes the header Accept-Language, '
        "else the gateway's setting."
    ),
]


def of_facet(facet: Facet) -> Callable[[Movie, GraphContext], Landing[object]]:
    """What a field loads that shows a part of the film."""

    def ask(movie: Movie, context: GraphContext) -> Landing[object]:
        return context.loader(FacetLoader).facet(movie.tmdb_id, movie.locale, facet)

    return ask


def details(movie: Movie, context: GraphContext) -> Landing[object]:
    """The film in full, which some films of an operation are already."""
    if isinstance(movie.model, domain.Movie):
        return Loaded(movie.model, "", None)
    return context.loader(FacetLoader).facet(movie.tmdb_id, movie.locale, Facet.DETAILS)


@strawberry.field(
    description='IMDb\'s id, such as "tt0133093"; null where there is none.',
    metadata=needs(Facet.DETAILS),
)
@loads(details)
def imdb_id(full: domain.Movie | None) -> str | None:
    """Of the film's own page."""
    return full.imdb_id if full else None


@strawberry.field(
    description="Advertising line, in the language asked for; null where there is none.",
    metadata=needs(Facet.DETAILS),
)
@loads(details)
def tagline(full: domain.Movie | None) -> str | None:
    """Of the film's own page."""
    return full.tagline if full else None


@strawberry.field(
    description="Running time in minutes; null where unknown.", metadata=needs(Facet.DETAILS)
)
@loads(details)
def runtime_minutes(full: domain.Movie | None) -> int | None:
    """Of the film's own page."""
    return full.runtime_min if full else None


@strawberry.field(
    description="Where the film stands between rumour and release.", metadata=needs(Facet.DETAILS)
)
@loads(details)
def status(full: domain.Movie | None) -> ReleaseStatus | None:
    """Of the film's own page."""
    return full.status if full else None


@strawberry.field(
    description="What it cost to make, in US dollars; null where unknown.",
    metadata=needs(Facet.DETAILS),
)
@loads(details)
def budget(full: domain.Movie | None) -> BigInt | None:
    """Of the film's own page."""
    return BigInt(full.budget_usd) if full and full.budget_usd is not None else None


@strawberry.field(
    description="What it took in cinemas, in US dollars; null where unknown.",
    metadata=needs(Facet.DETAILS),
)
@loads(details)
def revenue(full: domain.Movie | None) -> BigInt | None:
    """Of the film's own page."""
    return BigInt(full.revenue_usd) if full and full.revenue_usd is not None else None


@strawberry.field(
    description="The series of films it belongs to; null where there is none.",
    metadata=needs(Facet.DETAILS),
    directives=[lasting(policies.MOVIE.ttl)],
)
@loads(details)
def collection(full: domain.Movie | None) -> Collection | None:
    """Of the film's own page."""
    found = full.collection if full else None
    if found is None:
        return None
    return Collection(
        tmdb_id=found.tmdb_id,
        name=found.name,
        poster_path=found.poster_path,
        backdrop_path=found.backdrop_path,
    )


@strawberry.field(
    description="The film's own site; null where there is none.", metadata=needs(Facet.DETAILS)
)
@loads(details)
def homepage(full: domain.Movie | None) -> URL | None:
    """Of the film's own page."""
    return URL(full.homepage) if full and full.homepage else None


def genres_of(movie: Movie, context: GraphContext) -> Landing[object]:
    """The film's page where that is loaded anyway, else the list of all genres."""
    if isinstance(movie.model, domain.Movie):
        return Loaded(movie.model, "", None)
    soon = asyncio.get_running_loop().create_future()
    # Fields beside this one ask in the same turn of the loop.
    asyncio.get_running_loop().call_soon(soon.set_result, NOTHING)
    return then(soon, lambda _: _genres_now(movie, context))


def _genres_now(movie: Movie, context: GraphContext) -> Landing[Any]:
    if context.loader(FacetLoader).asked(movie.tmdb_id, movie.locale):
        return details(movie, context)
    if not movie.model.genre_ids:
        return Loaded((), "", None)
    return context.loader(GenresLoader).ask(movie.locale.language)


@strawberry.field(
    description="Genres, main one first; empty: TMDB names none.",
    directives=[lasting(policies.MOVIE.ttl)],
)
@loads(genres_of)
def genres(
    found: domain.Movie | tuple[domain.Genre, ...] | None, movie: Parent
) -> list[Genre] | None:
    """From the film itself, or by id from the list of all."""
    if isinstance(found, domain.Movie):
        return [Genre.of(genre) for genre in found.genres]
    if found is None and movie.model.genre_ids:
        return None
    by_id = {genre.tmdb_id: genre for genre in found or ()}
    return [Genre.of(by_id[each]) for each in movie.model.genre_ids if each in by_id]


@strawberry.field(description="The poster; null where there is none.")
def poster(
    movie: Parent,
    info: Info,
    size: Annotated[PosterSize, strawberry.argument(description="How large.")] = PosterSize.W500,
) -> Image | None:
    """Every list item knows it."""
    return image(info, movie.model.poster_path, size)


@strawberry.field(description="The wide picture behind a film's page; null where there is none.")
def backdrop(
    movie: Parent,
    info: Info,
    size: Annotated[
        BackdropSize, strawberry.argument(description="How large.")
    ] = BackdropSize.W1280,
) -> Image | None:
    """Every list item knows it."""
    return image(info, movie.model.backdrop_path, size)


@strawberry.field(
    description="How the film is judged, by source; empty: nobody has judged it. "
    "Sources that fail leave an error beside the others' ratings.",
    directives=[lasting(policies.MOVIE.ttl)],
)
def ratings(movie: Parent) -> list[Rating] | None:
    """TMDB's own votes, which every list item knows."""
    average = movie.model.vote_average
    if average is None:
        return []
    return [Rating(source="TMDB", value=average, scale=10, votes=movie.model.vote_count)]


@strawberry.field(
    description="Who made it and who is in it.",
    metadata=needs(Facet.CREDITS),
    directives=[lasting(policies.CREDITS.ttl)],
)
@loads(of_facet(Facet.CREDITS))
def credits(found: domain.Credits | None) -> Credits | None:  # noqa: A001 - the graph's name
    """Of the film's credits."""
    if found is None:
        return None
    return Credits(
        cast=[
            CastMember(
                tmdb_id=each.tmdb_id,
                name=each.name,
                character=each.character,
                order=each.order,
                profile_path=each.profile_path,
            )
            for each in found.cast
        ],
        crew=[
            CrewMember(
                tmdb_id=each.tmdb_id,
                name=each.name,
                department=each.department,
                job=each.job,
                profile_path=each.profile_path,
            )
            for each in found.crew
        ],
    )


@strawberry.field(
    description='Who may see it in a region, such as "PG-13"; null where TMDB does not tell.',
    metadata=needs(Facet.RELEASE_DATES),
    directives=[lasting(policies.RELEASE_DATES.ttl)],
)
@loads(of_facet(Facet.RELEASE_DATES))
def certification(
    dates: domain.ReleaseDates | None, movie: Parent, region: Region = None
) -> str | None:
    """Of the theatrical release, else of any."""
    wanted = movie.locale.region if region is None else region_code(region)
    certified = [
        r for r in (dates.releases if dates else ()) if r.region == wanted and r.certification
    ]
    certified.sort(key=lambda release: release.kind != _THEATRICAL)
    return certified[0].certification if certified else None


@strawberry.field(
    description="Themes that editors attached; empty: none.",
    metadata=needs(Facet.KEYWORDS),
    directives=[lasting(policies.KEYWORDS.ttl)],
)
@loads(of_facet(Facet.KEYWORDS))
def keywords(found: tuple[domain.Keyword, ...] | None) -> list[Keyword] | None:
    """Of the film's keywords."""
    return None if found is None else [Keyword(tmdb_id=k.tmdb_id, name=k.name) for k in found]


@strawberry.field(
    description="The film in other catalogues.",
    metadata=needs(Facet.EXTERNAL_IDS),
    directives=[lasting(policies.EXTERNAL_IDS.ttl)],
)
@loads(of_facet(Facet.EXTERNAL_IDS))
def external_ids(found: domain.ExternalIds | None) -> ExternalIds | None:
    """Of the film's external ids."""
    if found is None:
        return None
    return ExternalIds(
        imdb_id=found.imdb_id,
        wikidata_id=found.wikidata_id,
        facebook_id=found.facebook_id,
        instagram_id=found.instagram_id,
        twitter_id=found.twitter_id,
    )


@strawberry.field(
    description="Where to watch it in a region; null where TMDB knows of no offer there.",
    metadata=needs(Facet.WATCH_PROVIDERS),
    directives=[lasting(policies.WATCH_PROVIDERS.ttl)],
)
@loads(of_facet(Facet.WATCH_PROVIDERS))
def watch_providers(
    found: tuple[domain.WatchOffers, ...] | None, movie: Parent, region: Region = None
) -> WatchProviders | None:
    """Of the film's offers."""
    wanted = movie.locale.region if region is None else region_code(region)
    for offers in found or ():
        if offers.region == wanted:
            return WatchProviders(
                region=offers.region,
                link=URL(offers.link) if offers.link else None,
                flatrate=_providers(offers.flatrate),
                free=_providers(offers.free),
                ads=_providers(offers.ads),
                rent=_providers(offers.rent),
                buy=_providers(offers.buy),
            )
    return None


def _providers(found: tuple[domain.WatchProvider, ...]) -> list[WatchProvider]:
    return [WatchProvider(tmdb_id=p.tmdb_id, name=p.name, logo_path=p.logo_path) for p in found]


@strawberry.field(
    description="Films that people who liked this one like, says TMDB.",
    metadata=needs(Facet.RECOMMENDATIONS),
    directives=[lasting(policies.RECOMMENDATIONS.ttl)],
)
async def recommendations(
    movie: Parent, info: Info, first: First = 20, after: After = None
) -> Connection[Movie] | None:
    """The first page comes with the film."""
    return await _related(info, movie, Facet.RECOMMENDATIONS, first, after)


@strawberry.field(
    description="Films with the same keywords and genres, says TMDB.",
    metadata=needs(Facet.SIMILAR),
    directives=[lasting(policies.SIMILAR.ttl)],
)
async def similar(
    movie: Parent, info: Info, first: First = 20, after: After = None
) -> Connection[Movie] | None:
    """The first page comes with the film."""
    return await _related(info, movie, Facet.SIMILAR, first, after)


async def _related(
    info: Info, movie: Movie, facet: Facet, first: int, after: str | None
) -> Connection[Movie] | None:
    async def head() -> domain.Page[domain.MovieSummary] | None:
        found = await landed(of_facet(facet)(movie, info.context), info)
        return cast("domain.Page[domain.MovieSummary] | None", found)

    key = PageKey(
        kind=List(facet.value),
        subject=str(movie.tmdb_id),
        page=1,
        language=movie.locale.language,
    )
    return await page_of(info, key, movie.locale, first, after, head)


def film_of_request(request: MediaRequest, context: GraphContext) -> Landing[object]:
    """What the join loads."""
    loader = context.loader(FacetLoader)
    return loader.facet(request.tmdb_id, context.locale, Facet.DETAILS)


@strawberry.field(
    name="movie",
    description="The film; null if TMDB no longer knows it.",
    directives=[lasting(policies.MOVIE.ttl)],
    metadata=ANYBODY.declared,
)
@loads(film_of_request)
def movie_of_request(film: domain.Movie | None, context: GraphContext) -> Movie | None:
    """Join a request to its film by the TMDB id."""
    return None if film is None else Movie.of(film, context.locale)
