"""TMDB's films and lists as domain values; pure and total."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from functools import lru_cache
from types import MappingProxyType
from typing import Final, cast

from gateway.domain.backed import Backed
from gateway.domain.movie import Collection, Genre, Movie, MovieSummary, Page, ReleaseStatus
from gateway.telemetry import count_unknown
from gateway.upstreams.tmdb.wire import TmdbCollection, TmdbGenre, TmdbListItem, TmdbMovie
from gateway.upstreams.tmdb.wire_lists import (
    TmdbConfiguration,
    TmdbFound,
    TmdbGenres,
    TmdbMoviePage,
)

MAX_PAGE: Final = 500  # TMDB counts further, but refuses to serve it
_MOVIES: Final = (None, "movie")  # what mixed lists call films; others call them nothing
_TOP_VOTE: Final = 10

_STATUSES: Final = MappingProxyType(
    {
        "Rumored": ReleaseStatus.RUMORED,
        "Planned": ReleaseStatus.PLANNED,
        "In Production": ReleaseStatus.IN_PRODUCTION,
        "Post Production": ReleaseStatus.POST_PRODUCTION,
        "Released": ReleaseStatus.RELEASED,
        "Canceled": ReleaseStatus.CANCELED,
    }
)
_IMAGE_PATH: Final = re.compile(r"(/[A-Za-z0-9_.-]+)+")
_IMDB_ID: Final = re.compile(r"tt[0-9]{1,12}")
_WEB_URL: Final = re.compile(r"https?://[^\s<>\"]+", re.IGNORECASE)
_LANGUAGE: Final = re.compile(r"[a-z]{2,3}")
_NO_LANGUAGE: Final = "xx"  # TMDB's word for a film without words


def to_text(value: str | None) -> str | None:
    """``None`` for what TMDB leaves blank."""
    return (value.strip() or None) if value else None


def to_image_path(value: str | None) -> str | None:
    """A path below the image server, or ``None`` for anything that could lead elsewhere."""
    return value if value and _IMAGE_PATH.fullmatch(value) else None


def to_imdb_id(value: str | None) -> str | None:
    """``tt`` and digits, or nothing."""
    return value if value and _IMDB_ID.fullmatch(value) else None


def to_web_url(value: str | None) -> str | None:
    """An http(s) address, or nothing: a page may link to it."""
    return value if value and _WEB_URL.fullmatch(value) else None


@lru_cache(maxsize=1024)
def to_language(value: str | None) -> str | None:
    """ISO 639-1, or nothing."""
    return value if value and value != _NO_LANGUAGE and _LANGUAGE.fullmatch(value) else None


class _Told(Backed[TmdbListItem]):
    """What every payload about a film tells."""

    __slots__ = ()

    @property
    def tmdb_id(self) -> int:
        return self._sent["id"]

    @property
    def title(self) -> str:
        film = self._sent
        return to_text(film["title"]) or to_text(film.get("original_title")) or film["title"]

    @property
    def original_title(self) -> str | None:
        return to_text(self._sent.get("original_title"))

    @property
    def original_language(self) -> str | None:
        return to_language(self._sent.get("original_language"))

    @property
    def overview(self) -> str | None:
        return to_text(self._sent.get("overview"))

    @property
    def released_on(self) -> date | None:
        return self._sent.get("release_date")

    @property
    def poster_path(self) -> str | None:
        return to_image_path(self._sent.get("poster_path"))

    @property
    def backdrop_path(self) -> str | None:
        return to_image_path(self._sent.get("backdrop_path"))

    @property
    def vote_average(self) -> float | None:
        average, votes = self._sent.get("vote_average"), self._sent.get("vote_count")
        rated = average is not None and 0 <= average <= _TOP_VOTE and votes != 0
        return average if rated else None

    @property
    def vote_count(self) -> int | None:
        return self._sent.get("vote_count")

    @property
    def adult(self) -> bool:
        return bool(self._sent.get("adult"))


class _Summary(_Told, MovieSummary):
    __slots__ = ("_sent",)

    @property
    def genre_ids(self) -> tuple[int, ...]:
        return self._sent.get("genre_ids", ())


class _Movie(_Told, Movie):
    """TMDB's 0 and ``""`` for unknown become ``None``."""

    __slots__ = ("_movie", "_sent")

    _movie: TmdbMovie

    def __init__(self, sent: TmdbMovie) -> None:
        super().__init__(cast("TmdbListItem", vars(sent)))  # it has all that an item has
        object.__setattr__(self, "_movie", sent)

    @property
    def genre_ids(self) -> tuple[int, ...]:
        return tuple(genre["id"] for genre in self._movie.genres)

    @property
    def imdb_id(self) -> str | None:
        return to_imdb_id(self._movie.imdb_id)

    @property
    def tagline(self) -> str | None:
        return to_text(self._movie.tagline)

    @property
    def runtime_min(self) -> int | None:
        return self._movie.runtime or None

    @property
    def status(self) -> ReleaseStatus:
        return _to_status(self._movie.status)

    @property
    def genres(self) -> tuple[Genre, ...]:
        return tuple(map(_to_genre, self._movie.genres))

    @property
    def budget_usd(self) -> int | None:
        return self._movie.budget or None

    @property
    def revenue_usd(self) -> int | None:
        return self._movie.revenue or None

    @property
    def collection(self) -> Collection | None:
        return _to_collection(self._movie.belongs_to_collection)

    @property
    def homepage(self) -> str | None:
        return to_web_url(self._movie.homepage)


to_summary: Final[Callable[[TmdbListItem], MovieSummary]] = _Summary
"""What every list tells of a film."""

to_movie: Final[Callable[[TmdbMovie], Movie]] = _Movie
"""A film in full."""


def to_page(page: TmdbMoviePage, *, number: int | None = None) -> Page[MovieSummary]:
    """A page of films, each once; series and people on mixed lists are left out.

    Args:
        page: As TMDB sent it.
        number: The page that was asked for; over whatever TMDB claims.
    """
    films: dict[int, TmdbListItem] = {}
    for item in page.results:
        if item.get("media_type") in _MOVIES:
            films.setdefault(item["id"], item)
    shown = number or page.page or 1
    return Page(
        number=shown,
        items=tuple(map(to_summary, films.values())),
        total_pages=min(shown if page.total_pages is None else page.total_pages, MAX_PAGE),
        total_items=page.total_results,
    )


def to_genres(genres: TmdbGenres) -> tuple[Genre, ...]:
    """All genres, in TMDB's order."""
    return tuple(map(_to_genre, genres.genres))


def to_found(found: TmdbFound) -> MovieSummary | None:
    """The film behind a foreign id, or ``None``."""
    films = [item for item in found.movie_results if item.get("media_type") in _MOVIES]
    return to_summary(films[0]) if films else None


def to_image_base_url(configuration: TmdbConfiguration) -> str | None:
    """Where picture paths hang, ending in a slash; ``None`` if it is no web address."""
    base = to_web_url(configuration.images.secure_base_url)
    return None if base is None else base.rstrip("/") + "/"


def _to_genre(genre: TmdbGenre) -> Genre:
    return Genre(tmdb_id=genre["id"], name=genre["name"])


def _to_collection(collection: TmdbCollection | None) -> Collection | None:
    if collection is None:
        return None
    return Collection(
        tmdb_id=collection.id,
        name=collection.name,
        poster_path=to_image_path(collection.poster_path),
        backdrop_path=to_image_path(collection.backdrop_path),
    )


def _to_status(status: str | None) -> ReleaseStatus:
    if not status:
        return ReleaseStatus.UNKNOWN
    known = _STATUSES.get(status)
    if known is None:
        count_unknown("tmdb", "status", status)
        return ReleaseStatus.UNKNOWN
    return known
