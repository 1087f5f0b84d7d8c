"""Seerr: who asked for which film, and how far it got."""

from gateway.graph.movie import Movie
from gateway.graph.roots import Query
from gateway.subgraph import Subgraph
from gateway.transport.pool import PoolLimits
from gateway.upstreams.seerr import fields
from gateway.upstreams.seerr.client import SeerrClient, classify
from gateway.upstreams.seerr.costs import COSTS
from gateway.upstreams.seerr.settings import SeerrSettings

SUBGRAPH = Subgraph(
    name="seerr",
    settings=SeerrSettings,
    client=lambda http, settings: SeerrClient(http, acting_user_id=settings.user_id),
    fields={
        Query: [fields.requests],
        Movie: [fields.requests_of_movie, fields.availability, fields.viewer_request],
    },
    nodes={"Request": fields.request_node},
    costs=COSTS,
    classify=classify,
    pool=PoolLimits(idle_s=4.0),  # Seerr hangs up after 5 s
    check=SeerrClient.me,
)
