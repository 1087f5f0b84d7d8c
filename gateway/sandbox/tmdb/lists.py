"""Items and pages of TMDB's lists."""

from dataclasses import dataclass
from typing import Final

from gateway.sandbox.film import Film
from gateway.sandbox.tmdb.reference import JsonObject
from gateway.sandbox.tmdb.words import words_of_film

PAGE_SIZE: Final = 20


@dataclass(frozen=True, slots=True)
class Page:
    """A whole list, of which one page is asked."""

    items: list[JsonObject]
    page: int


def list_item(film: Film, language: str, *, media_type: bool = False) -> JsonObject:
    """A film in a list: ``genre_ids`` in place of genres, no running time."""
    title, overview, _ = words_of_film(film, language)
    item: JsonObject = {
        "adult": film.adult,
        "backdrop_path": film.backdrop_path,
        "genre_ids": list(film.genre_ids),
        "id": film.tmdb_id,
        "title": title,
        "original_language": film.original_language,
        "original_title": film.original_title,
        "overview": overview,
        "popularity": film.popularity,
        "poster_path": film.poster_path,
        "release_date": film.release_date,
        "softcore": False,
        "video": film.video,
        "vote_average": film.vote_average,
        "vote_count": film.vote_count,
    }
    if media_type:
        item["media_type"] = "movie"
    return item


def page_of(wanted: Page) -> JsonObject:
    """Page and totals of a list that is known whole; an empty one still has one page."""
    start = (wanted.page - 1) * PAGE_SIZE
    total = len(wanted.items)
    return {
        "page": wanted.page,
        "results": wanted.items[start : start + PAGE_SIZE],
        "total_pages": max(1, -(-total // PAGE_SIZE)),
        "total_results": total,
    }
