"""The sub-resources of a movie: each stands alone or appended, there without its id."""

import heapq
from collections.abc import Callable
from typing import Final

from gateway.sandbox.catalogue import Catalogue
from gateway.sandbox.film import Film, draw, image_path
from gateway.sandbox.tmdb.lists import Page, list_item, page_of
from gateway.sandbox.tmdb.params import Params
from gateway.sandbox.tmdb.people import credits_of, keywords_of
from gateway.sandbox.tmdb.reference import COUNTRY_OF_LANGUAGE, LANGUAGES, JsonObject
from gateway.sandbox.tmdb.releases import release_dates_of, watch_providers_of
from gateway.sandbox.tmdb.words import words_of_film
from gateway.sandbox.videos import Video, videos_of

Part = Callable[[Film, Params, Catalogue], JsonObject]
_NO_LANGUAGE: Final = ("null", "xx")


def videos(film: Film, params: Params, _: Catalogue) -> JsonObject:
    """Filtered by ``language``, widened by the allow-list ``include_video_language``."""
    allowed = params.codes("include_video_language") or {params.language}
    found = [video for video in videos_of(film) if video.language in allowed]
    return {"results": [_video(video) for video in found]}


def credits_part(film: Film, _: Params, __: Catalogue) -> JsonObject:
    """Cast and crew."""
    return credits_of(film)


def images(film: Film, params: Params, _: Catalogue) -> JsonObject:
    """Posters carry a language, backdrops mostly none."""
    allowed = params.codes("include_image_language")
    if not allowed and params.text("language"):
        allowed = {params.language}
    posters = [_image("p", film, 0, "en"), _image("p", film, 1, None)] if film.poster_path else []
    if film.poster_path and film.title_de:
        posters.append(_image("p", film, 2, "de"))
    backdrops = [_image("b", film, 0, None), _image("b", film, 1, "en")]
    return {
        "backdrops": _allowed(backdrops if film.backdrop_path else [], allowed),
        "logos": [],
        "posters": _allowed(posters, allowed),
    }


def release_dates(film: Film, _: Params, __: Catalogue) -> JsonObject:
    """By country."""
    return release_dates_of(film)


def watch_providers(film: Film, _: Params, __: Catalogue) -> JsonObject:
    """By country."""
    return watch_providers_of(film)


def external_ids(film: Film, _: Params, __: Catalogue) -> JsonObject:
    """Unknown ones are null."""
    return {
        "imdb_id": film.imdb_id,
        "wikidata_id": f"Q{draw('wikidata', film.tmdb_id) % 90_000_000}",
        "facebook_id": None,
        "instagram_id": None,
        "twitter_id": None,
    }


def keywords(film: Film, _: Params, __: Catalogue) -> JsonObject:
    """Id and name."""
    return {"keywords": [{"id": number, "name": name} for number, name in keywords_of(film)]}


def translations(film: Film, _: Params, __: Catalogue) -> JsonObject:
    """A translation whose title is the original's has a blank title, as TMDB sends it."""
    codes = dict.fromkeys(["en", *(["de"] if film.title_de else []), film.original_language])
    return {"translations": [_translation(film, code) for code in codes]}


def changes(film: Film, _: Params, __: Catalogue) -> JsonObject:
    """Nothing changed lately in most films; `/movie/changes` names the others."""
    del film
    return {"changes": []}


def recommendations(film: Film, params: Params, catalogue: Catalogue) -> JsonObject:
    """Films that share a collection, a director or genres; with ``media_type``."""
    return _related(film, params, catalogue, "recommendations")


def similar(film: Film, params: Params, catalogue: Catalogue) -> JsonObject:
    """Like recommendations, chosen otherwise and without ``media_type``."""
    return _related(film, params, catalogue, "similar")


PARTS: Final[dict[str, Part]] = {
    "changes": changes,
    "credits": credits_part,
    "external_ids": external_ids,
    "images": images,
    "keywords": keywords,
    "recommendations": recommendations,
    "release_dates": release_dates,
    "similar": similar,
    "translations": translations,
    "videos": videos,
    "watch/providers": watch_providers,
}
WITHOUT_ID: Final = frozenset({"changes", "recommendations", "similar"})


def _related(film: Film, params: Params, catalogue: Catalogue, way: str) -> JsonObject:
    wanted = set(film.genre_ids)
    salt = draw(way, film.tmdb_id)

    def distance(other: Film) -> tuple[int, int]:
        near = 8 * (film.collection is not None and other.collection == film.collection)
        near += 4 * (other.director == film.director) + len(wanted.intersection(other.genre_ids))
        return -near, (salt ^ other.tmdb_id * 0x9E3779B97F4A7C15) & 0xFFFFFFFF

    others = (one for one in catalogue.real if one is not film)
    some = heapq.nsmallest(0 if salt % 17 == 0 else 40, others, key=distance)
    items = [list_item(one, params.language, media_type=way == "recommendations") for one in some]
    return page_of(Page(items, params.page))


def _video(video: Video) -> JsonObject:
    return {
        "iso_639_1": video.language,
        "iso_3166_1": video.country,
        "name": video.name,
        "key": video.key,
        "site": video.site,
        "size": video.size,
        "type": video.kind,
        "official": video.official,
        "published_at": video.published_at,
        "id": f"{draw('video id', video.key):024x}"[:24],
    }


def _image(kind: str, film: Film, variant: int, language: str | None) -> JsonObject:
    width, height = (2000, 3000) if kind == "p" else (3840, 2160)
    return {
        "aspect_ratio": round(width / height, 3),
        "height": height,
        "iso_3166_1": COUNTRY_OF_LANGUAGE[language] if language else None,
        "iso_639_1": language,
        "file_path": image_path(kind, film.tmdb_id, variant),
        "vote_average": 5.3,
        "vote_count": 3 + variant,
        "width": width,
    }


def _allowed(pictures: list[JsonObject], allowed: set[str]) -> list[JsonObject]:
    if not allowed:
        return pictures
    named = {None if code in _NO_LANGUAGE else code for code in allowed}
    return [picture for picture in pictures if picture["iso_639_1"] in named]


def _translation(film: Film, code: str) -> JsonObject:
    title, overview, tagline = words_of_film(film, code)
    english_name, own_name = LANGUAGES[code]
    return {
        "iso_3166_1": COUNTRY_OF_LANGUAGE[code],
        "iso_639_1": code,
        "name": own_name,
        "english_name": english_name,
        "data": {
            "homepage": "",
            "overview": overview,
            "runtime": film.runtime_min if code == "en" else 0,
            "tagline": tagline,
            "title": "" if title == film.original_title else title,
        },
    }
