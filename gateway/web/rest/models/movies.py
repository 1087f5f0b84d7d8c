"""Films and their videos."""

from __future__ import annotations

from datetime import date, datetime

from pydantic import Field

from gateway.domain.movie import ReleaseStatus
from gateway.domain.request import Availability
from gateway.domain.trailer import TrailerKind, TrailerSite
from gateway.web.rest.models.base import Answer, GlobalId, Model, Url


class Image(Model):
    """A picture."""

    url: Url
    width: int | None = Field(description="Pixels; null where not known.")
    height: int | None = Field(description="Pixels; null where not known.")


class Genre(Model):
    """A genre, named in the language asked for."""

    id: GlobalId
    tmdb_id: int
    name: str


class Channel(Model):
    """Whoever published a video."""

    channel_key: str | None = Field(description="YouTube's id of the channel.")
    title: str | None


class Trailer(Model):
    """A video about a film; what only YouTube tells is null for other sites."""

    id: GlobalId
    key: str = Field(description="The site's own id of the video.")
    site: TrailerSite
    url: Url = Field(description="Page to watch it at.")
    embed_url: Url | None = Field(description="Address for an iframe.")
    name: str
    kind: TrailerKind
    language: str | None
    official: bool | None
    published_at: datetime | None
    resolution: int | None = Field(description="Lines of the picture, such as 1080.")
    duration_seconds: int | None
    view_count: int | None
    like_count: int | None
    channel: Channel | None
    thumbnail: Image | None
    embeddable: bool | None
    age_restricted: bool | None


class MovieCard(Model):
    """A film as lists show it."""

    id: GlobalId
    tmdb_id: int = Field(description="TMDB's id, as in themoviedb.org/movie/603.")
    title: str
    original_title: str | None
    original_language: str | None = Field(description='ISO 639-1, such as "en".')
    overview: str | None
    release_date: date | None
    year: int | None
    genres: list[Genre] | None
    poster: Image | None
    backdrop: Image | None


class MovieWithTrailer(MovieCard):
    """A film as lists of requests show it."""

    best_trailer: Trailer | None


class Collection(Model):
    """A series of films."""

    tmdb_id: int
    name: str
    poster: Image | None
    backdrop: Image | None


class Keyword(Model):
    """A theme."""

    tmdb_id: int
    name: str


class ExternalIds(Model):
    """The same film elsewhere."""

    imdb_id: str | None
    wikidata_id: str | None
    facebook_id: str | None
    instagram_id: str | None
    twitter_id: str | None


class CastMember(Model):
    """A person on screen."""

    tmdb_id: int
    name: str
    character: str | None
    order: int | None = Field(description="Place in the billing, from 0.")
    profile: Image | None


class CrewMember(Model):
    """A person behind the camera."""

    tmdb_id: int
    name: str
    department: str | None
    job: str | None
    profile: Image | None


class Credits(Model):
    """Everyone who is credited."""

    cast: list[CastMember]
    crew: list[CrewMember]


class Rating(Model):
    """One judgement."""

    source: str
    value: float = Field(description="From 0 to `scale`.")
    scale: float
    votes: int | None


class WatchProvider(Model):
    """A service that offers a film."""

    tmdb_id: int
    name: str
    logo: Image | None


class WatchProviders(Model):
    """Where to watch a film in one region; data by JustWatch, to be named where it is shown."""

    region: str
    link: Url | None
    flatrate: list[WatchProvider]
    free: list[WatchProvider]
    ads: list[WatchProvider]
    rent: list[WatchProvider]
    buy: list[WatchProvider]


class Movie(MovieWithTrailer, Answer):
    """A film with all that is known of it."""

    imdb_id: str | None
    tagline: str | None
    runtime_minutes: int | None
    status: ReleaseStatus | None
    certification: str | None
    budget: int | None = Field(description="US dollars.")
    revenue: int | None = Field(description="US dollars.")
    homepage: Url | None
    collection: Collection | None
    keywords: list[Keyword] | None
    external_ids: ExternalIds | None
    credits: Credits | None
    ratings: list[Rating] | None
    watch_providers: WatchProviders | None
    availability: Availability | None = Field(description="In the library, HD.")
    availability4k: Availability | None = Field(
        alias="availability4k", description="In the library, 4K."
    )
