"""Seerr's line to TMDB: its failures, its slowness, and the answers that Seerr remembers."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping

from gateway.sandbox.seerr.films import LAST_PAGE, Film, Films, HitPage, Series

Sleep = Callable[[float], Awaitable[object]]

NOT_FOUND = "Request failed with status code 404"


class TmdbError(Exception):
    """TMDB gave no usable answer; the text is what Seerr's HTTP client says of it."""


class TmdbLine:
    """All that Seerr asks of TMDB goes through here.

    Attributes:
        outage: What every call fails with (``"socket hang up"``, ``"Request failed with status
            code 429"``), or ``None``.
        silent: TMDB accepts connections and never answers.
        broken: What single movies fail with, by TMDB id.
        delays_s: How long single movies take, by TMDB id.
    """

    def __init__(
        self,
        films: Films,
        sleep: Sleep,
        *,
        broken: Mapping[int, str],
        delays_s: Mapping[int, float],
    ) -> None:
        self.films = films
        self.outage: str | None = None
        self.silent = False
        self.broken = dict(broken)
        self.delays_s = dict(delays_s)
        self.sleep = sleep
        self._remembered: dict[int, Film] = {}

    def forget(self) -> None:
        """Drop what was remembered, as twelve hours would."""
        self._remembered.clear()

    async def film(self, tmdb_id: int) -> Film:
        """A movie; one that was read before is known even while TMDB is down.

        Raises:
            TmdbError: TMDB does not know it, or does not answer.
        """
        known = self._remembered.get(tmdb_id)
        if known is not None:
            return known
        await self._reach()
        if tmdb_id in self.delays_s:
            await self.sleep(self.delays_s[tmdb_id])
        if tmdb_id in self.broken:
            raise TmdbError(self.broken[tmdb_id])
        film = self.films.film(tmdb_id)
        if film is None:
            raise TmdbError(NOT_FOUND)
        self._remembered[tmdb_id] = film
        return film

    async def series(self, tmdb_id: int) -> Series:
        """A series.

        Raises:
            TmdbError: TMDB does not know it, or does not answer.
        """
        await self._reach()
        series = self.films.series(tmdb_id)
        if series is None:
            raise TmdbError(NOT_FOUND)
        return series

    async def popular(self, page: int, *, original_language: str | None) -> HitPage:
        """Movies by popularity."""
        await self._reach_page(page)
        return self.films.popular(page, original_language=original_language)

    async def similar(self, tmdb_id: int, page: int) -> HitPage:
        """Movies like the one given."""
        await self._reach_page(page)
        return self.films.similar(tmdb_id, page)

    async def search(self, query: str, page: int) -> HitPage:
        """Whatever carries the query in its name."""
        await self._reach_page(page)
        return self.films.search(query, page)

    async def _reach_page(self, page: int) -> None:
        await self._reach()
        if not 1 <= page <= LAST_PAGE:
            raise TmdbError("Request failed with status code 400")

    async def _reach(self) -> None:
        if self.silent:
            await asyncio.Event().wait()
        if self.outage is not None:
            raise TmdbError(self.outage)
        await asyncio.sleep(0)  # a call over the network: others run meanwhile
