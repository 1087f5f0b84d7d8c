"""GraphiQL's page and files, the schema, health."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette
from starlette.routing import Route

from gateway.web import pages
from gateway.web.bundle import Bundle

Connect = Callable[..., AbstractAsyncContextManager[httpx.AsyncClient]]

BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
OUTSIDE = "not for the world"


@pytest.fixture
def built(tmp_path: Path) -> Path:
    """A bundle as the hook leaves one, with a secret beside it."""
    (tmp_path / "secret.js").write_text(OUTSIDE)
    folder = tmp_path / "static"
    folder.mkdir()
    files = {
        "main-ABC.js": "run()",
        "htmx-JKL.js": "htmx()",
        "main-DEF.css": "p {}",
        "icon-GHI.ttf": "font",
    }
    for name, text in files.items():
        (folder / name).write_text(text)
    manifest = {
        "script": "main-ABC.js",
        "style": "main-DEF.css",
        "htmx": "htmx-JKL.js",
        "files": sorted(files),
    }
    (folder / "manifest.json").write_text(json.dumps(manifest))
    (folder / "unlisted.js").write_text(OUTSIDE)
    return folder


def bundle_client(bundle: Bundle | None) -> httpx.AsyncClient:
    app = Starlette(routes=[Route("/static/{name:path}", pages.StaticFiles(bundle).__call__)])
    return httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://gateway")


async def test_the_page_is_under_a_strict_policy(client: httpx.AsyncClient) -> None:
    response = await client.get("/graphql", headers=BROWSER)
    policy = dict(
        part.split(" ", 1) for part in response.headers["content-security-policy"].split("; ")
    )

    assert response.status_code == 200
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["worker-src"] == policy["connect-src"] == "'self'"
    assert policy["img-src"] == "'self' data:"
    assert "Accept" in response.headers["vary"]
    assert not re.search(r"<script(?![^>]* src=)|https?:|\son\w+=", response.text)


def test_the_page_loads_the_bundle_relative_to_itself(built: Path) -> None:
    page = bytes(pages.graphiql_page(Bundle.load(built)).body).decode()

    assert 'src="static/main-ABC.js"' in page
    assert 'href="static/main-DEF.css"' in page


def test_a_missing_bundle_is_said(tmp_path: Path) -> None:
    assert Bundle.load(tmp_path) is None
    assert b"was not built" in bytes(pages.graphiql_page(None).body)


@pytest.mark.parametrize("manifest", ["", "[]", "{}", '{"script": 1}', "null"])
def test_a_broken_bundle_counts_as_none(built: Path, manifest: str) -> None:
    (built / "manifest.json").write_text(manifest)

    assert Bundle.load(built) is None


def test_a_bundle_with_a_file_gone_counts_as_none(built: Path) -> None:
    (built / "icon-GHI.ttf").unlink()

    assert Bundle.load(built) is None


async def test_graphiql_can_be_switched_off(connect: Connect) -> None:
    async with connect(graphiql=False) as client:
        response = await client.get("/graphql", headers=BROWSER)

    assert response.status_code == 400
    assert response.headers["content-type"].startswith("application/json")


@pytest.mark.parametrize(
    ("name", "media_type"),
    [
        ("main-ABC.js", "text/javascript"),
        ("main-DEF.css", "text/css"),
        ("icon-GHI.ttf", "font/ttf"),
    ],
)
async def test_files_never_change_under_their_names(
    built: Path, name: str, media_type: str
) -> None:
    async with bundle_client(Bundle.load(built)) as client:
        response = await client.get(f"/static/{name}")

    assert response.text == (built / name).read_text()
    assert response.headers["content-type"].startswith(media_type)
    assert response.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert response.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    "name", ["", "none.js", "unlisted.js", "manifest.json", "../secret.js", "%2e%2e/secret.js",
             "..%2fsecret.js", "/etc/passwd", "main-ABC.js/", "main-ABC.js%00"]
)  # fmt: skip
async def test_only_listed_files_are_served(built: Path, name: str) -> None:
    async with bundle_client(Bundle.load(built)) as client:
        response = await client.get(f"/static/{name}")

    assert response.status_code == 404
    assert OUTSIDE not in response.text


async def test_the_schema_is_revalidated_by_etag(client: httpx.AsyncClient) -> None:
    first = await client.get("/schema.graphql")
    etag = first.headers["etag"]

    assert first.headers["content-type"] == "text/plain; charset=utf-8"
    assert first.text.startswith("type Query {")
    assert re.fullmatch(r'"[\w-]+"', etag)
    for seen in (etag, f"W/{etag}", f'"other", {etag}', "*"):
        again = await client.get("/schema.graphql", headers={"If-None-Match": seen})
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["etag"] == etag
    changed = await client.get("/schema.graphql", headers={"If-None-Match": '"other"'})
    assert changed.text == first.text


async def test_the_schema_has_a_type_of_its_own_for_those_who_ask(
    client: httpx.AsyncClient,
) -> None:
    plain = await client.get("/schema.graphql", headers=BROWSER)
    asked = await client.get("/schema.graphql", headers={"Accept": "application/graphql, */*"})

    assert plain.headers["content-type"] == "text/plain; charset=utf-8"
    assert asked.headers["content-type"] == "application/graphql; charset=utf-8"
    assert asked.headers["etag"] != plain.headers["etag"]


async def test_health_tells_what_is_not_ready(connect: Connect) -> None:
    async def without_redis() -> Mapping[str, str]:
        return {"redis": "does not answer"}

    async with connect(ready=without_redis) as client:
        live, ready = await client.get("/health/live"), await client.get("/health/ready")

    assert (live.status_code, live.json()) == (200, {"status": "live"})
    assert ready.status_code == 503
    assert ready.json() == {"status": "not ready", "notReady": {"redis": "does not answer"}}


async def test_a_check_that_fails_is_not_ready(connect: Connect) -> None:
    async def broken() -> Mapping[str, str]:
        raise RuntimeError("secret")

    async with connect(ready=broken) as client:
        response = await client.get("/health/ready")

    assert response.status_code == 503
    assert "secret" not in response.text


async def test_health_is_ready(client: httpx.AsyncClient) -> None:
    response = await client.get("/health/ready")

    assert (response.status_code, response.json()) == (200, {"status": "ready"})
