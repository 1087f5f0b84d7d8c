"""A film as TMDB sends it; keys name for name, trimmed to what the graph asks for."""

from __future__ import annotations

from typing import Final, NotRequired

from pydantic import with_config
from typing_extensions import TypedDict  # pydantic reads the standard one from Python 3.12 on

from gateway.transport.lenient import (
    Id,
    Int32,
    Int53,
    IsoDate,
    Lenient,
    OptionalItems,
    Wire,
)


class TmdbWire(Wire):
    """Base of TMDB's payloads."""


PART: Final = TmdbWire.model_config
"""For the many small parts of a list: as dictionaries they are one object each, as models three."""


@with_config(PART)
class TmdbListItem(TypedDict):
    """An item of any list; ``media_type`` stands on trending and multi-search only."""

    id: Id
    title: str
    original_title: NotRequired[Lenient[str]]
    original_language: NotRequired[Lenient[str]]
    overview: NotRequired[Lenient[str]]  # "" where nobody wrote one
    release_date: NotRequired[Lenient[IsoDate]]  # "" for undated titles
    poster_path: NotRequired[Lenient[str]]
    backdrop_path: NotRequired[Lenient[str]]
    vote_average: NotRequired[Lenient[float]]  # 0 without votes
    vote_count: NotRequired[Lenient[Int32]]
    adult: NotRequired[Lenient[bool]]
    genre_ids: NotRequired[OptionalItems[Id]]
    media_type: NotRequired[Lenient[str]]


@with_config(PART)
class TmdbGenre(TypedDict):
    """A genre; the name follows ``language``."""

    id: Id
    name: str


class TmdbCollection(TmdbWire):
    """``belongs_to_collection``."""

    id: Id
    name: str
    poster_path: Lenient[str] = None
    backdrop_path: Lenient[str] = None


class TmdbMovie(TmdbWire):
    """``GET /movie/{movie_id}``: what a list item tells, and the details; no appended part."""

    id: Id
    title: str
    original_title: Lenient[str] = None
    original_language: Lenient[str] = None
    overview: Lenient[str] = None  # "" where nobody wrote one
    release_date: Lenient[IsoDate] = None  # "" for undated titles
    poster_path: Lenient[str] = None
    backdrop_path: Lenient[str] = None
    vote_average: Lenient[float] = None  # 0 without votes
    vote_count: Lenient[Int32] = None
    adult: Lenient[bool] = None
    imdb_id: Lenient[str] = None
    tagline: Lenient[str] = None
    runtime: Lenient[Int32] = None  # minutes; 0 means unknown
    status: Lenient[str] = None
    genres: OptionalItems[TmdbGenre] = ()
    budget: Lenient[Int53] = None  # US dollars; 0 means unknown
    revenue: Lenient[Int53] = None  # ditto
    belongs_to_collection: Lenient[TmdbCollection] = None
    homepage: Lenient[str] = None
