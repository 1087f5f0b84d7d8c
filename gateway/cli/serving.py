"""uvicorn, set up once for every server that the commands run."""

from __future__ import annotations

import asyncio
import signal
import socket
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Final, Literal, TypedDict

import uvicorn
from uvicorn.config import STARTUP_FAILURE

from gateway.cli.hangup import Supervisor

if TYPE_CHECKING:
    from starlette.types import ASGIApp

GRACE_S = 8
"""Seconds that operations in flight get when the server stops; with a drain of one second before
it, all is over in the ten that supervisors give."""

MOST_BYTES: Final = 262_144


def _protocol() -> type[asyncio.Protocol] | Literal["auto"]:
    """Our bounds on heads, where httptools is there; h11 has bounds of its own."""
    try:
        from gateway.cli.heads import BoundedProtocol  # noqa: PLC0415 - not on every system
    except ImportError:
        return "auto"
    return BoundedProtocol


def _sockets() -> type[asyncio.Protocol] | Literal["none"]:
    """Our bounds on WebSockets; without, there are none."""
    try:
        from gateway.cli.sockets import BoundedSocket  # noqa: PLC0415 - not for --help
    except ImportError:
        return "none"
    return BoundedSocket


class _Options(TypedDict):
    access_log: bool
    http: type[asyncio.Protocol] | Literal["auto"]
    interface: Literal["asgi3"]
    lifespan: Literal["on"]
    log_config: None
    log_level: Literal["warning"]
    proxy_headers: bool
    server_header: bool
    timeout_graceful_shutdown: int
    ws: type[asyncio.Protocol] | Literal["none"]
    ws_per_message_deflate: bool
    ws_ping_interval: float
    ws_ping_timeout: float


_OPTIONS: Final[_Options] = {
    "access_log": False,
    "http": _protocol(),
    "interface": "asgi3",
    "lifespan": "on",
    "log_config": None,  # the app owns logging
    "log_level": "warning",  # the banner says the rest
    "proxy_headers": False,  # the edge reads them, from whom it trusts
    "server_header": False,
    "timeout_graceful_shutdown": GRACE_S,
    "ws": _sockets(),
    "ws_per_message_deflate": False,  # a window for each of a thousand, and bombs
    "ws_ping_interval": 15.0,
    "ws_ping_timeout": 15.0,
}


def run_app(app: ASGIApp, sock: socket.socket, *, max_message_bytes: int = MOST_BYTES) -> None:
    """Serve an app in this process until a signal ends it.

    Args:
        app: To serve.
        sock: Bound.
        max_message_bytes: Longest message of a WebSocket.

    Raises:
        SystemExit: The app did not start.
    """
    config = uvicorn.Config(app, ws_max_size=max_message_bytes, **_OPTIONS)
    server = uvicorn.Server(config)
    with suppress(KeyboardInterrupt):
        server.run(sockets=[sock])
    if not server.started:
        raise SystemExit(1)


def run_workers(
    factory: str, sock: socket.socket, *, workers: int, max_message_bytes: int = MOST_BYTES
) -> None:
    """Serve what ``module:function`` makes, in several processes.

    Args:
        factory: Makes the app.
        sock: Bound.
        workers: Processes.
        max_message_bytes: Longest message of a WebSocket.

    Raises:
        SystemExit: A worker did not start.
    """
    config = uvicorn.Config(
        factory, factory=True, workers=workers, ws_max_size=max_message_bytes, **_OPTIONS
    )
    supervisor = Supervisor(config, sockets=[sock])
    supervisor.run()
    if any(process.exitcode == STARTUP_FAILURE for process in supervisor.processes):
        raise SystemExit(1)


def exit_on_sigterm() -> None:
    """Make SIGTERM unwind the stack: uvicorn sends it again when it is done with it."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
