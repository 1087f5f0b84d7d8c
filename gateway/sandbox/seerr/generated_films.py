"""Invented movies after the rules of the data that the recorded server ran on."""

from collections.abc import Iterable
from functools import cache

from gateway.sandbox.seerr.films import (
    Collection,
    Film,
    FilmVideo,
    Hit,
    HitPage,
    Person,
    Series,
    page_of,
)

_FIRST = (
    "Amber",
    "Northern",
    "Paper",
    "Hollow",
    "Crimson",
    "Glass",
    "Second",
    "Iron",
    "Broken",
    "Silent",
)
_LAST = ("Harbour", "Orchard", "Signal", "Meridian", "Lantern", "Bridge")
_GENRES = (
    (28, "Action"),
    (12, "Adventure"),
    (16, "Animation"),
    (35, "Comedy"),
    (18, "Drama"),
    (878, "Science Fiction"),
)
_BLURB = "A keeper of records finds that one page is missing and sets out to write it again."
_TITLES = {
    5010: "Amber & Glass: What\u2019s Next?",
    7010: "Paper/Bridge \u201c100%\u201d (Redux)",
}


@cache
def invented_film(tmdb_id: int) -> Film:
    """An invented movie; every rule hangs on the id alone, so runs agree."""
    number = tmdb_id % 1000
    title = _TITLES.get(tmdb_id) or (
        f"The {_FIRST[(number - 1) % 10]} {_LAST[(number - 1) // 10 % 6]} {tmdb_id}"
    )
    blurbs = [_BLURB] * (8 if number % 3 == 1 else 1)
    overview = " ".join([f"Generated overview of movie {tmdb_id}.", *blurbs])
    return Film(
        tmdb_id=tmdb_id,
        title=title,
        original_title=title,
        original_language="en" if number % 5 else "fr",
        overview="" if number == 5 else overview,
        tagline="" if number == 1 else "Generated.",
        homepage="" if number == 1 else f"https://example.test/{tmdb_id}",
        release_date=_released(number),
        runtime_min=80 + (number + 20) % 60,
        genres=(_GENRES[(number + 2) % 6], _GENRES[(number + 4) % 6]),
        popularity=max(100 - number, 1),
        vote_average=5 + number % 40 / 10,
        vote_count=10 * number,
        budget_usd=60 if number % 9 == 1 else 0,
        poster_path=None if number % 18 == 4 else f"/po{tmdb_id}.jpg",
        backdrop_path=None if number % 7 == 5 else f"/bd{tmdb_id}.jpg",
        imdb_id=f"tt100{tmdb_id}" if number % 9 else None,
        collection=None if number % 4 else (9000 + number % 10, "Generated Collection"),
        videos=() if number % 6 == 4 else _videos(tmdb_id),
        streaming_in=() if number == 1 else ("US",),
    )


def _released(number: int) -> str:
    """A date; the 17th movie has none."""
    if number == 17:
        return ""
    year, month, day = 1990 + (number - 4) % 36, (number + 5) % 9 + 1, (number + 5) % 9 + 10
    return f"{year}-{month:02}-{day}"


def _videos(tmdb_id: int) -> tuple[FilmVideo, ...]:
    trailer = FilmVideo(key=f"yt{tmdb_id}", name="Official Trailer", type="Trailer")
    teaser = FilmVideo(key=str(tmdb_id), name="Teaser", type="Teaser", site="Vimeo", size=720)
    return trailer, teaser


class GeneratedFilms:
    """A small invented TMDB; implements ``Films``."""

    def __init__(
        self,
        charted: Iterable[int],
        *,
        uncharted: Iterable[int] = (),
        series: Iterable[Series] = (),
    ) -> None:
        self._chart = [invented_film(tmdb_id) for tmdb_id in charted]
        films = [*self._chart, *map(invented_film, uncharted)]
        self._films = {film.tmdb_id: film for film in films}
        self._series = {one.tmdb_id: one for one in series}

    def film(self, tmdb_id: int) -> Film | None:
        """See ``Films.film``."""
        return self._films.get(tmdb_id)

    def series(self, tmdb_id: int) -> Series | None:
        """See ``Films.series``."""
        return self._series.get(tmdb_id)

    def popular(self, page: int, *, original_language: str | None = None) -> HitPage:
        """See ``Films.popular``."""
        found = [
            film for film in self._chart if original_language in (None, film.original_language)
        ]
        return page_of(found, page)

    def similar(self, tmdb_id: int, page: int) -> HitPage:
        """See ``Films.similar``: everything else in the chart."""
        return page_of([film for film in self._chart if film.tmdb_id != tmdb_id], page)

    def search(self, query: str, page: int) -> HitPage:
        """See ``Films.search``; the word "mixed" finds one of every kind."""
        wanted = query.casefold()
        if wanted == "mixed":
            return page_of(self._one_of_each(), page)
        hits: list[Hit] = [film for film in self._films.values() if wanted in film.title.casefold()]
        hits += [one for one in self._series.values() if wanted in one.name.casefold()]
        return page_of(hits, page)

    def _one_of_each(self) -> list[Hit]:
        films = list(self._films.values())
        person = Person(tmdb_id=101, name="Person 3", known_for=tuple(films[3:4]))
        collection = Collection(tmdb_id=9001, title="Generated Collection")
        return [*films[2:3], *list(self._series.values())[:1], person, collection]
