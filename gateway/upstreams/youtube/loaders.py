"""Videos by key, in packs of fifty."""

from __future__ import annotations

from collections.abc import Sequence

from gateway.domain.trailer import Video
from gateway.errors import UpstreamError
from gateway.graph.loader import Found, Loader, side_by_side
from gateway.graph.ports import VideosByKey
from gateway.upstreams.youtube import policies
from gateway.upstreams.youtube.client import MAX_IDS, YouTubeClient
from gateway.upstreams.youtube.mapping import to_video
from gateway.upstreams.youtube.wire import YouTubeVideo


class VideoLoader(Loader[str, YouTubeVideo, Video], VideosByKey):
    """A call costs one unit at any count up to fifty, so the whole operation shares them."""

    upstream = "youtube"
    things = "videos"
    most = 1000  # twenty units of the ten thousand that a day has
    policy = policies.VIDEO
    wire = YouTubeVideo
    patient = True

    def to_domain(self, key: str, wire: YouTubeVideo) -> Video:  # noqa: ARG002 - the video knows it
        """Map."""
        return to_video(wire)

    async def fetch(self, keys: Sequence[str]) -> Sequence[Found[YouTubeVideo]]:
        """Ask pack by pack, side by side; what YouTube leaves out does not exist."""
        packs = [keys[at : at + MAX_IDS] for at in range(0, len(keys), MAX_IDS)]
        answers = await side_by_side([self._pack(each) for each in packs])
        return [found for answer in answers for found in answer]

    async def _pack(self, keys: Sequence[str]) -> Sequence[Found[YouTubeVideo]]:
        try:
            found = await self.ctx.need(YouTubeClient).videos(keys)
        except UpstreamError as exc:
            return [exc] * len(keys)  # fails this pack, not its neighbours
        return [found.get(key) for key in keys]
