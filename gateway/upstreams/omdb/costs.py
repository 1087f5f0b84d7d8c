"""What OMDb's part of the ratings costs: a call of a thousand a day for each film."""

from __future__ import annotations

from typing import Final

from gateway.engine.price import Draw, Price
from gateway.graph.cost import Prices
from gateway.graph.movie import Movie

COSTS: Final[Prices] = {
    Movie: {"ratings": Price(weight=2, assumed_size=3, draws=(Draw(upstream="omdb"),))}
}
