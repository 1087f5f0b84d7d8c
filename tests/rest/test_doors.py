"""What is let in and what is not: methods, media types, bodies, origins, callers, crowds."""

from __future__ import annotations

import asyncio
import json
from http import HTTPStatus

import httpx
import pytest

from gateway.app import create_app
from gateway.edge.graphql.refusal import STATUS_BY_CODE, RefusedError
from gateway.sandbox import Fault
from gateway.settings import GatewaySettings
from gateway.web.rest.models.problem import Problem
from gateway.web.rest.problems import of_refusal
from gateway.web.site import changes
from tests.graph.stage import staged
from tests.requests.cast import as_
from tests.requests.stages import FILM, Scene
from tests.rest.rest import Rest, problem

WISH = {"movie": {"tmdbId": FILM}}
PAGE = {"Accept": "text/html"}
BROWSERS = {"Sec-Fetch-Site": "cross-site"}


METHODS = {
    "/api/requests": "GET HEAD OPTIONS POST",
    "/api/requests/x": "DELETE GET HEAD OPTIONS",
    "/api/requests/x/decision": "OPTIONS POST",
    "/api/movies/603": "GET HEAD OPTIONS",
}
NOWHERE = ("/api/nothing", "/api/", "/api/requests/", "/api/movies/x", "/api/movies/0", "/api/%0A")


async def test_methods() -> None:
    async with staged() as stage:
        for path, allowed in METHODS.items():
            for method in ("PUT", "PATCH", "TRACE"):
                answer = await stage.http.request(method, path)
                assert problem(answer) == (405, "METHOD_NOT_ALLOWED")
                assert sorted(answer.headers["allow"].split(", ")) == allowed.split()
            answer = await stage.http.options(path)
            assert (answer.status_code, answer.content) == (204, b"")
            assert sorted(answer.headers["allow"].split(", ")) == allowed.split()


async def test_a_head_is_a_get_without_its_body(book: Scene) -> None:
    http = book.stage.http
    for path in ("/api/movies/603", "/api/requests", "/api/requests/x", "/api/no", "/api/docs"):
        await http.get(path)
        got, head = await http.get(path), await http.head(path)
        assert head.content == b""
        assert (head.status_code, dict(head.headers)) == (got.status_code, dict(got.headers))


async def test_addresses_that_lead_nowhere() -> None:
    async with staged() as stage:
        for path in NOWHERE:
            assert problem(await stage.http.get(path)) == (404, "NOT_FOUND")


async def test_types_that_nobody_has(book: Scene) -> None:
    answer = await book.stage.http.get("/api/movies/603", headers={"Accept": "image/png"})
    assert problem(answer) == (406, "NOT_ACCEPTABLE")


BODIES = [
    (b"{}", {"Content-Type": "text/plain"}, 415, "UNSUPPORTED_MEDIA_TYPE"),
    (b"{}", {"Content-Type": "multipart/form-data; boundary=x"}, 415, "UNSUPPORTED_MEDIA_TYPE"),
    (b"{}", {"Content-Encoding": "gzip"}, 415, "UNSUPPORTED_CONTENT_ENCODING"),
    (b"{", {}, 400, "INVALID_JSON"),
    (b'{"movie": {"tmdbId": 1, "tmdbId": 2}}', {}, 400, "INVALID_JSON"),
    (b'{"movie": {"tmdbId": NaN}}', {}, 400, "INVALID_JSON"),
    (b"\xff", {}, 400, "INVALID_JSON"),
    (b"[" * 500 + b"]" * 500, {}, 400, "INVALID_JSON"),
    (b"", {}, 400, "INVALID_JSON"),
    (b'"' + b"x" * 300_000 + b'"', {}, 413, "PAYLOAD_TOO_LARGE"),
]


async def test_bodies(book: Scene) -> None:
    for body, headers, status, code in BODIES:
        given = {"Content-Type": "application/json", **as_("ann"), **headers}
        answer = await book.stage.http.post("/api/requests", content=body, headers=given)
        assert problem(answer) == (status, code)
        assert (answer.headers.get("connection") == "close") is (status == 413)


async def test_callers(book: Scene) -> None:
    http = book.stage.http
    answer = await http.post("/api/requests", content=b"nonsense")
    assert problem(answer) == (401, "UNAUTHENTICATED")
    assert answer.headers["www-authenticate"].startswith("Bearer")
    who = {"Authorization": "Bearer nonsense"}
    for method in ("GET", "POST"):
        answer = await http.request(method, "/api/requests", json=WISH, headers=who)
        assert problem(answer) == (401, "UNAUTHENTICATED")
        assert "invalid_token" in answer.headers["www-authenticate"]


async def test_foreign_pages(book: Scene) -> None:
    """They may send people here by links, and embed nothing."""
    rest = Rest(book)
    for more in ({"Sec-Fetch-Mode": "no-cors"}, {"Sec-Fetch-Mode": "navigate"}):
        answer = await rest.http.get("/api/movies/603", headers={**BROWSERS, **more})
        assert problem(answer) == (403, "CROSS_SITE_REQUEST")
        answer = await rest.ask("ann", **BROWSERS, **more)
        assert problem(answer) == (403, "CROSS_SITE_REQUEST")
    link = {"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document", **BROWSERS}
    assert (await rest.http.get("/api/movies/603", headers=link)).status_code == 200
    assert (await rest.ask("ann", **link)).status_code == 403
    cors = {"Sec-Fetch-Mode": "cors", **BROWSERS}
    assert (await rest.http.get("/api/movies/603", headers=cors)).status_code == 200


async def test_pages_of_allowed_origins() -> None:
    async with staged({"GATEWAY_CORS_ORIGINS": "https://app.example"}) as stage:
        asked = {
            "Origin": "https://app.example",
            "Access-Control-Request-Method": "DELETE",
            "Access-Control-Request-Headers": "authorization, if-match",
        }
        answer = await stage.http.options("/api/requests/x", headers=asked)
        assert answer.status_code == 200
        assert "DELETE" in answer.headers["access-control-allow-methods"]
        answer = await stage.http.get("/api/search?query=the&first=1", headers=asked)
        assert answer.headers["access-control-allow-origin"] == "https://app.example"
        readable = answer.headers["access-control-expose-headers"]
        assert {"Link", "Location", "ETag"} <= set(readable.split(", "))
        foreign = {**asked, "Origin": "https://other.example"}
        answer = await stage.http.options("/api/requests/x", headers=foreign)
        assert answer.status_code == 400


async def test_trusted_documents_only(tmp_path_factory: pytest.TempPathFactory) -> None:
    """The gateway's own operations are trusted."""
    manifest = tmp_path_factory.mktemp("trusted") / "manifest.json"
    manifest.write_text(json.dumps({"a": "{ __typename }"}))
    environ = {"GATEWAY_TRUSTED_DOCUMENTS": str(manifest), "GATEWAY_TRUSTED_ONLY": "true"}
    async with staged(environ) as stage:
        assert (await stage.http.get("/api/movies/603")).status_code == 200
        asked = {"documentId": changes.DOCUMENT_ID}
        stream = {"Accept": "text/event-stream"}
        heard = await stage.http.get("/graphql", params=asked, headers=stream)
        assert "no log of requests is kept here" in heard.text  # the document itself is known
        assert changes.DOCUMENT_ID in (await stage.http.get("/", headers=PAGE)).text


async def test_what_a_client_may_spend() -> None:
    async with staged({"GATEWAY_CLIENT_COST_PER_MINUTE": "60"}) as stage:
        answer = await stage.http.get("/api/search?query=matrix&first=1")
        assert (answer.status_code, "ratelimit" in answer.headers) == (200, False)  # for everybody
        for page in range(1, 9):
            answer = await stage.http.get(f"/api/search?query=the&first={page}")
            if answer.status_code == 429:
                break
        assert problem(answer) == (429, "CLIENT_RATE_LIMITED")
        assert int(answer.headers["retry-after"]) > 0
        assert "ratelimit" in answer.headers
        assert answer.json()["retryAfterMs"] > 0


async def test_less_time_than_it_takes() -> None:
    async with staged() as stage:
        stage.sandbox.tmdb.faults.set([Fault(kind="black_hole")])
        answer = await stage.http.get("/api/movies/603", headers={"X-Deadline-Ms": "20"})
        assert answer.status_code in {503, 504}
        assert answer.json()["upstream"] == "tmdb"


async def test_behind_a_prefix(book: Scene) -> None:
    gateway = book.stage.gateway
    settings = GatewaySettings.from_environ({"GATEWAY_REDIS_URL": "off"})
    transport = httpx.ASGITransport(app=create_app(settings, gateway), root_path="/films")
    async with httpx.AsyncClient(transport=transport, base_url="http://gateway/films") as http:
        made = await http.post("/api/requests", json=WISH, headers=as_("ann"))
        assert made.headers["location"].startswith("/films/api/requests/")
        assert (await http.get(made.headers["location"].removeprefix("/films"))).status_code == 200
        listed = await http.get("/api/search?query=the&first=1")
        assert listed.headers["link"].startswith("</films/api/search?")
        assert (await http.get("/api/openapi.json")).json()["servers"] == [{"url": "/films"}]


async def test_a_client_that_leaves_ends_the_work() -> None:
    async with staged() as stage:
        stage.sandbox.tmdb.faults.set([Fault(kind="black_hole")])
        gone, sent = asyncio.Event(), iter([{"type": "http.request", "body": b""}])

        async def receive() -> dict[str, object]:
            first = next(sent, None)
            if first is None:
                await gone.wait()
            return dict(first or {"type": "http.disconnect"})

        async def send(_: object) -> None:
            """Nobody listens."""

        scope = {
            "type": "http",
            "http_version": "1.1",
            "method": "GET",
            "path": "/api/movies/603",
            "query_string": b"",
            "root_path": "",
            "headers": [],
            "scheme": "http",
        }
        assert isinstance(stage.http._transport, httpx.ASGITransport)
        app = stage.http._transport.app
        work = asyncio.create_task(app(scope, receive, send))  # type: ignore[arg-type] # by hand
        while not stage.upstream("tmdb").calls:  # noqa: ASYNC110 - a call has no event
            await asyncio.sleep(0)
        assert not work.done()
        gone.set()
        async with asyncio.timeout(2):
            await work


def test_refusals_keep_their_status() -> None:
    for code, status in STATUS_BY_CODE.items():
        if status == HTTPStatus.OK:
            continue  # of Apollo's clients, who are never answered here
        refused = RefusedError(code, "No.", extensions={"retryAfterMs": 1500}, Allow="GET")
        found = of_refusal(refused)
        assert isinstance(found.model, Problem)
        assert (found.status, found.model.status, found.model.code) == (status, status, code)
        assert (found.headers["allow"], found.headers["retry-after"]) == ("GET", "2")
