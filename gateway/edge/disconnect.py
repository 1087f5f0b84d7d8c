"""Ends the work for a client that has gone; FastAPI lets it run on.

With HTTP/1.1 the server tells of a lost connection the request that it read last, so a client
that pipelines requests is missed until its last one: the others run on, to no harm.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Final

from starlette.types import Message, Receive, Scope

MUST_FINISH: Final = "must_finish"
"""Name in the request's state: set to true, the work goes on though nobody waits for it.

Whoever runs a mutation sets ``request.state.must_finish = True`` before its first effect.
"""


class Watched:
    """One request whose body has been read.

    Args:
        scope: Of the request; its state says whether the work must be finished.
        receive: The server's; nobody else may call it from now on.
    """

    def __init__(self, scope: Scope, receive: Receive) -> None:
        self._state: dict[str, Any] = scope.setdefault("state", {})
        self._receive = receive
        self._gone = asyncio.Event()
        self._is_cancelled = False

    async def run(self, work: Callable[[], Awaitable[None]]) -> None:
        """Work until done, or until the client has gone."""
        worker = asyncio.current_task()
        if worker is None:
            raise RuntimeError("an ASGI app runs in a task")
        watcher = asyncio.create_task(self._watch(worker))
        try:
            await work()
        except asyncio.CancelledError:
            if not self._is_cancelled or worker.uncancel() > 0:
                raise  # somebody else wants it ended too
        finally:
            watcher.cancel()
            self._is_cancelled = True

    async def receive(self) -> Message:
        """What the app behind gets after the body: nothing until the client goes."""
        await self._gone.wait()
        return {"type": "http.disconnect"}

    async def _watch(self, worker: asyncio.Task[Any]) -> None:
        message = await self._receive()
        if message["type"] != "http.disconnect":
            return  # the server breaks the protocol: do not listen to it
        self._gone.set()
        if not self._is_cancelled and not self._state.get(MUST_FINISH):
            self._is_cancelled = True
            worker.cancel()
