"""The least that an ASGI app can do: ``/hello/N`` answers with N bytes, always the same.

Run as ``python -m tests.bench.race.hello PORT``, by the server that runs the gateway.
"""

from __future__ import annotations

import socket
import sys
from typing import Final

from starlette.types import Message, Receive, Scope, Send

from gateway.cli.serving import run_app

PATH: Final = "/hello/"
READY: Final = "/health/ready"


class Hello:
    """An ASGI app that looks at nothing but the path."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[Message, Message]] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
            return
        path = scope["path"]
        found = self._known.get(path)
        if found is None:
            size = 2 if path == READY else int(path.removeprefix(PATH))
            found = self._known[path] = _hello(size)
        await send(found[0])
        await send(found[1])

    async def _live(self, receive: Receive, send: Send) -> None:
        while True:
            stage = (await receive())["type"]
            await send({"type": f"{stage}.complete"})
            if stage == "lifespan.shutdown":
                return


def _hello(size: int) -> tuple[Message, Message]:
    headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % size)]
    start = {"type": "http.response.start", "status": 200, "headers": headers}
    return start, {"type": "http.response.body", "body": b"x" * size}


if __name__ == "__main__":
    with socket.create_server(("127.0.0.1", int(sys.argv[1])), backlog=512) as listening:
        run_app(Hello(), listening)
