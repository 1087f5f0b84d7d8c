"""The gateway as it is served, and in the same process the least that an ASGI app can do."""

from __future__ import annotations

import socket
import sys

from starlette.types import ASGIApp, Receive, Scope, Send

from gateway.app import app_from_env
from gateway.cli.serving import run_app
from tests.bench.race.hello import PATH, Hello


def beside(app: ASGIApp) -> ASGIApp:
    """``/hello/N`` answers with N bytes that are always the same; the app answers the rest."""
    hello = Hello()

    async def either(scope: Scope, receive: Receive, send: Send) -> None:
        is_hello = scope["type"] == "http" and scope["path"].startswith(PATH)
        await (hello if is_hello else app)(scope, receive, send)

    return either


if __name__ == "__main__":
    with socket.create_server(("127.0.0.1", int(sys.argv[1])), backlog=512) as listening:
        run_app(beside(app_from_env()), listening)
