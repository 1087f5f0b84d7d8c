"""What Seerr's fields cost: a list that serves the whole operation, and many after it."""

from __future__ import annotations

from typing import Final

from gateway.engine.price import Draw, Price
from gateway.graph.cost import Prices
from gateway.graph.movie import Movie
from gateway.graph.request import User
from gateway.graph.roots import Query

_REQUESTS: Final = (Draw(upstream="seerr", share="requests", once=True),)
_QUOTA: Final = (Draw(upstream="seerr", share="quota", once=True),)
_MEDIA: Final = (Draw(upstream="seerr", share="media", once=True),)

COSTS: Final[Prices] = {
    Query: {"requests": Price(weight=2, draws=_REQUESTS)},
    Movie: {
        "requests": Price(weight=2, draws=_REQUESTS),
        "viewerRequest": Price(weight=2, draws=_REQUESTS),
        "availability": Price(weight=1, draws=_MEDIA),
    },
    User: {"quota": Price(weight=1, draws=_QUOTA)},
}
