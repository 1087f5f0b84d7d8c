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
        sockets: Operations over WebSockets; ``None``: there are none.
        drain: Whether the process is about to leave.
    """

    def __init__(
        self, app: ASGIApp, graphql: ASGIApp, drain: Drain, *, sockets: ASGIApp | None = None
    ) -> None:
        self._app = app
        self._graphql = graphql
        self._drain = drain
        self._sockets = sockets

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, serve one socket, or pass the server's lifespan on."""
        if scope["type"] == "websocket" and self._sockets is not None and _is_graphql(scope):
            await self._sockets(scope, receive, send)
        elif scope["type"] != "http":
            await self._app(scope, receive, send)
        elif _is_graphql(scope):
            await self._graphql(scope, receive, send)
        else:
            await self._app(scope, receive, self._drain.closing(send))


def _is_graphql(scope: Scope) -> bool:
    path: str = scope["path"]
    return path.removeprefix(scope.get("root_path", "")) == PATH
