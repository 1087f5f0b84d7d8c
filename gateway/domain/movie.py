"""A film and the parts of it that one upstream answer may carry."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import Enum
from typing import Generic, TypeVar

T = TypeVar("T")


class ReleaseStatus(Enum):
    """Where a film stands between rumour and release."""

    RUMORED = "RUMORED"
    PLANNED = "PLANNED"
    IN_PRODUCTION = "IN_PRODUCTION"
    POST_PRODUCTION = "POST_PRODUCTION"
    RELEASED = "RELEASED"
    CANCELED = "CANCELED"
    UNKNOWN = "UNKNOWN"


@dataclass(frozen=True, slots=True, kw_only=True)
class Genre:
    """A genre of TMDB's list; the name is localised."""

    tmdb_id: int
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Collection:
    """A series of films, such as a trilogy."""

    tmdb_id: int
    name: str
    poster_path: str | None = None
    backdrop_path: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MovieSummary:
    """What a list item tells of a film; every list carries this much."""

    tmdb_id: int
    title: str
    original_title: str | None = None
    original_language: str | None = None  # ISO 639-1
    overview: str | None = None
    released_on: date | None = None
    poster_path: str | None = None
    backdrop_path: str | None = None
    genre_ids: tuple[int, ...] = ()
    vote_average: float | None = None  # 0 to 10; None without votes
    vote_count: int | None = None
    adult: bool = False

    @property
    def year(self) -> int | None:
        """Calendar year of the release."""
        return self.released_on.year if self.released_on else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Movie(MovieSummary):
    """A film in full, as its own page describes it."""

    imdb_id: str | None = None
    tagline: str | None = None
    runtime_min: int | None = None
    status: ReleaseStatus = ReleaseStatus.UNKNOWN
    genres: tuple[Genre, ...] = ()
    budget_usd: int | None = None
    revenue_usd: int | None = None
    collection: Collection | None = None
    homepage: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Page(Generic[T]):
    """One page of an upstream list; pages are numbered from 1."""

    number: int
    items: tuple[T, ...] = ()
    total_pages: int = 0  # already clamped to what the upstream serves
    total_items: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CastMember:
    """A person on screen; ``order`` is the billing, from 0."""

    tmdb_id: int
    name: str
    character: str | None = None
    order: int | None = None
    profile_path: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CrewMember:
    """A person behind the camera."""

    tmdb_id: int
    name: str
    department: str | None = None
    job: str | None = None
    profile_path: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Credits:
    """Cast in billing order, then crew as the upstream lists it."""

    cast: tuple[CastMember, ...] = ()
    crew: tuple[CrewMember, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ExternalIds:
    """The same film in other catalogues."""

    imdb_id: str | None = None
    wikidata_id: str | None = None
    facebook_id: str | None = None
    instagram_id: str | None = None
    twitter_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """One release in one country; ``kind`` is TMDB's 1 to 6, 3 is theatrical."""

    region: str  # ISO 3166-1
    kind: int | None = None
    certification: str | None = None
    released_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchProvider:
    """A service that offers the film."""

    tmdb_id: int
    name: str
    logo_path: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchOffers:
    """Where to watch in one country, by kind of offer."""

    region: str
    link: str | None = None
    flatrate: tuple[WatchProvider, ...] = ()
    free: tuple[WatchProvider, ...] = ()
    ads: tuple[WatchProvider, ...] = ()
    rent: tuple[WatchProvider, ...] = ()
    buy: tuple[WatchProvider, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Rating:
    """One judgement of a film on its own scale."""

    source: str
    value: float
    scale: float  # the best possible value
    votes: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Keyword:
    """A theme that editors attached to a film."""

    tmdb_id: int
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseDates:
    """Releases by country, in the upstream's order."""

    releases: tuple[Release, ...] = field(default=())
