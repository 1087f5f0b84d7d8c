"""What is asked: three pages that a front end shows, of whichever server."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import httpx
import orjson

PAGES: Final = 40
"""Of the chart, twenty films each; films are taken from them."""
WARM: Final = 10
"""Keys that are asked for over and over."""
_WALK: Final = """query Walk($after: String) { charts(chart: POPULAR, first: 20, after: $after) {
  pageInfo { endCursor } nodes { tmdbId } } }"""


@dataclass(frozen=True, slots=True)
class Operation:
    """One page."""

    name: str
    shown: str
    text: str
    is_film: bool = False

    def bodies(self, keys: Keys) -> list[bytes]:
        """What to POST, a body for each key."""
        text = " ".join(self.text.split())
        variables: list[dict[str, object]] = (
            [{"tmdbId": each} for each in keys.films]
            if self.is_film
            else [{"after": each} for each in keys.cursors]
        )
        return [orjson.dumps({"query": text, "variables": each}) for each in variables]


@dataclass(frozen=True, slots=True)
class Keys:
    """Films, and places in the chart."""

    films: Sequence[int]
    cursors: Sequence[str | None]

    def first(self, most: int) -> Keys:
        """As many of each."""
        return Keys(self.films[:most], self.cursors[:most])


OPERATIONS: Final = (
    Operation(
        "chart",
        "chart of 20",
        """query Chart($after: String) { charts(chart: POPULAR, first: 20, after: $after) { nodes {
  tmdbId title overview releaseDate ratings { source value } poster(size: W500) { url } } } }""",
    ),
    Operation(
        "movie",
        "movie page",
        """query Movie($tmdbId: Int!) { movie(by: {tmdbId: $tmdbId}) {
  tmdbId title overview releaseDate runtimeMinutes ratings { source value }
  trailers(first: 5) { nodes { name key viewCount durationSeconds } }
  requests(first: 1) { nodes { status createdAt requestedBy { displayName } } } } }""",
        is_film=True,
    ),
    Operation(
        "n+1",
        "N+1 page of 20",
        """query Page($after: String) { charts(chart: POPULAR, first: 20, after: $after) { nodes {
  tmdbId title runtimeMinutes
  trailers(first: 5) { nodes { name viewCount durationSeconds } }
  requests(first: 1) { nodes { status } } } } }""",
    ),
)


def keys_of(url: str, pages: int) -> Keys:
    """Walk the chart of one server: its cursors, and the films in it."""
    cursors: list[str | None] = [None]
    films: list[int] = []
    with httpx.Client(timeout=60) as http:
        for _ in range(pages):
            body = {"query": _WALK, "variables": {"after": cursors[-1]}}
            found = http.post(f"{url}/graphql", json=body).json()["data"]["charts"]
            films += [each["tmdbId"] for each in found["nodes"]]
            cursors.append(found["pageInfo"]["endCursor"])
    return Keys([*dict.fromkeys(films)], cursors[:-1])
