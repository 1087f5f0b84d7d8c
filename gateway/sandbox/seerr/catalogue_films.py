"""The sandbox's catalogue as the TMDB that Seerr asks."""

from collections.abc import Sequence
from functools import lru_cache

from gateway.sandbox import film as catalogue_film
from gateway.sandbox.catalogue import Catalogue
from gateway.sandbox.seerr.films import PAGE_SIZE, Film, FilmVideo, HitPage, Series
from gateway.sandbox.videos import videos_of

_GENRES = {
    28: "Action",
    12: "Adventure",
    16: "Animation",
    35: "Comedy",
    80: "Crime",
    99: "Documentary",
    18: "Drama",
    10751: "Family",
    14: "Fantasy",
    36: "History",
    27: "Horror",
    10402: "Music",
    9648: "Mystery",
    10749: "Romance",
    878: "Science Fiction",
    10770: "TV Movie",
    53: "Thriller",
    10752: "War",
    37: "Western",
}
_CHARTED = 10_000  # 500 pages


class CatalogueFilms:
    """Implements ``Films`` over the catalogue that the other played APIs share."""

    def __init__(self, catalogue: Catalogue, series: tuple[Series, ...] = ()) -> None:
        self._catalogue = catalogue
        self._series = {one.tmdb_id: one for one in series}
        self.film = lru_cache(maxsize=4096)(self._film)

    def _film(self, tmdb_id: int) -> Film | None:
        known = self._catalogue.get(tmdb_id)
        return None if known is None else _translated(known)

    def series(self, tmdb_id: int) -> Series | None:
        """See ``Films.series``."""
        return self._series.get(tmdb_id)

    def popular(self, page: int, *, original_language: str | None = None) -> HitPage:
        """See ``Films.popular``."""
        if original_language is None:
            ranks = range((page - 1) * PAGE_SIZE, page * PAGE_SIZE)
            hits = [_translated(self._catalogue.at(rank)) for rank in ranks]
            return HitPage(page=page, total=_CHARTED, hits=hits)
        chart = self._catalogue.indexed
        found = [film for film in chart if film.original_language == original_language]
        return _page(found, page)

    def similar(self, tmdb_id: int, page: int) -> HitPage:
        """See ``Films.similar``: real films that share the first genre."""
        asked = self._catalogue.get(tmdb_id)
        if asked is None:
            return HitPage(page=page, total=0)
        kin = [
            film
            for film in self._catalogue.real
            if film.tmdb_id != tmdb_id and asked.genre_ids[:1] == film.genre_ids[:1]
        ]
        return _page(kin, page)

    def search(self, query: str, page: int) -> HitPage:
        """See ``Films.search``."""
        wanted = query.casefold()
        series = [one for one in self._series.values() if wanted in one.name.casefold()]
        return _page([*self._catalogue.search(query), *series], page)


def _page(found: Sequence[catalogue_film.Film | Series], page: int) -> HitPage:
    """One page; nothing outside it is translated."""
    start = (page - 1) * PAGE_SIZE
    hits = [
        one if isinstance(one, Series) else _translated(one)
        for one in found[start : start + PAGE_SIZE]
    ]
    return HitPage(page=page, total=len(found), hits=hits)


def _translated(film: catalogue_film.Film) -> Film:
    return Film(
        tmdb_id=film.tmdb_id,
        title=film.title,
        original_title=film.original_title,
        original_language=film.original_language,
        overview=f"{film.title}, told by {film.director}.",
        tagline=film.tagline,
        release_date=film.release_date,
        runtime_min=film.runtime_min,
        genres=tuple((one, _GENRES[one]) for one in film.genre_ids if one in _GENRES),
        popularity=film.popularity,
        vote_average=film.vote_average,
        vote_count=film.vote_count,
        budget_usd=film.budget,
        revenue_usd=film.revenue,
        adult=film.adult,
        poster_path=film.poster_path,
        backdrop_path=film.backdrop_path,
        imdb_id=film.imdb_id,
        collection=film.collection,
        videos=_videos(film),
        streaming_in=("US",),
    )


def _videos(film: catalogue_film.Film) -> tuple[FilmVideo, ...]:
    return tuple(
        FilmVideo(key=video.key, name=video.name, type=video.kind, site=video.site, size=video.size)
        for video in videos_of(film)
    )
