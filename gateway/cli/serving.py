"""uvicorn, set up once for every server that the commands run."""

from __future__ import annotations

import signal
import socket
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Final, Literal, TypedDict

import uvicorn
from uvicorn.supervisors import Multiprocess

if TYPE_CHECKING:
    from starlette.types import ASGIApp

GRACE_S = 10
"""Seconds that operations in flight get when the server is told to stop."""


class _Options(TypedDict):
    access_log: bool
    interface: Literal["asgi3"]
    lifespan: Literal["on"]
    log_config: None
    log_level: Literal["warning"]
    server_header: bool
    timeout_graceful_shutdown: int
    ws: Literal["none"]


_OPTIONS: Final[_Options] = {
    "access_log": False,
    "interface": "asgi3",
    "lifespan": "on",
    "log_config": None,  # the app owns logging
    "log_level": "warning",  # the banner says the rest
    "server_header": False,
    "timeout_graceful_shutdown": GRACE_S,
    "ws": "none",
}


def run_app(app: ASGIApp, sock: socket.socket) -> None:
    """Serve an app in this process until a signal ends it.

    Raises:
        SystemExit: The app did not start.
    """
    _serve(uvicorn.Server(uvicorn.Config(app, **_OPTIONS)), sock)


def run_factory(factory: str, sock: socket.socket, *, workers: int) -> None:
    """Serve what ``module:function`` makes, in this process or in several.

    Raises:
        SystemExit: The app did not start.
    """
    config = uvicorn.Config(factory, factory=True, workers=workers, **_OPTIONS)
    if workers == 1:
        _serve(uvicorn.Server(config), sock)
    else:
        Multiprocess(config, sockets=[sock]).run()


def exit_on_sigterm() -> None:
    """Make SIGTERM unwind the stack: uvicorn sends it again when it is done with it."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))


def _serve(server: uvicorn.Server, sock: socket.socket) -> None:
    with suppress(KeyboardInterrupt):
        server.run(sockets=[sock])
    if not server.started:
        raise SystemExit(1)
