"""A film as TMDB sends it; keys name for name, trimmed to what the graph asks for."""

from __future__ import annotations

from typing import Final

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


class TmdbFilm(TmdbWire):
    """What both a list item and a film's own page tell."""

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


class TmdbListItem(TmdbFilm):
    """An item of any list; ``media_type`` stands on trending and multi-search only."""

    genre_ids: OptionalItems[Id] = ()
    media_type: Lenient[str] = None


PART: Final = TmdbWire.model_config
"""For the many small parts of a list: as dictionaries they are one object each, as models three."""


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


class TmdbMovie(TmdbFilm):
    """``GET /movie/{movie_id}``: the details, without any appended part."""

    imdb_id: Lenient[str] = None
    tagline: Lenient[str] = None
    runtime: Lenient[Int32] = None  # minutes; 0 means unknown
    status: Lenient[str] = None
    genres: OptionalItems[TmdbGenre] = ()
    budget: Lenient[Int53] = None  # US dollars; 0 means unknown
    revenue: Lenient[Int53] = None  # ditto
    belongs_to_collection: Lenient[TmdbCollection] = None
    homepage: Lenient[str] = None
