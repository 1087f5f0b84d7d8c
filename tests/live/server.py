"""The gateway's server around an app, on real sockets of this process."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import ClassVar

import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send

from gateway.cli.heads import BoundedProtocol
from gateway.cli.sockets import BoundedSocket
from gateway.edge import Drain
from tests.live.stage import House

MOST_BYTES = 8192


class HastyHead(BoundedProtocol):
    patience_s: ClassVar[float] = 0.2
    stall_s: ClassVar[float] = 0.2


class HastySocket(BoundedSocket):
    patience_s: ClassVar[float] = 0.2
    farewell_s: ClassVar[float] = 0.2
    message_s: ClassVar[float] = 0.2


class Server:
    """One that runs."""

    def __init__(self, inner: uvicorn.Server, sock: socket.socket) -> None:
        self.inner = inner
        self.address: tuple[str, int] = sock.getsockname()
        self.url = f"ws://{self.address[0]}:{self.address[1]}/graphql"
        self.task = asyncio.create_task(inner.serve([sock]))

    @property
    def connections(self) -> int:
        return len(self.inner.server_state.connections)

    def stop(self) -> None:
        self.inner.should_exit = True


@asynccontextmanager
async def served(
    house: House, *, ping_s: float | None = 15.0, head: type[BoundedProtocol] = HastyHead
) -> AsyncIterator[Server]:
    """Serve a house until the block ends."""
    config = uvicorn.Config(
        _with_drain(house.app, house.drain),
        http=head,
        ws=HastySocket,
        log_config=None,
        lifespan="on",
        ws_max_size=MOST_BYTES,
        ws_per_message_deflate=False,
        ws_ping_interval=ping_s,
        ws_ping_timeout=ping_s,
        timeout_graceful_shutdown=3,
    )
    with socket.create_server(("127.0.0.1", 0)) as sock:
        server = Server(uvicorn.Server(config), sock)
        try:
            async with asyncio.timeout(20):
                yield server
        finally:
            server.stop()
            await server.task


def _with_drain(app: ASGIApp, drain: Drain) -> ASGIApp:
    """The lifespan's state, as the gateway's app has it."""

    async def around(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "lifespan":
            await app(scope, receive, send)
            return
        await receive()
        scope["state"]["drain"] = drain
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await send({"type": "lifespan.shutdown.complete"})

    return around
