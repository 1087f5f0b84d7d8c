"""What YouTube adds to a video that TMDB lists."""

from __future__ import annotations

from typing import Annotated

import strawberry

from gateway.domain.trailer import TrailerSite, Video
from gateway.graph.cache_control import lasting
from gateway.graph.context import GraphContext
from gateway.graph.image import Image, ThumbnailSize
from gateway.graph.loaded import loads
from gateway.graph.loader import NOTHING, Landing
from gateway.graph.locale import region_code
from gateway.graph.scalars import URL, BigInt
from gateway.graph.trailer import Channel, Trailer
from gateway.upstreams.youtube import policies
from gateway.upstreams.youtube.loaders import VideoLoader

_WITHOUT_SIZE = ("high", "medium", "standard", "maxres", "default")  # sharp enough for a list

Parent = strawberry.Parent[Trailer]
_ELSEWHERE = "null on other sites and for videos that are private or gone."


def video_of(trailer: Trailer, context: GraphContext) -> Landing[Video]:
    """What YouTube tells, of those that play there."""
    if trailer.site is not TrailerSite.YOUTUBE:
        return NOTHING
    return context.loader(VideoLoader).ask(trailer.key)


@strawberry.field(
    description=f"Length in seconds; {_ELSEWHERE}",
    directives=[lasting(policies.VIDEO.ttl)],
)
@loads(video_of)
def duration_seconds(video: Video | None) -> int | None:
    """Of YouTube's content details."""
    return video.duration_s if video else None


@strawberry.field(
    description=f"Views at YouTube, at most an hour old; {_ELSEWHERE}",
    directives=[lasting(policies.VIDEO.ttl)],
)
@loads(video_of)
def view_count(video: Video | None) -> BigInt | None:
    """Of YouTube's statistics."""
    return None if video is None or video.view_count is None else BigInt(video.view_count)


@strawberry.field(
    description=f"Likes at YouTube; null where they are hidden, {_ELSEWHERE}",
    directives=[lasting(policies.VIDEO.ttl)],
)
@loads(video_of)
def like_count(video: Video | None) -> BigInt | None:
    """Of YouTube's statistics."""
    return None if video is None or video.like_count is None else BigInt(video.like_count)


@strawberry.field(
    description=f"Who published it at YouTube; {_ELSEWHERE}",
    directives=[lasting(policies.VIDEO.ttl)],
)
@loads(video_of)
def channel(video: Video | None) -> Channel | None:
    """Of YouTube's snippet."""
    if video is None or (video.channel_id is None and video.channel_title is None):
        return None
    return Channel(channel_id=video.channel_id, title=video.channel_title)


@strawberry.field(
    description=f"A still of the video; null where YouTube lacks that size, {_ELSEWHERE}",
    directives=[lasting(policies.VIDEO.ttl)],
)
@loads(video_of)
def thumbnail(
    video: Video | None,
    size: Annotated[
        ThumbnailSize | None,
        strawberry.argument(description="How large; null takes HIGH or what comes nearest."),
    ] = None,
) -> Image | None:
    """Of YouTube's snippet."""
    stills = dict(video.thumbnails) if video else {}
    names = _WITHOUT_SIZE if size is None else (size.value,)
    still = next((stills[name] for name in names if name in stills), None)
    if still is None:
        return None
    return Image(url=URL(still.url), width=still.width, height=still.height)


@strawberry.field(
    description=f"Whether other sites may embed it; {_ELSEWHERE}",
    directives=[lasting(policies.VIDEO.ttl)],
)
@loads(video_of)
def embeddable(video: Video | None) -> bool | None:
    """Of YouTube's status."""
    return video.embeddable if video else None


@strawberry.field(
    description=f"Whether only adults who sign in may play it; {_ELSEWHERE}",
    directives=[lasting(policies.VIDEO.ttl)],
)
@loads(video_of)
def age_restricted(video: Video | None) -> bool | None:
    """Of YouTube's content rating."""
    return video.age_restricted if video else None


@strawberry.field(
    description="Whether it plays in a region; false for videos that are private or gone, "
    "null on other sites.",
    directives=[lasting(policies.VIDEO.ttl)],
)
@loads(video_of)
def playable_in(
    video: Video | None,
    trailer: Parent,
    context: GraphContext,
    region: Annotated[str, strawberry.argument(description='Region, ISO 3166-1 such as "DE".')],
) -> bool | None:
    """Of YouTube's restrictions."""
    wanted = region_code(region)
    if trailer.site is not TrailerSite.YOUTUBE or not context.enabled(VideoLoader.upstream):
        return None
    return video is not None and video.playable_in(wanted)
