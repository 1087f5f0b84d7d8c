"""Short addresses of pages: each leads to the REST route that has its data, and asks for HTML."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeAlias
from urllib.parse import parse_qsl, urlencode

from starlette.types import ASGIApp, Receive, Scope, Send

from gateway.web.site.page import SHOWN

FRONT_CHART: Final = "TRENDING_WEEK"
_HTML: Final = (b"accept", b"text/html")

Pairs: TypeAlias = list[tuple[str, str]]


def as_sent(sent: Pairs) -> Pairs:
    """Parameters that mean there what they mean here."""
    return sent


@dataclass(frozen=True, slots=True)
class Alias:
    """Asks another address.

    Args:
        api: Whom it asks.
        path: There, with the path parameters of here.
        meant: Reads the parameters.
    """

    api: ASGIApp
    path: str
    meant: Callable[[Pairs], Pairs] = as_sent

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer as the other address does."""
        root = scope.get("root_path", "")
        sent = scope["query_string"].decode("latin-1")
        there = root + self.path.format(**scope.get("path_params", {}))
        changed = {
            "path": there,
            "raw_path": there.encode(),
            "query_string": urlencode(self.meant(parse_qsl(sent, keep_blank_values=True))).encode(),
            "headers": [*(line for line in scope["headers"] if line[0] != b"accept"), _HTML],
            SHOWN: (scope["path"].removeprefix(root), sent),
        }
        await self.api({**scope, **changed}, receive, send)


@dataclass(frozen=True, slots=True)
class Either:
    """Searches if there is something to search for."""

    searched: ASGIApp
    empty: ASGIApp

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer as the one or the other does."""
        pairs = dict(parse_qsl(scope["query_string"].decode("latin-1")))
        app = self.searched if pairs.get("q", "").strip() else self.empty
        await app(scope, receive, send)


def front_page(sent: Pairs) -> Pairs:
    """What is talked about, where nothing is chosen."""
    return sent if any(name == "chart" for name, _ in sent) else [("chart", FRONT_CHART), *sent]


def search(sent: Pairs) -> Pairs:
    """As people write it in addresses."""
    return [("query" if name == "q" else name, value) for name, value in sent]
