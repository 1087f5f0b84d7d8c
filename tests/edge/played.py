"""A few lines of ASGI for the edge to stand in front of, and requests that need no server."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

import httpx
from starlette.types import Receive, Scope, Send

from gateway.edge import MUST_FINISH, Drain, Edge


class Played:
    """An app whose operations end when the test says so."""

    def __init__(self, *, must_finish: bool = False) -> None:
        self.open = asyncio.Event()
        self.begun = 0
        self.ended = 0
        self.cancelled = 0
        self.bodies: list[bytes] = []
        self._must_finish = must_finish

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.begun += 1
        if self._must_finish:
            scope["state"][MUST_FINISH] = True
        self.bodies.append((await receive()).get("body", b""))
        try:
            if scope["path"] == "/graphql":
                await self.open.wait()
        except asyncio.CancelledError:
            self.cancelled += 1
            raise
        self.ended += 1
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"{}"})


async def nothing() -> Mapping[str, str]:
    return {}


def edge_of(app: Any, drain: Drain | None = None, **given: float) -> Edge:  # noqa: ANN401 - ASGI
    options: dict[str, Any] = {"max_operations": 2, "deadline_s": 5.0, "max_body_bytes": 1024}
    return Edge(app, drain or Drain(nothing, lasts_s=0), **{**options, **given})


def client_of(app: Any) -> httpx.AsyncClient:  # noqa: ANN401 - any ASGI app
    transport = httpx.ASGITransport(app=app)
    return httpx.AsyncClient(transport=transport, base_url="http://gateway")


async def turns(count: int = 30) -> None:
    for _ in range(count):
        await asyncio.sleep(0)
