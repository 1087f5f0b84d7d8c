"""Popular, top rated, upcoming, now playing, trending: real films first, then synthetic ones.

As at TMDB, ranks shift while a client pages: every seventh page, beginning with the second,
opens with the film that closed the page before. A page never holds a film twice.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

from gateway.sandbox.catalogue import Catalogue
from gateway.sandbox.film import Film, draw
from gateway.sandbox.tmdb.lists import PAGE_SIZE, list_item
from gateway.sandbox.tmdb.params import Params
from gateway.sandbox.tmdb.reference import JsonObject


@dataclass(frozen=True, slots=True)
class Chart:
    """Order of the real films, and how many TMDB says there are in all."""

    name: str
    total_results: int
    dated: bool = False


CHARTS = {
    chart.name: chart
    for chart in (
        Chart("popular", 1_166_520),  # 58,326 pages, of which 500 can be read
        Chart("top_rated", 10_784),
        Chart("upcoming", 947, dated=True),
        Chart("now_playing", 5_206, dated=True),
        Chart("trending/day", 10_000),
        Chart("trending/week", 10_000),
    )
}


class Charts:
    """Pages of charts."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue

    def page(self, chart: Chart, params: Params, today: date) -> JsonObject:
        """One page with its totals."""
        number = params.page
        start = (number - 1) * PAGE_SIZE
        ranks = list(range(start, min(start + PAGE_SIZE, chart.total_results)))
        if number % 7 == 2 and ranks:
            ranks[0] = start - 1
        trending = chart.name.startswith("trending")
        films = (self._at(chart, rank) for rank in ranks)
        body: JsonObject = {
            "page": number,
            "results": [list_item(film, params.language, media_type=trending) for film in films],
            "total_pages": -(-chart.total_results // PAGE_SIZE),
            "total_results": chart.total_results,
        }
        return {"dates": _window(chart, today), **body} if chart.dated else body

    def _at(self, chart: Chart, rank: int) -> Film:
        real = self._orders[chart.name]
        return real[rank] if rank < len(real) else self._catalogue.at(rank)

    @cached_property
    def _orders(self) -> dict[str, Sequence[Film]]:
        real = self._catalogue.real
        newest = sorted(real, key=lambda film: film.release_date, reverse=True)
        return {
            "popular": real,
            "top_rated": sorted(real, key=lambda film: -film.vote_average),
            "upcoming": newest,
            "now_playing": [*newest[10:], *newest[:10]],
            "trending/day": sorted(real, key=lambda film: (film.rank // 60, _mix("day", film))),
            "trending/week": sorted(real, key=lambda film: (film.rank // 60, _mix("week", film))),
        }


def _mix(chart: str, film: Film) -> int:
    return draw(chart, film.tmdb_id)


def _window(chart: Chart, today: date) -> JsonObject:
    first, last = (7, 28) if chart.name == "upcoming" else (-42, 6)
    return {
        "maximum": (today + timedelta(days=last)).isoformat(),
        "minimum": (today + timedelta(days=first)).isoformat(),
    }
