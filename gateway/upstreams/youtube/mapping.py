"""YouTube's videos as domain values; pure and total."""

from __future__ import annotations

import re
from collections.abc import Callable
from types import MappingProxyType
from typing import Final

from gateway.domain.backed import Backed
from gateway.domain.trailer import Thumbnail, Video
from gateway.telemetry import count_unknown
from gateway.upstreams.youtube.wire import (
    YouTubeContentDetails,
    YouTubeSnippet,
    YouTubeStatus,
    YouTubeThumbnail,
    YouTubeVideo,
)

_MAX_COUNT: Final = 2**53 - 1  # what a JSON number carries exactly
_MAX_DURATION_S: Final = 2**31 - 1
_SIZES: Final = ("default", "medium", "high", "standard", "maxres")  # small to large
_PLAYABLE_PRIVACY: Final = MappingProxyType({"public": True, "unlisted": True, "private": False})
_PLAYABLE_UPLOAD: Final = MappingProxyType(
    {"processed": True, "uploaded": False, "failed": False, "rejected": False, "deleted": False}
)
_WEB_URL: Final = re.compile(r"https?://[^\s<>\"]+", re.IGNORECASE)
_DURATION: Final = re.compile(
    r"P(?=.)(?:(\d{1,9})W)?(?:(\d{1,9})D)?"
    r"(?:T(?=.)(?:(\d{1,9})H)?(?:(\d{1,9})M)?(?:(\d{1,9})(?:[.,]\d{1,9})?S)?)?",
    re.ASCII,
)
_UNIT_S: Final = (604_800, 86_400, 3_600, 60, 1)


class _Video(Backed[YouTubeVideo], Video):
    __slots__ = ("_sent",)

    @property
    def key(self) -> str:
        return self._sent.id

    @property
    def title(self) -> str | None:
        snippet = self._sent.snippet
        return snippet.get("title") or None if snippet else None

    @property
    def duration_s(self) -> int | None:
        details = self._sent.content_details
        return to_duration_s(details.get("duration")) if details else None

    @property
    def view_count(self) -> int | None:
        counts = self._sent.statistics
        return to_count(counts.get("view_count")) if counts else None

    @property
    def like_count(self) -> int | None:
        counts = self._sent.statistics
        return to_count(counts.get("like_count")) if counts else None

    @property
    def channel_id(self) -> str | None:
        snippet = self._sent.snippet
        return snippet.get("channel_id") or None if snippet else None

    @property
    def channel_title(self) -> str | None:
        snippet = self._sent.snippet
        return snippet.get("channel_title") or None if snippet else None

    @property
    def thumbnails(self) -> tuple[tuple[str, Thumbnail], ...]:
        return _to_thumbnails(self._sent.snippet or YouTubeSnippet())

    @property
    def embeddable(self) -> bool | None:
        status = self._sent.status
        return status.get("embeddable") if status else None

    @property
    def age_restricted(self) -> bool:
        details = self._sent.content_details
        rating = details.get("content_rating") if details else None
        return rating is not None and rating.get("yt_rating") == "ytAgeRestricted"

    @property
    def playable(self) -> bool:
        return _is_playable(self._sent.status or YouTubeStatus())

    @property
    def allowed_regions(self) -> frozenset[str] | None:
        return _allowed_regions(self._sent.content_details or YouTubeContentDetails())

    @property
    def blocked_regions(self) -> frozenset[str]:
        return _blocked_regions(self._sent.content_details or YouTubeContentDetails())


to_video: Final[Callable[[YouTubeVideo], Video]] = _Video
"""What YouTube tells of a video; hidden counts are ``None``."""


def to_count(digits: str | None) -> int | None:
    """A count sent as a string; ``None`` beyond 2^53 - 1."""
    count = int(digits) if digits else None
    return None if count is None or count > _MAX_COUNT else count


def to_duration_s(duration: str | None) -> int | None:
    """Whole seconds of an ISO 8601 duration in weeks, days and time.

    ``P0D``, which live streams have, is 0; months and years have no length, hence ``None``.
    """
    found = _DURATION.fullmatch(duration or "")
    if found is None:
        return None
    total_s = sum(
        int(count) * unit_s
        for count, unit_s in zip(found.groups(), _UNIT_S, strict=True)
        if count is not None
    )
    return total_s if total_s <= _MAX_DURATION_S else None


def _to_thumbnails(snippet: YouTubeSnippet) -> tuple[tuple[str, Thumbnail], ...]:
    """Known sizes, small to large, with a web address."""
    sent = snippet.get("thumbnails") or {}
    return tuple(
        (size, _to_thumbnail(still))
        for size in _SIZES
        if (still := sent.get(size)) is not None and _WEB_URL.fullmatch(still["url"])
    )


def _to_thumbnail(still: YouTubeThumbnail) -> Thumbnail:
    width, height = still.get("width"), still.get("height")
    return Thumbnail(url=still["url"], width=width or None, height=height or None)


def _is_playable(status: YouTubeStatus) -> bool:
    """Public or unlisted, and processed; unknown words are counted and do not forbid."""
    verdicts: list[bool] = []
    for field, value, table in (
        ("privacyStatus", status.get("privacy_status"), _PLAYABLE_PRIVACY),
        ("uploadStatus", status.get("upload_status"), _PLAYABLE_UPLOAD),
    ):
        if value is None:
            continue
        if value not in table:
            count_unknown("youtube", field, value)
        verdicts.append(table.get(value, True))
    return all(verdicts)


def _allowed_regions(details: YouTubeContentDetails) -> frozenset[str] | None:
    """Where it plays at all; with both restrictions only what both allow."""
    region, country = details.get("region_restriction"), details.get("country_restriction")
    lists: list[frozenset[str]] = []
    if region and (allowed := region.get("allowed")) is not None:
        lists.append(frozenset(allowed))
    if country and not country["allowed"]:
        lists.append(frozenset(country.get("exception", ())))
    return frozenset.intersection(*lists) if lists else None


def _blocked_regions(details: YouTubeContentDetails) -> frozenset[str]:
    region, country = details.get("region_restriction"), details.get("country_restriction")
    blocked = frozenset(region.get("blocked", ()) if region else ())
    if country and country["allowed"]:
        return blocked | frozenset(country.get("exception", ()))
    return blocked
