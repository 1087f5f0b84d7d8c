"""YouTube: statistics and playability of the videos that TMDB lists."""

from gateway.graph.ports import VideosByKey
from gateway.graph.trailer import Trailer
from gateway.subgraph import Subgraph
from gateway.upstreams.youtube import fields
from gateway.upstreams.youtube.client import YouTubeClient, classify
from gateway.upstreams.youtube.costs import COSTS
from gateway.upstreams.youtube.loaders import VideoLoader
from gateway.upstreams.youtube.settings import YouTubeSettings

SUBGRAPH = Subgraph(
    name="youtube",
    settings=YouTubeSettings,
    client=lambda http, _: YouTubeClient(http),
    fields={
        Trailer: [
            fields.duration_seconds,
            fields.view_count,
            fields.like_count,
            fields.channel,
            fields.thumbnail,
            fields.embeddable,
            fields.age_restricted,
            fields.playable_in,
        ],
    },
    provides={VideosByKey: VideoLoader},
    costs=COSTS,
    unit="Units",
    classify=classify,
    budgets=YouTubeSettings.budgets,
    check=YouTubeClient.check_key,
)
