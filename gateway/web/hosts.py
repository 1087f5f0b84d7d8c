"""Which Host headers are answered; probes of health come by address and always are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

HEALTH: Final = "/health/"


class TrustedHosts:
    """Refuses foreign Host headers, except for health: Docker and Kubernetes know no names.

    Args:
        app: What answers the rest.
        allowed_hosts: Names without port; ``*.`` in front takes all names below.
    """

    def __init__(self, app: ASGIApp, allowed_hosts: Sequence[str]) -> None:
        self._app = app
        self._checked = TrustedHostMiddleware(app, allowed_hosts, www_redirect=False)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or refuse with 400."""
        path: str = scope.get("path", "")
        is_health = path.removeprefix(scope.get("root_path", "")).startswith(HEALTH)
        await (self._app if is_health else self._checked)(scope, receive, send)
