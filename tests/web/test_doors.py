"""The whole app, not started: what is turned away before any operation."""

from __future__ import annotations

import httpx
import pytest

from gateway.app import Gateway, create_app
from gateway.registry import load_subgraphs
from gateway.settings import GatewaySettings, resolve_upstreams


def visitor(**environ: str) -> httpx.AsyncClient:
    environ = {"GATEWAY_REDIS_URL": "off", "TMDB_BASE_URL": "off", **environ}
    settings = GatewaySettings.from_environ(environ)
    classes = {each.name: each.settings for each in load_subgraphs()}
    app = create_app(settings, Gateway(settings, resolve_upstreams(classes, environ)))
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://127.0.0.1:8000")


@pytest.mark.parametrize("path", ["/graphql/?query=x", "/health/live/", "/schema.graphql/"])
async def test_nobody_is_sent_to_where_the_host_header_says(path: str) -> None:
    async with visitor() as http:
        answer = await http.get(path, headers={"Host": "evil.com"})
    assert answer.status_code == 404
    assert "evil" not in str(answer.headers) + answer.text


async def test_health_answers_under_any_host() -> None:
    async with visitor(GATEWAY_TRUSTED_HOSTS="example.org") as http:
        assert (await http.get("/health/live")).status_code == 200
        assert (await http.get("/graphql?query={a}")).status_code == 400
        kept = await http.get("/schema.graphql", headers={"Host": "example.org"})
    assert kept.status_code == 200
