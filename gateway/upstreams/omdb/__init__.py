"""OMDb: what IMDb, Rotten Tomatoes and Metacritic say of a film."""

from gateway.graph.movie import Movie
from gateway.subgraph import Subgraph
from gateway.upstreams.omdb import fields
from gateway.upstreams.omdb.client import OmdbClient, classify
from gateway.upstreams.omdb.costs import COSTS
from gateway.upstreams.omdb.settings import OmdbSettings

SUBGRAPH = Subgraph(
    name="omdb",
    settings=OmdbSettings,
    client=lambda http, settings: OmdbClient(http, api_key=settings.key),
    lists={Movie: [fields.ratings]},
    costs=COSTS,
    classify=classify,
    budgets=OmdbSettings.budgets,
    check=OmdbClient.check_key,
)
