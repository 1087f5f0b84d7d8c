"""TMDB: the films, and everything about them that their own pages tell."""

from gateway.graph.movie import Collection, Movie, WatchProvider
from gateway.graph.people import CastMember, CrewMember
from gateway.graph.ports import MoviesById, MoviesByImdbId
from gateway.graph.request import MediaRequest
from gateway.graph.roots import Query
from gateway.subgraph import Subgraph
from gateway.upstreams.tmdb.changes import follow_changes
from gateway.upstreams.tmdb.client_errors import classify
from gateway.upstreams.tmdb.costs import COSTS
from gateway.upstreams.tmdb.fields import entries, facets, movie, pictures, related, trailers
from gateway.upstreams.tmdb.image_server import Tmdb
from gateway.upstreams.tmdb.lists import FoundLoader
from gateway.upstreams.tmdb.loaders import FacetLoader
from gateway.upstreams.tmdb.settings import TmdbSettings

SUBGRAPH = Subgraph(
    name="tmdb",
    settings=TmdbSettings,
    client=lambda http, _: Tmdb(http),
    pictures=lambda client: [client.image_base_url],
    fields={
        Query: [
            entries.movie,
            entries.movies,
            entries.search,
            entries.discover,
            entries.charts,
            entries.genres,
        ],
        Movie: [
            movie.imdb_id,
            movie.tagline,
            movie.runtime_minutes,
            movie.status,
            movie.genres,
            movie.poster,
            movie.backdrop,
            facets.credits,
            facets.certification,
            movie.budget,
            movie.revenue,
            movie.collection,
            facets.keywords,
            facets.external_ids,
            movie.homepage,
            facets.watch_providers,
            related.recommendations,
            related.similar,
            trailers.trailers,
            trailers.best_trailer,
        ],
        MediaRequest: [related.movie_of_request],
        Collection: [pictures.collection_poster, pictures.collection_backdrop],
        CastMember: [pictures.cast_profile],
        CrewMember: [pictures.crew_profile],
        WatchProvider: [pictures.provider_logo],
    },
    lists={Movie: [movie.ratings]},
    provides={MoviesById: FacetLoader, MoviesByImdbId: FoundLoader},
    nodes={"Movie": entries.movie_node, "Trailer": trailers.trailer_node},
    costs=COSTS,
    classify=classify,
    budgets=TmdbSettings.budgets,
    hedged=TmdbSettings.hedged,
    check=Tmdb.check_key,
    start=Tmdb.learn,
    background=follow_changes,
)
