"""``/movie/changes``: which films somebody edited, 100 a page, at most 14 days."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Final

from gateway.sandbox.catalogue import Catalogue
from gateway.sandbox.film import draw
from gateway.sandbox.tmdb.errors import TmdbRefusalError
from gateway.sandbox.tmdb.params import Params
from gateway.sandbox.tmdb.reference import JsonObject

_PAGE_SIZE: Final = 100
A_DAY: Final = 6_950
_DAYS_MAX: Final = 14


class Touched:
    """Films that a test has edited, by day; each once a day."""

    def __init__(self) -> None:
        self._by_day: dict[date, dict[int, bool]] = {}
        self.count = 0

    def add(self, day: date, tmdb_ids: Iterable[int], *, deleted: bool) -> None:
        """Note an edit, or a deletion."""
        self._by_day.setdefault(day, {}).update(dict.fromkeys(tmdb_ids, deleted))
        self.count += 1

    def between(self, start: date, end: date) -> dict[int, bool]:
        """The ids edited from ``start`` to ``end``, and whether they were deleted."""
        found: dict[int, bool] = {}
        for day in sorted(self._by_day):
            if start <= day <= end:
                found |= self._by_day[day]
        return found


def changes_page(
    params: Params, catalogue: Catalogue, today: date, touched: Touched, a_day: int
) -> JsonObject:
    """The edited ones last, after ``a_day``; ``adult: null`` marks what is probably a deletion."""
    number = params.page
    end = date.fromisoformat(params.day("end_date") or today.isoformat())
    start_text = params.day("start_date")
    start = date.fromisoformat(start_text) if start_text else end - timedelta(days=1)
    days = (end - start).days
    if not 0 <= days <= _DAYS_MAX:
        raise TmdbRefusalError(20)
    usual = max(1, days) * a_day
    edited = [
        {"id": tmdb_id, "adult": None if deleted else False, "softcore": False}
        for tmdb_id, deleted in touched.between(start, end).items()
    ]
    total = usual + len(edited)
    first = (number - 1) * _PAGE_SIZE
    places = range(first, min(first + _PAGE_SIZE, total))
    salt = draw("changes", start, end) % 800_000
    return {
        "results": [
            _item(catalogue, place, salt) if place < usual else edited[place - usual]
            for place in places
        ],
        "page": number,
        "total_pages": -(-total // _PAGE_SIZE),
        "total_results": total,
    }


def _item(catalogue: Catalogue, place: int, salt: int) -> JsonObject:
    real = place < 40
    film = catalogue.at((place * 7 + salt) % len(catalogue.real) if real else salt + place)
    deleted = not real and (salt + place) % 97 == 0
    return {"id": film.tmdb_id, "adult": None if deleted else film.adult, "softcore": False}
