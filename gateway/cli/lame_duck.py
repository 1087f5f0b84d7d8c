"""SIGTERM means: first tell everybody, then stop."""

from __future__ import annotations

import asyncio
import signal
from types import FrameType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from gateway.edge import Drain


class LameDuck:
    """An app that is unready as soon as its process is told to end, and serves on for a while.

    The server takes its signals before it starts the app, in this process or in a worker: once
    the app has started, a SIGTERM begins the drain, and reaches the server when that has lasted.
    Ctrl-C, and a second SIGTERM, stop at once.

    Args:
        app: Its lifespan's state holds ``drain``.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass everything on; once the app has started, listen for the signal."""
        if scope["type"] != "lifespan":
            await self._app(scope, receive, send)
            return

        async def sending(message: Message) -> None:
            if message["type"] == "lifespan.startup.complete":
                _listen(scope["state"]["drain"])
            await send(message)

        await self._app(scope, receive, sending)


def _listen(drain: Drain) -> None:
    stop = signal.getsignal(signal.SIGTERM)
    if not callable(stop):
        return
    loop = asyncio.get_running_loop()

    def begin(number: int, frame: FrameType | None) -> None:
        if drain.has_begun:
            stop(number, frame)
            return
        drain.begin()
        loop.call_soon_threadsafe(loop.call_later, drain.lasts_s, stop, number, None)

    signal.signal(signal.SIGTERM, begin)
