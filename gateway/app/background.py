"""Work that goes on beside the operations, begun again after whatever went wrong."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any

from gateway.errors import UpstreamError
from gateway.subgraph import BackgroundContext, Subgraph

_LOG = logging.getLogger(__name__)
_RETRY_S = 30.0


class Background:
    """The tasks of one process."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[None]] = set()

    def start(self, subgraph: Subgraph[Any, Any], client: object | None) -> None:
        """Let an upstream that is on prepare itself, however often that takes."""
        if subgraph.start is not None and client is not None:
            self._spawn(_until_started(subgraph, client))

    def follow(
        self, subgraph: Subgraph[Any, Any], client: object, context: BackgroundContext[Any]
    ) -> None:
        """Let an upstream work beside the operations."""
        if subgraph.background is not None:
            self._spawn(_until_done(subgraph, client, context))

    def beside(self, work: Coroutine[Any, Any, None]) -> None:
        """Let something go on that minds its own failures."""
        self._spawn(work)

    async def settled(self, patience_s: float) -> None:
        """Wait for what has been begun, but not for long."""
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=patience_s)

    async def aclose(self) -> None:
        """End all of it."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _spawn(self, work: Coroutine[object, object, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


async def _until_started(subgraph: Subgraph[Any, Any], client: object) -> None:
    while subgraph.start is not None:
        try:
            await subgraph.start(client)
        except UpstreamError:
            await asyncio.sleep(_RETRY_S)
        else:
            return


async def _until_done(
    subgraph: Subgraph[Any, Any], client: object, context: BackgroundContext[Any]
) -> None:
    """Nobody else would begin it again."""
    while subgraph.background is not None:
        try:
            await subgraph.background(client, context)
        except Exception:  # noqa: BLE001 - nobody waits for it, and serving must go on
            _LOG.exception("background work failed", extra={"upstream": subgraph.name})
            await asyncio.sleep(_RETRY_S)
        else:
            return
