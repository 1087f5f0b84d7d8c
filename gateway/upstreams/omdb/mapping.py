"""OMDb's ratings as domain values; pure and total."""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import Final

from gateway.domain.movie import Rating
from gateway.telemetry import count_unknown
from gateway.upstreams.omdb.wire import OmdbMovie

IMDB: Final = "IMDb"
ROTTEN_TOMATOES: Final = "Rotten Tomatoes"
METACRITIC: Final = "Metacritic"

_SCALES: Final = MappingProxyType({IMDB: 10.0, ROTTEN_TOMATOES: 100.0, METACRITIC: 100.0})
_NAMES: Final = MappingProxyType(
    {
        "Internet Movie Database": IMDB,
        "Rotten Tomatoes": ROTTEN_TOMATOES,
        "Metacritic": METACRITIC,
    }
)
_VALUE: Final = re.compile(r"(\d{1,3}(?:\.\d{1,3})?)(?:/10|/100|%)?", re.ASCII)
_VOTES: Final = re.compile(r"\d{1,3}(?:,\d{3}){0,3}|\d{1,10}", re.ASCII)


def to_ratings(movie: OmdbMovie) -> tuple[Rating, ...]:
    """At most one rating for each source: IMDb (0 to 10), Rotten Tomatoes, Metacritic (to 100).

    OMDb tells IMDb's and Metacritic's twice; the field of its own wins over the list.
    """
    values = {name: rating.value for rating in movie.ratings if (name := _to_name(rating.source))}
    own = {IMDB: movie.imdb_rating, METACRITIC: movie.metascore}
    votes = to_votes(movie.imdb_votes)
    found: list[Rating] = []
    for source, scale in _SCALES.items():
        value = to_value(own.get(source), scale)
        if value is None:
            value = to_value(values.get(source), scale)
        if value is not None:
            found.append(
                Rating(
                    source=source,
                    value=value,
                    scale=scale,
                    votes=votes if source == IMDB else None,
                )
            )
    return tuple(found)


def to_value(text: str | None, scale: float) -> float | None:
    """The number before ``/10``, ``/100`` or ``%``; ``None`` for ``N/A`` and what is off scale."""
    found = _VALUE.fullmatch((text or "").strip())
    value = float(found[1]) if found else None
    return None if value is None or value > scale else value


def to_votes(text: str | None) -> int | None:
    """``370,927`` as a number; ``None`` for ``N/A``."""
    found = _VOTES.fullmatch((text or "").strip())
    return int(found[0].replace(",", "")) if found else None


def _to_name(source: str) -> str | None:
    name = _NAMES.get(source)
    if name is None:
        count_unknown("omdb", "rating source", source)
    return name
