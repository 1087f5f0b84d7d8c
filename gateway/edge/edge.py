"""The app in front of the app."""

from __future__ import annotations

from typing import Final

from starlette.types import ASGIApp, Receive, Scope, Send

from gateway.edge.drain import Drain

PATH: Final = "/graphql"


class Edge:
    """Takes operations out of the way to the web framework, which everything else goes.

    Args:
        app: Pages, files, health.
        graphql: Operations.
        drain: Whether the process is about to leave.
    """

    def __init__(self, app: ASGIApp, graphql: ASGIApp, drain: Drain) -> None:
        self._app = app
        self._graphql = graphql
        self._drain = drain

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or pass the server's lifespan on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
        elif scope["path"].removeprefix(scope.get("root_path", "")) == PATH:
            await self._graphql(scope, receive, send)
        else:
            await self._app(scope, receive, self._drain.closing(send))
