"""A film's video, and what its host tells of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum


class TrailerKind(Enum):
    """What a video is; kinds we do not know are ``OTHER``."""

    TRAILER = "TRAILER"
    TEASER = "TEASER"
    CLIP = "CLIP"
    FEATURETTE = "FEATURETTE"
    BEHIND_THE_SCENES = "BEHIND_THE_SCENES"
    BLOOPERS = "BLOOPERS"
    OTHER = "OTHER"

    __hash__ = object.__hash__  # an enum's own is a Python function


class TrailerSite(Enum):
    """Where a video plays."""

    YOUTUBE = "YOUTUBE"
    VIMEO = "VIMEO"
    OTHER = "OTHER"

    __hash__ = object.__hash__  # ditto


@dataclass(frozen=True, slots=True, kw_only=True)
class Trailer:
    """A video as TMDB lists it."""

    video_id: str  # TMDB's own, 24 hex digits
    tmdb_id: int  # the film's
    key: str  # the site's
    site: TrailerSite
    name: str
    kind: TrailerKind
    language: str | None = None  # ISO 639-1
    region: str | None = None  # ISO 3166-1
    official: bool | None = None
    published_at: datetime | None = None
    resolution: int | None = None  # lines, such as 1080


@dataclass(frozen=True, slots=True, kw_only=True)
class Thumbnail:
    """A still of a video; sizes in pixels."""

    url: str
    width: int | None = None
    height: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Video:
    """What YouTube tells of a public video."""

    key: str
    title: str | None = None
    duration_s: int | None = None
    view_count: int | None = None
    like_count: int | None = None
    channel_id: str | None = None
    channel_title: str | None = None
    thumbnails: tuple[tuple[str, Thumbnail], ...] = ()  # size name and still
    embeddable: bool | None = None
    age_restricted: bool = False
    playable: bool = True  # public and processed
    allowed_regions: frozenset[str] | None = None  # None: no allow-list
    blocked_regions: frozenset[str] = frozenset()

    def playable_in(self, region: str) -> bool:
        """Whether a viewer in ``region`` (ISO 3166-1) may play it."""
        if not self.playable or region in self.blocked_regions:
            return False
        return self.allowed_regions is None or region in self.allowed_regions
