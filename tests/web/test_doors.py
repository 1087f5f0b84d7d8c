"""The whole app, not started: what is turned away before any operation."""

from __future__ import annotations

import json
from pathlib import Path

import httpx
import pytest

from gateway.app import Gateway, create_app
from gateway.errors import ConfigError
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


QUERY = "query Q { movie(by: {tmdbId: 603}) { title } }"


def trusting(folder: Path, manifest: object, **environ: str) -> httpx.AsyncClient:
    path = folder / "documents.json"
    path.write_text(json.dumps(manifest))
    return visitor(GATEWAY_TRUSTED_DOCUMENTS=str(path), **environ)


async def test_a_gateway_runs_what_its_manifest_holds(tmp_path: Path) -> None:
    async with trusting(tmp_path, {"q": QUERY}, GATEWAY_TRUSTED_ONLY="true") as http:
        known = await http.post("/graphql", json={"documentId": "q"})
        other = await http.post("/graphql", json={"query": "{ __typename }"})
        page = await http.get("/graphql", headers={"Accept": "text/html"})
    assert known.json() == {"data": {"movie": None}}
    assert other.status_code == 403
    assert "GATEWAY_TRUSTED_ONLY" in page.text


@pytest.mark.parametrize(
    ("manifest", "said"),
    [
        ({"q": "query Q {\n a("}, 'key "q", line 2 of its text: Syntax Error'),
        ([], "line 1: should"),
    ],
)
def test_no_gateway_starts_with_a_wrong_manifest(
    tmp_path: Path, manifest: object, said: str
) -> None:
    with pytest.raises(ConfigError, match="GATEWAY_TRUSTED_DOCUMENTS: ") as told:
        trusting(tmp_path, manifest)
    assert said in str(told.value)


def test_trusted_only_needs_documents_to_trust() -> None:
    with pytest.raises(ConfigError, match="GATEWAY_TRUSTED_ONLY: GATEWAY_TRUSTED_DOCUMENTS"):
        visitor(GATEWAY_TRUSTED_ONLY="true")


def test_what_the_schema_no_longer_allows_is_warned_of(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    several = f"{QUERY} {QUERY.replace('Q', 'R')}"
    trusting(tmp_path, {"old": "{ gone }", "q": QUERY, "several": several})
    (record,) = [each for each in caplog.records if "trusted" in each.message]
    assert 'key "old", line 1' in record.message
