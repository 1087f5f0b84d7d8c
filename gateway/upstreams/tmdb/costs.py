"""What TMDB's fields cost, and the calls that they take."""

from __future__ import annotations

from typing import Final

from gateway.engine.price import Draw, Price
from gateway.graph.cost import FILM, GENRES, VIDEO, Prices
from gateway.graph.movie import Movie
from gateway.graph.people import Credits
from gateway.graph.request import MediaRequest
from gateway.graph.roots import Query
from gateway.upstreams.tmdb.lists import PAGE_SIZE

_CALL: Final = Draw(upstream="tmdb")
_LIST: Final = Draw(upstream="tmdb", page=PAGE_SIZE)
_FURTHER: Final = Draw(upstream="tmdb", page=PAGE_SIZE, ahead=1)
_GENRES: Final = Draw(upstream="tmdb", share=GENRES, once=True)
_WHOLE: Final = frozenset({FILM, GENRES})
_CHECKED: Final = Draw(upstream="youtube", count=2, batch=50)
_PERSONS: Final = 40

COSTS: Final[Prices] = {
    Query: {
        "movie": Price(weight=4, draws=(_CALL,), brings=_WHOLE),
        "movies": Price(weight=4, slicing=("by",), assumed_size=100, draws=(_CALL,), brings=_WHOLE),
        "search": Price(weight=4, draws=(_LIST,)),
        "discover": Price(weight=4, draws=(_LIST,)),
        "charts": Price(weight=3, draws=(_LIST,)),
        "genres": Price(assumed_size=20, draws=(_GENRES,)),
    },
    Movie: {
        "imdbId": Price(weight=1),
        "tagline": Price(weight=1),
        "runtimeMinutes": Price(weight=1),
        "status": Price(weight=1),
        "budget": Price(weight=1),
        "revenue": Price(weight=1),
        "homepage": Price(weight=1),
        "certification": Price(weight=1),
        "genres": Price(assumed_size=3, draws=(_GENRES,)),
        "keywords": Price(assumed_size=10),
        "credits": Price(weight=2),
        "recommendations": Price(weight=3, draws=(_FURTHER,)),
        "similar": Price(weight=3, draws=(_FURTHER,)),
        "trailers": Price(weight=2),
        "bestTrailer": Price(weight=3, draws=(_CHECKED,), brings=frozenset({VIDEO})),
        "ratings": Price(assumed_size=1),
    },
    Credits: {
        "cast": Price(assumed_size=_PERSONS),
        "crew": Price(assumed_size=_PERSONS),
    },
    MediaRequest: {"movie": Price(weight=4, draws=(_CALL,), brings=_WHOLE)},
}
