"""Which pages of others may call from a browser."""

from __future__ import annotations

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from gateway.web.origins import Origins

OURS = "https://movies.example"


async def answered(_: Request) -> PlainTextResponse:
    return PlainTextResponse("ok", headers={"Vary": "Accept"})


def client(*allowed: str) -> httpx.AsyncClient:
    app = Starlette(routes=[Route("/graphql", answered, methods=["GET", "POST"])])
    transport = httpx.ASGITransport(Origins(app, allowed))
    return httpx.AsyncClient(transport=transport, base_url="http://x")


@pytest.mark.parametrize(
    ("origin", "allowed"), [(OURS, OURS), ("https://evil.example", None), (None, None)]
)
async def test_only_those_named_may_read(origin: str | None, allowed: str | None) -> None:
    async with client(OURS) as http:
        headers = {} if origin is None else {"Origin": origin}
        answer = await http.post("/graphql", headers=headers)
    assert answer.text == "ok"
    assert answer.headers.get("access-control-allow-origin") == allowed
    assert answer.headers["vary"] == "Accept, Origin"  # a cache must tell them apart
    if allowed:
        exposed = answer.headers["access-control-expose-headers"].split(", ")
        assert {"Retry-After", "RateLimit", "RateLimit-Policy"} <= set(exposed)


async def test_a_browser_asks_before_it_posts_json() -> None:
    asked = {
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "content-type,x-freshness",
    }
    async with client(OURS) as http:
        ours = await http.options("/graphql", headers={"Origin": OURS, **asked})
        evil = await http.options("/graphql", headers={"Origin": "https://evil.example", **asked})
    assert (ours.status_code, evil.status_code) == (200, 400)
    assert "x-freshness" in ours.headers["access-control-allow-headers"]
    assert "access-control-allow-origin" not in evil.headers


async def test_open_to_all() -> None:
    async with client("*") as http:
        plain = await http.post("/graphql")
        foreign = await http.post("/graphql", headers={"Origin": OURS})
    assert foreign.headers["access-control-allow-origin"] == "*"
    assert plain.headers["vary"] == "Accept"
