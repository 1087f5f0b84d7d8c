"""Ratings by IMDb id; OMDb has no bulk look-up."""

from __future__ import annotations

from collections.abc import Sequence

from gateway.domain.movie import Rating
from gateway.errors import UpstreamError
from gateway.graph.loader import Found, Loader, side_by_side
from gateway.upstreams.omdb import policies
from gateway.upstreams.omdb.client import OmdbClient
from gateway.upstreams.omdb.mapping import to_ratings
from gateway.upstreams.omdb.wire import OmdbMovie


class RatingsLoader(Loader[str, OmdbMovie, tuple[Rating, ...]]):
    """A call for each film: a thousand a day are few, so they are kept for days."""

    upstream = "omdb"
    things = "films"
    most = 100  # a tenth of what a day has
    policy = policies.RATINGS
    wire = OmdbMovie

    def to_domain(self, key: str, wire: OmdbMovie) -> tuple[Rating, ...]:  # noqa: ARG002 - any film
        """Map."""
        return to_ratings(wire)

    async def fetch(self, keys: Sequence[str]) -> Sequence[Found[OmdbMovie]]:
        """Ask for all films side by side."""
        return await side_by_side([self._one(each) for each in keys])

    async def _one(self, imdb_id: str) -> Found[OmdbMovie]:
        try:
            return await self.ctx.need(OmdbClient).by_imdb_id(imdb_id)
        except UpstreamError as exc:
            return exc  # fails this film, not its neighbours
