"""The gateway's own database, opened when somebody first needs it."""

from __future__ import annotations

import asyncio
from functools import cached_property

from gateway.upstreams.book.database import Database
from gateway.upstreams.book.engines import Location, SqliteFile, open_engines
from gateway.upstreams.book.opening import make_ready


class Records:
    """One database for all that this process keeps.

    Args:
        where: It is.
    """

    def __init__(self, where: Location) -> None:
        self.where = where
        self._opening = asyncio.Lock()
        self._is_ready = False

    @property
    def is_there(self) -> bool:
        """Whether anything may have been kept; looking does not make it."""
        return not isinstance(self.where, SqliteFile) or self.where.path.exists()

    @cached_property
    def database(self) -> Database:
        """The connections to it; none is open yet."""
        return Database(open_engines(self.where))

    async def ready(self) -> Database:
        """The database in the shape that this release expects.

        Raises:
            ConfigError: It cannot be used, or is of another release.
            UpstreamError: It does not answer; it may later.
        """
        if not self._is_ready:
            async with self._opening:
                if not self._is_ready:
                    await make_ready(self.database, self.where)
                    self._is_ready = True
        return self.database

    async def aclose(self) -> None:
        """Close every connection."""
        if "database" in self.__dict__:
            await self.database.aclose()
