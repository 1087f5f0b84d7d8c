"""What OMDb adds to the ratings of a film."""

from __future__ import annotations

import strawberry

from gateway.domain import movie as domain
from gateway.domain.movie import Rating as DomainRating
from gateway.graph.cache_control import lasting
from gateway.graph.context import GraphContext
from gateway.graph.facets import Facet, needs
from gateway.graph.landings import then
from gateway.graph.loaded import loads
from gateway.graph.loader import NOTHING, Landing
from gateway.graph.movie import Movie, Rating
from gateway.graph.ports import MovieKey, MoviesById
from gateway.upstreams.omdb import policies
from gateway.upstreams.omdb.loaders import RatingsLoader


def ratings_of(movie: Movie, context: GraphContext) -> Landing[tuple[DomainRating, ...]]:
    """Join by the IMDb id, which the film's own page tells."""
    if not context.enabled(RatingsLoader.upstream):
        return NOTHING
    film = context.loader(MoviesById).find(MovieKey(movie.tmdb_id, movie.locale))

    def follow(found: domain.Movie | None) -> Landing[tuple[DomainRating, ...]]:
        if found is None or found.imdb_id is None:
            return NOTHING
        return context.loader(RatingsLoader).ask(found.imdb_id)

    return then(film, follow)


@strawberry.field(
    description="IMDb, Rotten Tomatoes and Metacritic.",
    metadata=needs(Facet.DETAILS),
    directives=[lasting(policies.RATINGS.ttl)],
)
@loads(ratings_of)
def ratings(found: tuple[DomainRating, ...] | None) -> list[Rating] | None:
    """Null where nobody could be asked."""
    if found is None:
        return None
    return [
        Rating(source=each.source, value=each.value, scale=each.scale, votes=each.votes)
        for each in found
    ]
