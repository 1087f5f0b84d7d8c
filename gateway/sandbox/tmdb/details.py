"""``/movie/{id}``: the details and whatever is appended to them."""

from typing import Final

from gateway.sandbox.catalogue import Catalogue
from gateway.sandbox.film import Film, image_path
from gateway.sandbox.tmdb.errors import TmdbRefusalError
from gateway.sandbox.tmdb.params import Params
from gateway.sandbox.tmdb.parts import PARTS
from gateway.sandbox.tmdb.people import companies_of
from gateway.sandbox.tmdb.reference import (
    COUNTRIES,
    COUNTRY_OF_LANGUAGE,
    LANGUAGES,
    JsonObject,
    genre_name,
)
from gateway.sandbox.tmdb.words import words_of_film

_APPENDED_MAX: Final = 20


def details(film: Film, params: Params, catalogue: Catalogue) -> JsonObject:
    """The whole answer; unknown names in ``append_to_response`` are left out in silence."""
    names = [name for name in params.text("append_to_response").split(",") if name]
    if len(names) > _APPENDED_MAX:
        raise TmdbRefusalError(27)
    body = _details(film, params.language)
    for name in names:
        if name in PARTS:
            body[name] = PARTS[name](film, params, catalogue)
    return body


def _details(film: Film, language: str) -> JsonObject:
    title, overview, tagline = words_of_film(film, language)
    return {
        **_figures(film),
        **_origin(film),
        "belongs_to_collection": _collection(film, language),
        "genres": [{"id": i, "name": genre_name(i, language)} for i in film.genre_ids],
        "overview": overview,
        "tagline": tagline,
        "title": title,
    }


def _figures(film: Film) -> JsonObject:
    """What is the same in every language; 0 means unknown."""
    return {
        "adult": film.adult,
        "backdrop_path": film.backdrop_path,
        "budget": film.budget,
        "homepage": "" if film.tmdb_id % 3 else f"https://films.example/{film.tmdb_id}",
        "id": film.tmdb_id,
        "imdb_id": film.imdb_id,
        "popularity": film.popularity,
        "poster_path": film.poster_path,
        "release_date": film.release_date,
        "revenue": film.revenue,
        "runtime": film.runtime_min,
        "softcore": False,
        "status": "Released" if film.release_date else "Rumored",
        "video": film.video,
        "vote_average": film.vote_average,
        "vote_count": film.vote_count,
    }


def _origin(film: Film) -> JsonObject:
    country = COUNTRY_OF_LANGUAGE[film.original_language]
    english_name, own_name = LANGUAGES[film.original_language]
    spoken = {"english_name": english_name, "iso_639_1": film.original_language, "name": own_name}
    return {
        "origin_country": [country],
        "original_language": film.original_language,
        "original_title": film.original_title,
        "production_companies": companies_of(film),
        "production_countries": [{"iso_3166_1": country, "name": COUNTRIES[country]}],
        "spoken_languages": [spoken],
    }


def _collection(film: Film, language: str) -> JsonObject | None:
    if film.collection is None:
        return None
    number, name = film.collection
    if language == "de":
        name = f"{name.removeprefix('The ').removesuffix(' Collection')} Filmreihe"
    return {
        "id": number,
        "name": name,
        "poster_path": None if number % 5 == 0 else image_path("p", film.tmdb_id, 7),
        "backdrop_path": None if number % 3 == 0 else image_path("b", film.tmdb_id, 7),
    }
