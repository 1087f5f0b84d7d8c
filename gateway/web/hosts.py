"""Which Host headers are answered; probes of health come by address and always are."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from http import HTTPStatus
from typing import Final

import orjson
from starlette.types import ASGIApp, Receive, Scope, Send

HEALTH: Final = "/health/"
_REMEMBERED: Final = 256
_BODY: Final = orjson.dumps(
    {"errors": [{"message": "Nobody here has that name.", "extensions": {"code": "UNKNOWN_HOST"}}]}
)
_HEADERS: Final = (
    (b"content-type", b"application/json; charset=utf-8"),
    (b"content-length", b"%d" % len(_BODY)),
    (b"cache-control", b"no-store"),
)


class TrustedHosts:
    """Refuses foreign Host headers, except for health: Docker and Kubernetes know no names.

    Args:
        app: What answers the rest.
        allowed_hosts: Names without port; ``*.`` in front takes all names below.
    """

    def __init__(self, app: ASGIApp, allowed_hosts: Sequence[str]) -> None:
        self._app = app
        self._names = frozenset(each.lower() for each in allowed_hosts)
        self._ends = tuple(each[1:] for each in self._names if each.startswith("*"))
        self._is_allowed = lru_cache(maxsize=_REMEMBERED)(self._judge)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or refuse with 400."""
        if scope["type"] == "lifespan" or self._is_allowed(_host(scope)) or _is_health(scope):
            await self._app(scope, receive, send)
            return
        if scope["type"] == "websocket":
            await send({"type": "websocket.close"})  # which the server answers with 403
            return
        status = HTTPStatus.BAD_REQUEST.value
        await send({"type": "http.response.start", "status": status, "headers": _HEADERS})
        await send({"type": "http.response.body", "body": _BODY})

    def _judge(self, host: bytes) -> bool:
        text = host.decode("latin-1").lower()
        name, colon, port = text.rpartition(":")
        if not colon or (port and not port.isdigit()):
            name = text
        return name in self._names or name.endswith(self._ends)


def _host(scope: Scope) -> bytes:
    """What it says; nothing if it says several things."""
    found = [value for name, value in scope["headers"] if name == b"host"]
    return found[0] if len(found) == 1 else b""


def _is_health(scope: Scope) -> bool:
    path: str = scope["path"]
    return path.removeprefix(scope.get("root_path", "")).startswith(HEALTH)
