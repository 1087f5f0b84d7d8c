"""What YouTube adds to a video that TMDB lists."""

from __future__ import annotations

from typing import Annotated

import strawberry

from gateway.domain.trailer import TrailerSite, Video
from gateway.graph.context import Info
from gateway.graph.image import Image, ThumbnailSize
from gateway.graph.locale import region_code
from gateway.graph.scalars import URL, BigInt
from gateway.graph.trailer import Channel, Trailer
from gateway.upstreams.youtube.loaders import VideoLoader

_WITHOUT_SIZE = ("high", "medium", "standard", "maxres", "default")  # sharp enough for a list

Parent = strawberry.Parent[Trailer]
_ELSEWHERE = "null on other sites and for videos that are private or gone."


async def _video(info: Info, trailer: Trailer) -> Video | None:
    if trailer.site is not TrailerSite.YOUTUBE:
        return None
    return await info.context.loader(VideoLoader).load(trailer.key, info)


@strawberry.field(description=f"Length in seconds; {_ELSEWHERE}")
async def duration_seconds(trailer: Parent, info: Info) -> int | None:
    """Of YouTube's content details."""
    video = await _video(info, trailer)
    return video.duration_s if video else None


@strawberry.field(description=f"Views at YouTube, at most an hour old; {_ELSEWHERE}")
async def view_count(trailer: Parent, info: Info) -> BigInt | None:
    """Of YouTube's statistics."""
    video = await _video(info, trailer)
    return None if video is None or video.view_count is None else BigInt(video.view_count)


@strawberry.field(description=f"Likes at YouTube; null where they are hidden, {_ELSEWHERE}")
async def like_count(trailer: Parent, info: Info) -> BigInt | None:
    """Of YouTube's statistics."""
    video = await _video(info, trailer)
    return None if video is None or video.like_count is None else BigInt(video.like_count)


@strawberry.field(description=f"Who published it at YouTube; {_ELSEWHERE}")
async def channel(trailer: Parent, info: Info) -> Channel | None:
    """Of YouTube's snippet."""
    video = await _video(info, trailer)
    if video is None or (video.channel_id is None and video.channel_title is None):
        return None
    return Channel(channel_id=video.channel_id, title=video.channel_title)


@strawberry.field(
    description=f"A still of the video; null where YouTube lacks that size, {_ELSEWHERE}"
)
async def thumbnail(
    trailer: Parent,
    info: Info,
    size: Annotated[
        ThumbnailSize | None,
        strawberry.argument(description="How large; null takes HIGH or what comes nearest."),
    ] = None,
) -> Image | None:
    """Of YouTube's snippet."""
    video = await _video(info, trailer)
    stills = dict(video.thumbnails) if video else {}
    names = _WITHOUT_SIZE if size is None else (size.value,)
    still = next((stills[name] for name in names if name in stills), None)
    if still is None:
        return None
    return Image(url=URL(still.url), width=still.width, height=still.height)


@strawberry.field(description=f"Whether other sites may embed it; {_ELSEWHERE}")
async def embeddable(trailer: Parent, info: Info) -> bool | None:
    """Of YouTube's status."""
    video = await _video(info, trailer)
    return video.embeddable if video else None


@strawberry.field(description=f"Whether only adults who sign in may play it; {_ELSEWHERE}")
async def age_restricted(trailer: Parent, info: Info) -> bool | None:
    """Of YouTube's content rating."""
    video = await _video(info, trailer)
    return video.age_restricted if video else None


@strawberry.field(
    description="Whether it plays in a region; false for videos that are private or gone, "
    "null on other sites."
)
async def playable_in(
    trailer: Parent,
    info: Info,
    region: Annotated[str, strawberry.argument(description='Region, ISO 3166-1 such as "DE".')],
) -> bool | None:
    """Of YouTube's restrictions."""
    wanted = region_code(region)
    if trailer.site is not TrailerSite.YOUTUBE or not info.context.enabled(VideoLoader.upstream):
        return None
    video = await _video(info, trailer)
    return video is not None and video.playable_in(wanted)
