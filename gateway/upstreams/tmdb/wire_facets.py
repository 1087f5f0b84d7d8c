"""The parts of a film that ``append_to_response`` brings along, each also a call of its own.

A part's list is its identity: without it the part is unreadable, for an empty list would claim
that there are none.
"""

from __future__ import annotations

from typing import Annotated, NotRequired

from pydantic import Field, with_config
from typing_extensions import TypedDict  # pydantic reads the standard one from Python 3.12 on

from gateway.transport.lenient import (
    Id,
    Int32,
    Items,
    Lenient,
    OptionalItems,
    Table,
    UtcDatetime,
)
from gateway.upstreams.tmdb.wire import PART, TmdbWire

Token = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
"""A key that stands in URLs and cache keys; anything else is no key."""

Region = Annotated[str, Field(pattern=r"^[A-Z]{2}$")]
"""ISO 3166-1."""


@with_config(PART)
class TmdbVideo(TypedDict):
    """One video; ``site`` is nearly always YouTube."""

    id: Token
    key: Token
    name: NotRequired[Lenient[str]]
    site: NotRequired[Lenient[str]]
    type: NotRequired[Lenient[str]]
    size: NotRequired[Lenient[Int32]]  # lines
    official: NotRequired[Lenient[bool]]
    iso_639_1: NotRequired[Lenient[str]]
    iso_3166_1: NotRequired[Lenient[str]]
    published_at: NotRequired[Lenient[UtcDatetime]]


class TmdbVideos(TmdbWire):
    """``GET /movie/{movie_id}/videos``."""

    results: Items[TmdbVideo]


class TmdbCastMember(TmdbWire):
    """A person on screen."""

    id: Id
    name: str
    character: Lenient[str] = None
    order: Lenient[Int32] = None
    profile_path: Lenient[str] = None


class TmdbCrewMember(TmdbWire):
    """A person behind the camera."""

    id: Id
    name: str
    department: Lenient[str] = None
    job: Lenient[str] = None
    profile_path: Lenient[str] = None


class TmdbCredits(TmdbWire):
    """``GET /movie/{movie_id}/credits``."""

    cast: Items[TmdbCastMember]
    crew: Items[TmdbCrewMember]


class TmdbRelease(TmdbWire):
    """One release; ``type`` is 1 premiere to 6 TV, ``certification`` often ``""``."""

    certification: Lenient[str] = None
    release_date: Lenient[UtcDatetime] = None
    type: Lenient[Int32] = None


class TmdbCountryReleases(TmdbWire):
    """The releases of one country."""

    iso_3166_1: Region
    release_dates: OptionalItems[TmdbRelease] = ()


class TmdbReleaseDates(TmdbWire):
    """``GET /movie/{movie_id}/release_dates``."""

    results: Items[TmdbCountryReleases]


class TmdbExternalIds(TmdbWire):
    """``GET /movie/{movie_id}/external_ids``; an error envelope is not a film without ids."""

    imdb_id: Lenient[str] = None
    wikidata_id: Lenient[str] = None
    facebook_id: Lenient[str] = None
    instagram_id: Lenient[str] = None
    twitter_id: Lenient[str] = None
    status_code: None = Field(default=None, exclude=True)  # only errors carry one


class TmdbKeyword(TmdbWire):
    """One theme."""

    id: Id
    name: str


class TmdbKeywords(TmdbWire):
    """``GET /movie/{movie_id}/keywords``."""

    keywords: Items[TmdbKeyword]


class TmdbProvider(TmdbWire):
    """A streaming service or shop."""

    provider_id: Id
    provider_name: str
    logo_path: Lenient[str] = None


class TmdbOffers(TmdbWire):
    """Offers in one country; any kind may be absent, ``link`` null or ``""``."""

    link: Lenient[str] = None
    flatrate: OptionalItems[TmdbProvider] = ()
    free: OptionalItems[TmdbProvider] = ()
    ads: OptionalItems[TmdbProvider] = ()
    rent: OptionalItems[TmdbProvider] = ()
    buy: OptionalItems[TmdbProvider] = ()


class TmdbWatchProviders(TmdbWire):
    """``GET /movie/{movie_id}/watch/providers``: offers by country."""

    results: Table[TmdbOffers]
