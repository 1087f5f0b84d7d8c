"""The films that every played API agrees on.

True, from ``films.tsv``: titles, dates, running times, TMDB and IMDb ids, genres, directors,
casts, taglines, collections, certifications, German titles. The TMDB and IMDb ids of some 200 of
them were compared with MovieLens' table of links; those of about 65, all after 2016 and some
older ones, were written from memory. Votes are of the right order. Trailer keys were written from
memory too and never put to YouTube: most are the films' true trailers.
Generated: overviews, popularity, pictures, further videos, budgets, keywords, companies,
offers and release dates outside the first; and every film of `synthetic`.
"""

import unicodedata
from collections.abc import Iterator
from functools import cached_property, lru_cache
from importlib import resources
from typing import Final

from gateway.sandbox import synthetic
from gateway.sandbox.film import Film, draw, image_path

_INDEXED_SYNTHETIC: Final = 10_000  # 500 pages of 20 lie within real films and these
_INDEXED_ADULT: Final = 200


class Catalogue:
    """Real films by id, synthetic ones on demand. Immutable; one may serve all APIs."""

    def __init__(self) -> None:
        rows = resources.files("gateway.sandbox").joinpath("films.tsv").read_text("utf-8")
        films = [_real_film(line.split("\t"), rank) for rank, line in enumerate(_lines(rows))]
        self.real: tuple[Film, ...] = tuple(films)
        self._by_id = {film.tmdb_id: film for film in films}
        self._by_imdb_id = {film.imdb_id: film for film in films}
        taken = (i for i in self._by_id if synthetic.FIRST_ID <= i <= synthetic.LAST_ID)
        self._taken_ranks = sorted(synthetic.rank_of(tmdb_id) for tmdb_id in taken)
        self._made = lru_cache(maxsize=4096)(self._make)

    def get(self, tmdb_id: int) -> Film | None:
        """The film with this id; ``None`` when TMDB would say 404."""
        film = self._by_id.get(tmdb_id)
        if film is None and synthetic.FIRST_ID <= tmdb_id <= synthetic.LAST_ID:
            return self._made(tmdb_id)
        return film

    def by_imdb_id(self, imdb_id: str) -> Film | None:
        """The film with this ``tt…`` id."""
        film = self._by_imdb_id.get(imdb_id)
        if film is None and len(imdb_id) == 10 and imdb_id.startswith("tt9"):
            number = imdb_id[3:]
            film = self.get(int(number)) if number.isdecimal() else None
        return film if film is not None and film.imdb_id == imdb_id else None

    def at(self, rank: int) -> Film:
        """By popularity, from 0: the real ones, then synthetic ones."""
        if rank < len(self.real):
            return self.real[rank]
        place = rank - len(self.real)
        for taken in self._taken_ranks:
            place += taken <= place
        return self._made(synthetic.id_at(place))

    @cached_property
    def indexed(self) -> tuple[Film, ...]:
        """What search and filters look through: all real films, 10,000 synthetic, some adult."""
        synthetics = (self.at(len(self.real) + n) for n in range(_INDEXED_SYNTHETIC))
        adults = (
            self._make(synthetic.id_at(synthetic.ADULT_FROM_RANK + n))
            for n in range(_INDEXED_ADULT)
        )
        return (*self.real, *synthetics, *adults)

    @cached_property
    def _words(self) -> tuple[tuple[tuple[str, ...], ...], ...]:
        return tuple(tuple(map(words_of, _names(film))) for film in self.indexed)

    def search(self, query: str) -> list[Film]:
        """Films with a title in which every word of the query begins a word; best first."""
        wanted = words_of(query)
        if not wanted:
            return []
        hits = []
        scores: dict[tuple[tuple[str, ...], ...], int] = {}  # synthetic films share their titles
        for film, titles in zip(self.indexed, self._words, strict=True):
            score = scores.get(titles)
            if score is None:
                score = scores[titles] = max(_score(wanted, title) for title in titles)
            if score:
                hits.append((-score, film.rank, film))
        hits.sort(key=lambda hit: hit[:2])
        return [film for _, _, film in hits]

    def _make(self, tmdb_id: int) -> Film:
        return synthetic.synthetic_film(tmdb_id, ranks_before=len(self.real))


@lru_cache(maxsize=8192)
def words_of(text: str) -> tuple[str, ...]:
    """Words without case, accents and punctuation."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    kept = (c if c.isalnum() else " " for c in plain if not unicodedata.combining(c) and c != "'")
    return tuple("".join(kept).split())


def _score(wanted: tuple[str, ...], title: tuple[str, ...]) -> int:
    if wanted == title:
        return 3
    if not all(any(word.startswith(part) for word in title) for part in wanted):
        return 0
    return 2 if title[: len(wanted)] == wanted else 1


def _names(film: Film) -> set[str]:
    return {film.title, film.original_title, film.title_de or film.title}


def _lines(text: str) -> Iterator[str]:
    return iter(text.splitlines()[1:])


def _real_film(row: list[str], rank: int) -> Film:
    tmdb_id = int(row[0])
    seed = draw("real", tmdb_id)
    return Film(
        tmdb_id=tmdb_id,
        imdb_id=row[1],
        title=row[2],
        original_title=row[3] or row[2],
        original_language=row[4],
        release_date=row[5],
        runtime_min=int(row[6]),
        genre_ids=tuple(map(int, row[7].split(","))),
        vote_average=float(row[8]),
        vote_count=int(row[9]),
        popularity=round(220 / (1 + rank / 12) + 8, 4),
        director=row[10],
        cast=tuple(row[11].split(";")),
        rank=rank,
        tagline=row[12],
        trailer_keys=tuple(filter(None, row[13].split(","))),
        collection=_collection(row[14]),
        certification=row[15],
        title_de=row[16],
        budget=0 if seed % 6 == 0 else 2_000_000 + seed % 180 * 1_000_000,
        revenue=0 if seed % 9 == 0 else 10_000_000 + seed % 977 * 1_000_000,
        poster_path=image_path("p", tmdb_id),
        backdrop_path=None if seed % 13 == 0 else image_path("b", tmdb_id),
    )


def _collection(text: str) -> tuple[int, str] | None:
    number, _, name = text.partition(":")
    return (int(number), name) if name else None


@lru_cache(maxsize=1)
def shared_catalogue() -> Catalogue:
    """One catalogue for all sandboxes of a process: it never changes."""
    return Catalogue()
