"""Which web pages of others may call from a browser (CORS)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

READABLE: Final = (
    "Age",
    "Cache-Status",
    "ETag",
    "Link",
    "Location",
    "RateLimit",
    "RateLimit-Policy",
    "Retry-After",
    "WWW-Authenticate",
)
_VARY: Final = (b"vary", b"Origin")


class Origins:
    """Lets browsers read what those origins' scripts ask; other callers pass untouched.

    Args:
        app: What answers.
        allowed: Origins as browsers send them, or ``*``.
    """

    def __init__(self, app: ASGIApp, allowed: Sequence[str]) -> None:
        self._app = app
        self._allowed = frozenset(each.encode("ascii") for each in allowed)
        self._checked = CORSMiddleware(
            app,
            allow_origins=list(allowed),
            allow_methods=["GET", "POST", "DELETE"],
            allow_headers=["*"],
            expose_headers=list(READABLE),
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, with what a browser has to know."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        origin = next((value for name, value in scope["headers"] if name == b"origin"), None)
        is_open = b"*" in self._allowed
        if origin is not None and (
            is_open or origin in self._allowed or scope["method"] == "OPTIONS"
        ):
            await self._checked(scope, receive, send)
        else:
            await self._app(scope, receive, send if is_open else _varying(send))


def _varying(send: Send) -> Send:
    """A cache must not give a browser an answer that was made for nobody's page."""

    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            message = {**message, "headers": [*message.get("headers", ()), _VARY]}
        await send(message)

    return sending
