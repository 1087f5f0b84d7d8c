"""The gateway's own database, opened when somebody first needs it.

What it takes to open one is loaded then: 24 MB, which a gateway that keeps nothing does without.
"""

from __future__ import annotations

import asyncio
from functools import cached_property
from typing import TYPE_CHECKING

from gateway.upstreams.book.location import Location, SqliteFile

if TYPE_CHECKING:
    from gateway.upstreams.book.database import Database


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
        from gateway.upstreams.book.database import Database  # noqa: PLC0415 -- see above
        from gateway.upstreams.book.engines import open_engines  # noqa: PLC0415 -- ditto

        return Database(open_engines(self.where))

    def load(self) -> None:
        """Load what will be needed to read it, if it is there: later all would wait for that."""
        if self.is_there:
            _ = self.database

    async def ready(self) -> Database:
        """The database in the shape that this release expects.

        Raises:
            ConfigError: It cannot be used, or is of another release.
            UpstreamError: It does not answer; it may later.
        """
        if not self._is_ready:
            async with self._opening:
                if not self._is_ready:
                    from gateway.upstreams.book.opening import make_ready  # noqa: PLC0415 -- ditto

                    await make_ready(self.database, self.where)
                    self._is_ready = True
        return self.database

    async def aclose(self) -> None:
        """Close every connection."""
        if "database" in self.__dict__:
            await self.database.aclose()
