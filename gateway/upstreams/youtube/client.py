"""YouTube's one endpoint that we need; never its search, for TMDB already names the videos."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from gateway.errors import UpstreamTimeoutError
from gateway.transport.http import UpstreamHttp
from gateway.transport.packing import Packer
from gateway.upstreams.youtube.client_errors import classify
from gateway.upstreams.youtube.wire import YouTubeVideo, YouTubeVideos

__all__ = ["MAX_IDS", "YouTubeClient", "classify"]

MAX_IDS: Final = 50
_PARTS: Final = "snippet,contentDetails,status,statistics"  # 1 unit, whatever the parts
_FIELDS: Final = (  # what the wire model reads, which is two fifths of it; costs no unit either
    "items(id,snippet(title,channelId,channelTitle,thumbnails),"
    "contentDetails(duration,contentRating/ytRating,regionRestriction,countryRestriction),"
    "status(privacyStatus,uploadStatus,embeddable),statistics(viewCount,likeCount))"
)
_EVERGREEN: Final = "jNQXAC9IVRw"  # the first video ever; whether it is there does not matter


class YouTubeClient:
    """One method per endpoint; no caching, no mapping."""

    def __init__(self, http: UpstreamHttp) -> None:
        self._http = http
        self._packer = Packer(self._pack, most=MAX_IDS)

    async def videos(self, ids: Sequence[str]) -> dict[str, YouTubeVideo]:
        """Fetch videos; private, removed and unknown ids are left out.

        Args:
            ids: 1 to 50 different ids; a call costs 1 quota unit at any count, so it may carry
                those of other operations too.

        Returns:
            Videos by id, in no promised order, none that was not asked for.

        Raises:
            ValueError: No id, or more than 50.
            QuotaExhaustedError: The day's quota is spent until midnight Pacific time.
            UpstreamError: YouTube gave no usable answer.

        Source: YouTube Data API v3, ``videos.list``.
        """
        asked = dict.fromkeys(ids)
        if not 1 <= len(asked) <= MAX_IDS:
            raise ValueError(f"ask for 1 to {MAX_IDS} videos, not {len(asked)}")
        try:
            return await self._packer.get(asked)
        except TimeoutError as exc:
            raise UpstreamTimeoutError("youtube", "videos", "gave no answer in time") from exc

    async def _pack(self, ids: Sequence[str]) -> dict[str, YouTubeVideo]:
        found = await self._http.get(
            "videos",
            "/videos",
            YouTubeVideos,
            absent=(),
            part=_PARTS,
            fields=_FIELDS,
            id=",".join(ids),
        )
        asked = frozenset(ids)
        items = () if found is None else found.items
        return {video.id: video for video in items if video.id in asked}

    async def check_key(self) -> None:
        """Ask whether the key is good, for 1 quota unit.

        Raises:
            UpstreamUnauthorizedError: It is not.
            QuotaExhaustedError: It is, but the day's quota is spent.
        """
        await self.videos([_EVERGREEN])
