"""The gateway as it is served, and in the same process the least that an ASGI app can do."""

from __future__ import annotations

import socket
import sys

from starlette.types import ASGIApp, Receive, Scope, Send

from gateway.app import app_from_env
from gateway.cli.serving import run_app

PATH = "/hello/"


def beside(app: ASGIApp) -> ASGIApp:
    """``/hello/N`` answers with N bytes that are always the same; the app answers the rest."""
    known: dict[str, tuple[dict[str, object], dict[str, object]]] = {}

    async def either(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].startswith(PATH):
            await app(scope, receive, send)
            return
        found = known.get(scope["path"])
        if found is None:
            found = known[scope["path"]] = _hello(int(scope["path"].removeprefix(PATH)))
        await send(found[0])
        await send(found[1])

    return either


def _hello(size: int) -> tuple[dict[str, object], dict[str, object]]:
    headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % size)]
    start = {"type": "http.response.start", "status": 200, "headers": headers}
    return start, {"type": "http.response.body", "body": b"x" * size}


if __name__ == "__main__":
    with socket.create_server(("127.0.0.1", int(sys.argv[1])), backlog=512) as listening:
        run_app(beside(app_from_env()), listening)
