"""Foreign Host headers are refused, probes of health are not."""

from __future__ import annotations

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from gateway.web.hosts import TrustedHosts


async def answered(_: Request) -> PlainTextResponse:
    return PlainTextResponse("ok")


async def status(path: str, host: str, root_path: str = "") -> int:
    app = Starlette(routes=[Route("/{path:path}", answered)])
    app.router.redirect_slashes = False
    checked = TrustedHosts(app, ["example.org", "*.movies.example", "[::1]"])
    transport = httpx.ASGITransport(checked, root_path=root_path)
    async with httpx.AsyncClient(transport=transport, base_url="http://x") as client:
        return (await client.get(path, headers={"Host": host})).status_code


@pytest.mark.parametrize(
    ("path", "host", "expected"),
    [
        ("/graphql", "example.org", 200),
        ("/graphql", "Example.org:8000", 200),
        ("/graphql", "eu.movies.example", 200),
        ("/graphql", "[::1]:8000", 200),
        ("/graphql", "movies.example", 400),
        ("/graphql", "127.0.0.1:8000", 400),
        ("/graphql", "example.org.evil.com", 400),
        ("/healthy", "127.0.0.1", 400),
        ("/graphql?/health/live", "127.0.0.1", 400),
        ("/health/live", "127.0.0.1:8000", 200),
        ("/health/ready", "10.0.0.7:8000", 200),
    ],
)
async def test_hosts(path: str, host: str, expected: int) -> None:
    assert await status(path, host) == expected


async def test_health_under_a_prefix_is_health() -> None:
    assert await status("/films/health/live", "10.0.0.7", root_path="/films") == 200
    assert await status("/films/graphql", "10.0.0.7", root_path="/films") == 400
