"""Films that belong to a film, or to a request for one."""

from __future__ import annotations

from typing import cast

import strawberry

from gateway.domain import movie as domain
from gateway.graph.access import ANYBODY
from gateway.graph.cache_control import lasting
from gateway.graph.connection import After, Connection, First
from gateway.graph.context import GraphContext, Info
from gateway.graph.facets import Facet, needs
from gateway.graph.loaded import loads
from gateway.graph.loader import Landing, landed
from gateway.graph.movie import (
    Movie,
)
from gateway.graph.request import MediaRequest
from gateway.upstreams.tmdb import policies
from gateway.upstreams.tmdb.fields.entries import page_of
from gateway.upstreams.tmdb.fields.facets import of_facet
from gateway.upstreams.tmdb.lists import List, PageKey
from gateway.upstreams.tmdb.loaders import FacetLoader

Parent = strawberry.Parent[Movie]


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
