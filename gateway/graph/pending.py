"""When an operation falls quiet: the moment for look-ups that others feed.

YouTube sells fifty videos for the price of one, and their keys come from
TMDB. Different paths of an operation reach their trailers at different
times; asked at once they would cost a unit each.
"""

from __future__ import annotations

import asyncio
from typing import Any

_PATIENCE_S = 0.25  # a slow path must not hold the others up for longer
_TICKS = 4  # event loop turns from one load's end to the loads that it leads to


class Pending:
    """The loads of one operation that have not settled yet."""

    def __init__(self) -> None:
        self._open: set[asyncio.Future[Any]] = set()
        self._quiet: asyncio.Task[None] | None = None

    def watch(self, future: asyncio.Future[Any]) -> None:
        """Count a load until it settles."""
        self._open.add(future)
        future.add_done_callback(self._open.discard)

    async def quiet(self) -> None:
        """Wait until nothing is under way, but not for long; all who wait go on together."""
        if self._quiet is None or self._quiet.done():
            self._quiet = asyncio.get_running_loop().create_task(self._until_quiet())
        await asyncio.shield(self._quiet)

    async def _until_quiet(self) -> None:
        try:
            async with asyncio.timeout(_PATIENCE_S):
                while True:
                    for _ in range(_TICKS):
                        await asyncio.sleep(0)
                    if not self._open:
                        return
                    await asyncio.wait(set(self._open))
        except TimeoutError:
            return
