"""What TMDB knows of a film in full, and what every item of a list shows."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any

import strawberry

from gateway.domain import movie as domain
from gateway.domain.movie import ReleaseStatus
from gateway.graph.cache_control import lasting
from gateway.graph.context import GraphContext
from gateway.graph.facets import Facet, needs
from gateway.graph.image import BackdropSize, Image, PosterSize
from gateway.graph.landings import then
from gateway.graph.loaded import in_context, loads
from gateway.graph.loader import NOTHING, Landing, Loaded
from gateway.graph.movie import (
    Collection,
    Genre,
    Movie,
    Rating,
)
from gateway.graph.scalars import URL, BigInt
from gateway.upstreams.tmdb import policies
from gateway.upstreams.tmdb.image_server import image
from gateway.upstreams.tmdb.lists import GenresLoader
from gateway.upstreams.tmdb.loaders import FacetLoader

Parent = strawberry.Parent[Movie]


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
@in_context
def poster(
    movie: Parent,
    context: GraphContext,
    size: Annotated[PosterSize, strawberry.argument(description="How large.")] = PosterSize.W500,
) -> Image | None:
    """Every list item knows it."""
    return image(context, movie.model.poster_path, size)


@strawberry.field(description="The wide picture behind a film's page; null where there is none.")
@in_context
def backdrop(
    movie: Parent,
    context: GraphContext,
    size: Annotated[
        BackdropSize, strawberry.argument(description="How large.")
    ] = BackdropSize.W1280,
) -> Image | None:
    """Every list item knows it."""
    return image(context, movie.model.backdrop_path, size)


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
