"""Localised texts of a film: what TMDB gives for a ``language`` and what it leaves blank."""

from typing import NamedTuple

from gateway.sandbox.film import Film
from gateway.sandbox.tmdb.reference import genre_name


class Words(NamedTuple):
    """Title, overview and tagline in one language; blank where untranslated."""

    title: str
    overview: str
    tagline: str


def language_of(tag: str | None) -> str:
    """``de`` of ``de-DE``; English when nothing is asked."""
    return (tag or "en").partition("-")[0].lower() or "en"


def words_of_film(film: Film, language: str) -> Words:
    """As TMDB localises: an untranslated film keeps its original title and has no overview."""
    if language == "en":
        return Words(film.title, _overview(film), film.tagline)
    if language == "de" and film.title_de:
        return Words(film.title_de, _overview_de(film), "")
    return Words(film.original_title, "", "")


def _overview(film: Film) -> str:
    if film.synthetic and film.rank % 13 == 0:
        return ""
    kinds = " and ".join(genre_name(i, "en").lower() for i in film.genre_ids[:2]) or "a film"
    return (
        f"{film.title}: {kinds} by {film.director}, in which {film.cast[0]} and "
        f"{film.cast[-1]} find out what it costs to go on."
    )


def _overview_de(film: Film) -> str:
    kinds = ", ".join(genre_name(i, "de") for i in film.genre_ids[:2]) or "Film"
    return f"{film.title_de} ({kinds}) von {film.director}, mit {film.cast[0]} und {film.cast[-1]}."
