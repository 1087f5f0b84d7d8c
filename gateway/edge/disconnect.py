"""Ends the work for a client that has gone; FastAPI lets it run on.

With HTTP/1.1 the server tells of a lost connection the request that it read last, so a client
that pipelines requests is missed until its last one: the others run on, to no harm.

Most are answered within a moment; only for those that wait longer somebody looks.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import Any, Final, Protocol, TypeVar

from starlette.types import Receive

T = TypeVar("T")

MOMENT_S: Final = 0.010


class Waiting(Protocol):
    """What a client waits for."""

    @property
    def must_finish(self) -> bool:
        """Set before the first effect of a change: the work goes on though nobody waits."""
        ...


class Watched:
    """One request whose body has been read.

    Args:
        waiting: Says whether the work must be finished.
        receive: The server's; nobody else may call it from now on.
    """

    def __init__(self, waiting: Waiting, receive: Receive) -> None:
        self._waiting = waiting
        self._receive = receive
        self._watcher: asyncio.Task[None] | None = None
        self.has_gone = False

    async def run(self, work: Awaitable[T]) -> T | None:
        """Work until done; ``None`` if the client has gone before that."""
        worker = asyncio.current_task()
        if worker is None:
            raise RuntimeError("an ASGI app runs in a task")
        timer = asyncio.get_running_loop().call_later(MOMENT_S, self._begin, worker)
        try:
            return await work
        except asyncio.CancelledError:
            if not self.has_gone or worker.uncancel() > 0:
                raise  # somebody else wants it ended too
            return None
        finally:
            timer.cancel()
            if self._watcher is not None:
                self._watcher.cancel()

    def _begin(self, worker: asyncio.Task[Any]) -> None:
        self._watcher = asyncio.create_task(self._watch(worker))

    async def _watch(self, worker: asyncio.Task[Any]) -> None:
        message = await self._receive()
        if message["type"] != "http.disconnect":
            return  # the server breaks the protocol: do not listen to it
        if not self._waiting.must_finish:
            self.has_gone = True
            worker.cancel()
