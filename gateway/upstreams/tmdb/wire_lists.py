"""Lists of films, and TMDB's own reference lists."""

from __future__ import annotations

from gateway.transport.lenient import Id, Int32, Items, Lenient, OptionalItems
from gateway.upstreams.tmdb.wire import TmdbGenre, TmdbListItem, TmdbWire


class TmdbMoviePage(TmdbWire):
    """A page of 20: charts, search, discover, trending, recommendations, similar.

    ``total_pages`` is the uncapped count; pages above 500 are refused.
    """

    results: Items[TmdbListItem]
    page: Lenient[Int32] = None
    total_pages: Lenient[Int32] = None
    total_results: Lenient[Int32] = None


class TmdbGenres(TmdbWire):
    """``GET /genre/movie/list``."""

    genres: Items[TmdbGenre]


class TmdbFound(TmdbWire):
    """``GET /find/{external_id}``; series and people found are left out."""

    movie_results: Items[TmdbListItem]


class TmdbImages(TmdbWire):
    """Where pictures live, and in which sizes."""

    secure_base_url: str
    poster_sizes: OptionalItems[str] = ()
    backdrop_sizes: OptionalItems[str] = ()
    profile_sizes: OptionalItems[str] = ()
    logo_sizes: OptionalItems[str] = ()


class TmdbConfiguration(TmdbWire):
    """``GET /configuration``."""

    images: TmdbImages


class TmdbAuthentication(TmdbWire):
    """``GET /authentication``: whether the token is good."""

    success: bool


class TmdbChange(TmdbWire):
    """A film that somebody edited; ``adult`` is null where it was probably deleted."""

    id: Id
    adult: Lenient[bool] = None


class TmdbChanges(TmdbWire):
    """``GET /movie/changes``: a page of 100, each film once, however often it was edited."""

    results: Items[TmdbChange]
    total_pages: Int32
