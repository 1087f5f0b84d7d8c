"""The filters of TMDB's discover, as its query spells them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

TmdbOrder = Literal[
    "popularity.desc",
    "popularity.asc",
    "primary_release_date.desc",
    "primary_release_date.asc",
    "vote_average.desc",
    "vote_average.asc",
    "vote_count.desc",
    "vote_count.asc",
    "revenue.desc",
    "revenue.asc",
    "title.asc",
    "title.desc",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class TmdbDiscover:
    """Every filter is optional; several filters must all hold.

    ``with_genres`` and the like ask for all of the ids given, ``any_genres`` for at least one.
    """

    sort_by: TmdbOrder = "popularity.desc"
    with_genres: tuple[int, ...] = ()
    any_genres: tuple[int, ...] = ()
    without_genres: tuple[int, ...] = ()
    with_keywords: tuple[int, ...] = ()
    with_cast: tuple[int, ...] = ()
    with_crew: tuple[int, ...] = ()
    released_from: date | None = None
    released_to: date | None = None
    year: int | None = None
    vote_average_min: float | None = None  # 0 to 10
    vote_average_max: float | None = None
    vote_count_min: int | None = None
    runtime_min_min: int | None = None  # at least so many minutes
    runtime_min_max: int | None = None
    original_language: str | None = None
    include_adult: bool = False

    def query(self) -> Mapping[str, str | int | float | None]:
        """Query parameters by TMDB's names; ``None`` is left out."""
        genres = ",".join(map(str, self.with_genres)) or "|".join(map(str, self.any_genres))
        return {
            "sort_by": self.sort_by,
            "with_genres": genres or None,
            "without_genres": _joined(self.without_genres),
            "with_keywords": _joined(self.with_keywords),
            "with_cast": _joined(self.with_cast),
            "with_crew": _joined(self.with_crew),
            "primary_release_date.gte": _day(self.released_from),
            "primary_release_date.lte": _day(self.released_to),
            "primary_release_year": self.year,
            "vote_average.gte": self.vote_average_min,
            "vote_average.lte": self.vote_average_max,
            "vote_count.gte": self.vote_count_min,
            "with_runtime.gte": self.runtime_min_min,
            "with_runtime.lte": self.runtime_min_max,
            "with_original_language": bare_language(self.original_language),
            "include_adult": "true" if self.include_adult else "false",
        }


def bare_language(language: str | None) -> str | None:
    """``en`` for ``en-US``: with a region TMDB answers 200 and finds nothing."""
    return language.split("-")[0].lower() or None if language else None


def _joined(ids: tuple[int, ...]) -> str | None:
    return ",".join(map(str, ids)) or None


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
