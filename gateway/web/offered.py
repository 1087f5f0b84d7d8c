"""Keys that GraphiQL's page may hold: those of a sandbox, for a browser on this machine."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import Final

import orjson
from starlette.requests import Request
from starlette.types import Receive, Scope, Send

from gateway.edge.identity.ready_made import ReadyMade
from gateway.web.bundle import Bundle
from gateway.web.pages import graphiql_page

_FORWARDED: Final = ("forwarded", "x-forwarded-for", "x-real-ip", "via")
_OWN_SITES: Final = (None, "none", "same-origin")


@dataclass(frozen=True, slots=True)
class OfferingPage:
    """GraphiQL with a choice of whom to ask as.

    Args:
        bundle: Its files.
        offered: The keys.
    """

    bundle: Bundle | None
    offered: Sequence[ReadyMade] = field(repr=False)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer with the page; with keys in it only where nobody else can read them."""
        keys = self.offered if is_at_home(Request(scope)) else ()
        response = graphiql_page(self.bundle, attributes=_attributes(keys))
        if keys:
            response.headers["cache-control"] = "no-store"
        await response(scope, receive, send)


def is_at_home(request: Request) -> bool:
    """Whether a browser of this machine visits, by itself, under a name of this machine.

    A foreign page can send a browser here, or point a name of its own at this machine; it can
    read the answer in neither case.
    """
    headers = request.headers
    if request.client is None or not _is_loopback(request.client.host):
        return False
    if "origin" in headers or any(name in headers for name in _FORWARDED):
        return False
    host = headers.get("host", "").lower()
    name = host.partition("]")[0].lstrip("[") if host.startswith("[") else host.partition(":")[0]
    is_ours = name == "localhost" or _is_loopback(name)
    return is_ours and headers.get("sec-fetch-site") in _OWN_SITES


def _is_loopback(text: str) -> bool:
    try:
        return ip_address(text).is_loopback
    except ValueError:
        return False


def _attributes(keys: Sequence[ReadyMade]) -> Mapping[str, str]:
    """For the page's own script to read: a script in the page is against its policy."""
    if not keys:
        return {}
    told = [
        {"name": each.viewer.display_name, "role": each.viewer.role.value, "key": each.key}
        for each in keys
    ]
    return {"data-keys": html.escape(orjson.dumps(told).decode())}
