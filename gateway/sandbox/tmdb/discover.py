"""Filters and orders of ``/discover/movie``."""

from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Final

from gateway.sandbox.catalogue import Catalogue
from gateway.sandbox.film import Film
from gateway.sandbox.tmdb.lists import PAGE_SIZE, Page, list_item, page_of
from gateway.sandbox.tmdb.params import Params
from gateway.sandbox.tmdb.people import cast_ids, keywords_of, person_id
from gateway.sandbox.tmdb.reference import COUNTRY_OF_LANGUAGE, JsonObject
from gateway.sandbox.tmdb.releases import provider_ids

Test = Callable[[Film], bool]
_US_ORDER: Final = {"NR": 0, "G": 1, "PG": 2, "PG-13": 3, "R": 4, "NC-17": 5}
_PAGED_ONLY: Final = frozenset({"page", "language", "api_key"})

_ORDERS: Final[dict[str, Callable[[Film], object]]] = {
    "popularity": lambda film: -film.rank,
    "original_title": lambda film: film.original_title,
    "title": lambda film: film.title,
    "revenue": lambda film: film.revenue,
    "primary_release_date": lambda film: film.release_date,
    "release_date": lambda film: film.release_date,
    "vote_average": lambda film: film.vote_average,
    "vote_count": lambda film: film.vote_count,
}


class Discovery:
    """Looks through the catalogue's indexed films; remembers the latest searches."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._found = lru_cache(maxsize=64)(self._find)

    def page(self, params: Params, query: str) -> JsonObject:
        """One page of what matches; unfiltered, the whole chart of popularity."""
        number = params.page
        kept = sorted(pair for pair in query.split("&") if pair.split("=")[0] not in _PAGED_ONLY)
        films = self._found("&".join(kept))
        start = (number - 1) * PAGE_SIZE
        shown = films[start : start + PAGE_SIZE]
        items = [list_item(film, params.language) for film in shown]
        body = page_of(Page(items, 1))
        total = len(films)
        return {
            **body,
            "page": number,
            "total_pages": max(1, -(-total // PAGE_SIZE)),
            "total_results": total,
        }

    def _find(self, query: str) -> list[Film]:
        params = Params(query)
        tests = list(_tests(params))
        found = [film for film in self._catalogue.indexed if all(test(film) for test in tests)]
        name, _, direction = (params.text("sort_by") or "popularity.desc").rpartition(".")
        order = _ORDERS.get(name, _ORDERS["popularity"])
        found.sort(key=order, reverse=direction != "asc")  # type: ignore[arg-type]  # one kind of key at a time
        return found


def _tests(params: Params) -> Iterable[Test]:
    if not params.flag("include_adult"):
        yield lambda film: not film.adult
    yield from _range_tests(params)
    yield from _date_tests(params)
    yield from _choice_tests(params)
    yield from _certification_tests(params)


def _range_tests(params: Params) -> Iterable[Test]:
    values: dict[str, Callable[[Film], float]] = {
        "vote_average": lambda film: film.vote_average,
        "vote_count": lambda film: film.vote_count,
        "with_runtime": lambda film: film.runtime_min,
    }
    for name, value in values.items():
        low, high = params.number(f"{name}.gte"), params.number(f"{name}.lte")
        if low is not None:
            yield lambda film, value=value, low=low: value(film) >= low  # type: ignore[misc]  # defaults bind the loop's values
        if high is not None:
            yield lambda film, value=value, high=high: value(film) <= high  # type: ignore[misc]  # ditto


def _date_tests(params: Params) -> Iterable[Test]:
    for name in ("primary_release_date", "release_date"):
        low, high = params.day(f"{name}.gte"), params.day(f"{name}.lte")
        if low is not None:
            yield lambda film, low=low: film.release_date >= low  # type: ignore[misc]  # ditto
        if high is not None:
            yield lambda film, high=high: "" < film.release_date <= high  # type: ignore[misc]  # ditto
    for name in ("primary_release_year", "year"):
        year = params.number(name)
        if year is not None:
            yield lambda film, year=year: film.year == year  # type: ignore[misc]  # ditto


def _choice_tests(params: Params) -> Iterable[Test]:
    sets: dict[str, Callable[[Film], set[int]]] = {
        "genres": lambda film: set(film.genre_ids),
        "cast": cast_ids,
        "crew": lambda film: {person_id(film.director)},
        "people": lambda film: cast_ids(film) | {person_id(film.director)},
        "keywords": lambda film: {number for number, _ in keywords_of(film)},
    }
    for name, values in sets.items():
        if text := params.text(f"with_{name}"):
            yield _chosen(text, values)
        if text := params.text(f"without_{name}"):
            test = _chosen(text.replace(",", "|"), values)
            yield lambda film, test=test: not test(film)  # type: ignore[misc]  # ditto
    language, country = params.text("with_original_language"), params.text("with_origin_country")
    if language:  # compared whole: "en-US" matches nothing
        spoken = set(language.split("|"))
        yield lambda film: film.original_language in spoken
    if country:
        yield lambda film: COUNTRY_OF_LANGUAGE.get(film.original_language) in country.split("|")
    region = params.text("watch_region")
    if region and (text := params.text("with_watch_providers")):
        yield _chosen(text, lambda film: provider_ids(film, region))


def _chosen(text: str, values: Callable[[Film], set[int]]) -> Test:
    """``,`` means and, ``|`` means or; a name in place of an id matches nothing."""
    either = "|" in text
    parts = text.split("|" if either else ",")
    wanted = {int(part) if part.strip().isdecimal() else -1 for part in parts}
    if either:
        return lambda film: bool(wanted & values(film))
    return lambda film: wanted <= values(film)


def _certification_tests(params: Params) -> Iterable[Test]:
    if params.text("certification_country") not in {"", "US"}:
        return
    exact = params.text("certification")
    low, high = params.text("certification.gte"), params.text("certification.lte")
    if exact:
        yield lambda film: film.certification in exact.split("|")
    if low in _US_ORDER:
        yield lambda film: _US_ORDER.get(film.certification, -1) >= _US_ORDER[low]
    if high in _US_ORDER:
        yield lambda film: 0 <= _US_ORDER.get(film.certification, -1) <= _US_ORDER[high]
