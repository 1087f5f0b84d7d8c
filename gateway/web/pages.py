"""Everything that is not GraphQL: the GraphiQL page and its files, the schema, health."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import PurePosixPath
from types import MappingProxyType
from typing import Final, TypeAlias

import orjson
from starlette.requests import Request
from starlette.responses import FileResponse, Response

from gateway.edge.graphql import negotiation
from gateway.web.bundle import Bundle

log = logging.getLogger(__name__)

# Names of what is not ready, each with one clause why; empty when all is.
Ready: TypeAlias = Callable[[], Awaitable[Mapping[str, str]]]

SDL_TYPES: Final = ("text/plain", "application/graphql")
MEDIA_TYPES: Final = {
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".ttf": "font/ttf",
    ".woff": "font/woff",
    ".woff2": "font/woff2",
    ".txt": "text/plain; charset=utf-8",
}
# Monaco lays out its text with style elements and style attributes that it writes at run time
# and cannot sign, hence 'unsafe-inline' for styles. Scripts and workers are our files alone.
CONTENT_SECURITY_POLICY: Final = (
    "default-src 'none'; "
    "script-src 'self'; "
    "worker-src 'self'; "
    "style-src 'self' 'unsafe-inline'; "
    "font-src 'self'; "
    "img-src 'self' data:; "
    "connect-src 'self'; "
    "base-uri 'none'; "
    "form-action 'none'; "
    "frame-ancestors 'none'"
)
PAGE_HEADERS: Final = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "Cache-Control": "no-cache",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "Vary": "Accept",
    "X-Content-Type-Options": "nosniff",
}
FILE_HEADERS: Final = {
    "Cache-Control": "public, max-age=31536000, immutable",
    # A worker is ruled by its own headers, not by its page's: ours compute and fetch nothing.
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
}
PAGE: Final = """\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Marquee</title>
<link rel="icon" href="data:,">
{head}
</head>
<body>
{body}
</body>
</html>
"""
NOT_BUILT: Final = """\
<h1>GraphiQL was not built with this install</h1>
<p>The graph itself works: send a POST with <code>{"query": "..."}</code> to this address, or read
<a href="schema.graphql">schema.graphql</a>.</p>
<p>The bundle is made at install time with npm, which could not be reached then. With a network,
<code>uv sync --reinstall-package marquee-gateway</code> makes it.</p>"""

TRUSTED_ONLY: Final = """\
<h1>Only trusted documents are run here</h1>
<p>GraphiQL would be of no use: what is written in it is in no manifest. Send a POST with
<code>{"documentId": "...", "variables": {}}</code> to this address, with an id out of the manifest
that your client's build made, or read <a href="schema.graphql">schema.graphql</a>.</p>
<p>To write operations, run a gateway of your own without <code>GATEWAY_TRUSTED_ONLY</code>.</p>"""


def graphiql_page(
    bundle: Bundle | None, attributes: Mapping[str, str] = MappingProxyType({})
) -> Response:
    """The page of GraphiQL, or one that says why there is none.

    Args:
        bundle: Its files.
        attributes: What its script is to find at its place, escaped.
    """
    if bundle is None:
        page = PAGE.format(head="", body=NOT_BUILT)
        return Response(page, headers=PAGE_HEADERS, media_type="text/html")
    head = (
        f'<link rel="stylesheet" href="static/{bundle.style}">\n'
        f'<script type="module" src="static/{bundle.script}"></script>'
    )
    told = "".join(f' {name}="{value}"' for name, value in attributes.items())
    body = f'<div id="graphiql"{told}><noscript>GraphiQL needs JavaScript.</noscript></div>'
    page = PAGE.format(head=head, body=body)
    return Response(page, headers=PAGE_HEADERS, media_type="text/html")


def trusted_page() -> Response:
    """What stands in GraphiQL's place where nothing that it sends would be run."""
    page = PAGE.format(head="", body=TRUSTED_ONLY)
    return Response(page, headers=PAGE_HEADERS, media_type="text/html")


@dataclass(frozen=True, slots=True)
class StaticFiles:
    """GraphiQL's files, by name out of a closed set; their names change with their content."""

    bundle: Bundle | None

    async def __call__(self, request: Request) -> Response:
        """Answer with one file."""
        name: str = request.path_params["name"]
        if self.bundle is None or name not in self.bundle.files:
            return _json({"error": "no such file"}, HTTPStatus.NOT_FOUND)
        return FileResponse(
            self.bundle.folder / name,
            media_type=MEDIA_TYPES.get(PurePosixPath(name).suffix, "application/octet-stream"),
            headers=FILE_HEADERS,
        )


class SchemaPage:
    """``/schema.graphql``: the SDL, revalidated with a strong ETag."""

    def __init__(self, sdl: str) -> None:
        self._body = sdl.encode()
        self._digest = hashlib.sha256(self._body).hexdigest()[:32]

    async def __call__(self, request: Request) -> Response:
        """Answer with the schema, or 304 to a client that has it."""
        accept = negotiation.parse_accept(request.headers.get("accept"))
        plain, graphql = (negotiation.fit(accept, kind) for kind in SDL_TYPES)
        media_type = SDL_TYPES[graphql > plain]
        etag = f'"{self._digest}{"-g" if graphql > plain else ""}"'
        headers = {"ETag": etag, "Cache-Control": "no-cache", "Vary": "Accept"}
        if _matches(request.headers.get("if-none-match"), etag):
            return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
        return Response(self._body, headers=headers, media_type=f"{media_type}; charset=utf-8")


def _matches(if_none_match: str | None, etag: str) -> bool:
    """Compare weakly, as RFC 9110 asks for this header."""
    seen = [part.strip().removeprefix("W/") for part in (if_none_match or "").split(",")]
    return etag in seen or seen == ["*"]


async def live(_request: Request) -> Response:
    """The process answers; nothing else is asked."""
    return _json({"status": "live"}, HTTPStatus.OK)


@dataclass(frozen=True, slots=True)
class ReadyPage:
    """``/health/ready``: whether traffic should come here."""

    ready: Ready

    async def __call__(self, _request: Request) -> Response:
        """Ask the injected check; a check that fails is itself not ready."""
        try:
            missing = dict(await self.ready())
        except Exception:
            log.exception("readiness check failed")
            missing = {"check": "failed"}
        if missing:
            body = {"status": "not ready", "notReady": missing}
            return _json(body, HTTPStatus.SERVICE_UNAVAILABLE)
        return _json({"status": "ready"}, HTTPStatus.OK)


def _json(body: Mapping[str, object], status: HTTPStatus) -> Response:
    return Response(
        orjson.dumps(body),
        status_code=status,
        headers={"Cache-Control": "no-store"},
        media_type="application/json",
    )
