"""TMDB's films and lists as domain values; pure and total."""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import Final

from gateway.domain.movie import Collection, Genre, Movie, MovieSummary, Page, ReleaseStatus
from gateway.telemetry import count_unknown
from gateway.upstreams.tmdb.wire import TmdbCollection, TmdbFilm, TmdbGenre, TmdbListItem, TmdbMovie
from gateway.upstreams.tmdb.wire_lists import (
    TmdbConfiguration,
    TmdbFound,
    TmdbGenres,
    TmdbMoviePage,
)

MAX_PAGE: Final = 500  # TMDB counts further, but refuses to serve it
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


def to_language(value: str | None) -> str | None:
    """ISO 639-1, or nothing."""
    return value if value and value != _NO_LANGUAGE and _LANGUAGE.fullmatch(value) else None


def to_summary(film: TmdbFilm) -> MovieSummary:
    """What every list tells of a film."""
    votes = film.vote_count
    average = film.vote_average
    rated = average is not None and 0 <= average <= _TOP_VOTE and votes != 0
    return MovieSummary(
        tmdb_id=film.id,
        title=to_text(film.title) or to_text(film.original_title) or film.title,
        original_title=to_text(film.original_title),
        original_language=to_language(film.original_language),
        overview=to_text(film.overview),
        released_on=film.release_date,
        poster_path=to_image_path(film.poster_path),
        backdrop_path=to_image_path(film.backdrop_path),
        genre_ids=film.genre_ids if isinstance(film, TmdbListItem) else (),
        vote_average=average if rated else None,
        vote_count=votes,
        adult=bool(film.adult),
    )


def to_movie(movie: TmdbMovie) -> Movie:
    """A film in full; TMDB's 0 and ``""`` for unknown become ``None``."""
    told = to_summary(movie)
    genres = tuple(map(_to_genre, movie.genres))
    return Movie(
        tmdb_id=told.tmdb_id,
        title=told.title,
        original_title=told.original_title,
        original_language=told.original_language,
        overview=told.overview,
        released_on=told.released_on,
        poster_path=told.poster_path,
        backdrop_path=told.backdrop_path,
        genre_ids=tuple(genre.tmdb_id for genre in genres),
        vote_average=told.vote_average,
        vote_count=told.vote_count,
        adult=told.adult,
        imdb_id=to_imdb_id(movie.imdb_id),
        tagline=to_text(movie.tagline),
        runtime_min=movie.runtime or None,
        status=_to_status(movie.status),
        genres=genres,
        budget_usd=movie.budget or None,
        revenue_usd=movie.revenue or None,
        collection=_to_collection(movie.belongs_to_collection),
        homepage=to_web_url(movie.homepage),
    )


def to_page(page: TmdbMoviePage, *, number: int | None = None) -> Page[MovieSummary]:
    """A page of films, each once; series and people on mixed lists are left out.

    Args:
        page: As TMDB sent it.
        number: The page that was asked for; over whatever TMDB claims.
    """
    films: dict[int, TmdbListItem] = {}
    for item in filter(_is_movie, page.results):
        films.setdefault(item.id, item)
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
    films = [item for item in found.movie_results if _is_movie(item)]
    return to_summary(films[0]) if films else None


def to_image_base_url(configuration: TmdbConfiguration) -> str | None:
    """Where picture paths hang, ending in a slash; ``None`` if it is no web address."""
    base = to_web_url(configuration.images.secure_base_url)
    return None if base is None else base.rstrip("/") + "/"


def _is_movie(item: TmdbListItem) -> bool:
    return item.media_type in (None, "movie")


def _to_genre(genre: TmdbGenre) -> Genre:
    return Genre(tmdb_id=genre.id, name=genre.name)


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
