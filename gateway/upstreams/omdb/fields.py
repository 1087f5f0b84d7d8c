"""What OMDb adds to the ratings of a film."""

from __future__ import annotations

import strawberry

from gateway.graph.cache_control import lasting
from gateway.graph.context import Info
from gateway.graph.facets import Facet, needs
from gateway.graph.loader import landed
from gateway.graph.movie import Movie, Rating
from gateway.graph.ports import MovieKey, MoviesById
from gateway.upstreams.omdb import policies
from gateway.upstreams.omdb.loaders import RatingsLoader


@strawberry.field(
    description="IMDb, Rotten Tomatoes and Metacritic.",
    metadata=needs(Facet.DETAILS),
    directives=[lasting(policies.RATINGS.ttl)],
)
async def ratings(movie: strawberry.Parent[Movie], info: Info) -> list[Rating] | None:
    """Join by the IMDb id, which the film's own page tells."""
    context = info.context
    if not context.enabled(RatingsLoader.upstream):
        return None
    key = MovieKey(movie.tmdb_id, movie.locale)
    film = await landed(context.loader(MoviesById).find(key), info)
    if film is None or film.imdb_id is None:
        return None
    found = await context.loader(RatingsLoader).load(film.imdb_id, info)
    return [
        Rating(source=each.source, value=each.value, scale=each.scale, votes=each.votes)
        for each in found or ()
    ]
