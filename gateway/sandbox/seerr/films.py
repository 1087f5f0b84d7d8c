"""What Seerr learns from TMDB, as its own answers need it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class FilmVideo:
    """A trailer, teaser or clip."""

    key: str
    name: str
    type: str
    site: str = "YouTube"
    size: int = 1080


@dataclass(frozen=True, slots=True, kw_only=True)
class Film:
    """A movie of TMDB; ``""`` for text that TMDB leaves blank, 0 for unknown figures."""

    tmdb_id: int
    title: str
    original_title: str = ""
    original_language: str = "en"
    overview: str = ""
    tagline: str = ""
    homepage: str = ""
    release_date: str = ""
    runtime_min: int = 0
    genres: tuple[tuple[int, str], ...] = ()
    popularity: float = 0
    vote_average: float = 0
    vote_count: int = 0
    budget_usd: int = 0
    revenue_usd: int = 0
    adult: bool = False
    poster_path: str | None = None
    backdrop_path: str | None = None
    imdb_id: str | None = None
    collection: tuple[int, str] | None = None
    videos: tuple[FilmVideo, ...] = ()
    streaming_in: tuple[str, ...] = ()  # countries


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """A series of TMDB; its id may be the id of a movie as well."""

    tmdb_id: int
    name: str
    first_air_date: str = ""
    tvdb_id: int | None = None
    season_numbers: tuple[int, ...] = (1,)


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A person that a search found, with the movies they are known for."""

    tmdb_id: int
    name: str
    known_for: tuple[Film, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Collection:
    """A collection that a search found."""

    tmdb_id: int
    title: str


Hit = Film | Series | Person | Collection


@dataclass(frozen=True, slots=True, kw_only=True)
class HitPage:
    """One page of 20 at most; ``total_pages`` is 0 when nothing was found."""

    page: int
    total: int
    hits: Sequence[Hit] = ()

    @property
    def total_pages(self) -> int:
        """Pages of 20, uncapped as TMDB reports them."""
        return -(-self.total // PAGE_SIZE)


PAGE_SIZE = 20
LAST_PAGE = 500


class Films(Protocol):
    """The part of TMDB that Seerr asks."""

    def film(self, tmdb_id: int) -> Film | None:
        """A movie, or ``None`` if TMDB does not know the id."""

    def series(self, tmdb_id: int) -> Series | None:
        """A series, or ``None`` if TMDB does not know the id."""

    def popular(self, page: int, *, original_language: str | None = None) -> HitPage:
        """Movies by popularity."""

    def similar(self, tmdb_id: int, page: int) -> HitPage:
        """Movies like the one given."""

    def search(self, query: str, page: int) -> HitPage:
        """Movies, series, people and collections whose name contains the query."""


def page_of(hits: Sequence[Hit], page: int) -> HitPage:
    """Cut one page out of all hits."""
    start = (page - 1) * PAGE_SIZE
    return HitPage(page=page, total=len(hits), hits=hits[start : start + PAGE_SIZE])
