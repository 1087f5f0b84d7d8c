"""The operators' endpoints: who may, what they may send, what they hear."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Mapping

import httpx
import pytest
from starlette.applications import Starlette
from starlette.routing import BaseRoute

from gateway.domain.role import Role
from gateway.domain.viewer import Viewer
from gateway.edge.graphql.fields import Fields
from gateway.edge.identity.refusals import unauthenticated, unavailable
from gateway.web.admin import MAX_BODY_BYTES, admin_routes

TOKEN = "correct-horse-battery"  # noqa: S105 - a test's own
GOOD = {"authorization": f"Bearer {TOKEN}"}


class Listener:
    """A cache that notes what it is told; ``heard`` is what Redis would say."""

    def __init__(self) -> None:
        self.purged: list[tuple[str, ...]] = []
        self.heard = True
        self.broken = False

    async def purge(self, *tags: str) -> bool:
        if self.broken:
            raise LookupError(TOKEN)
        self.purged.append(tags)
        return self.heard

    def stats(self) -> Mapping[str, int]:
        return {"miss": 3}


class Flying:
    """Whole answers."""

    def stats(self) -> Mapping[str, int]:
        return {"answers_shared": 5}


def routes(cache: Listener, token: str | None = TOKEN, *, shared: bool = True) -> list[BaseRoute]:
    return admin_routes(cache, Flying(), token=token, identity=Staff(), shared=shared)


class Staff:
    """Everybody bears their role as their key."""

    async def of(self, fields: Fields) -> Viewer | None:
        sent = fields.get(b"authorization")
        roles = {f"Bearer {role.value}".encode(): role for role in Role}
        if sent is None:
            return None
        if sent == b"Bearer slow":
            raise unavailable()
        if sent not in roles:
            raise unauthenticated()
        return Viewer(id="key:1", display_name="Staff", role=roles[sent])


@pytest.fixture
def cache() -> Listener:
    return Listener()


@pytest.fixture
async def http(cache: Listener) -> AsyncIterator[httpx.AsyncClient]:
    app = Starlette(routes=routes(cache))
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://gateway") as client:
        yield client


def code(answer: httpx.Response) -> str:
    found: str = answer.json()["errors"][0]["extensions"]["code"]
    return found


async def test_a_purge_tells_how_far_it_reached(http: httpx.AsyncClient, cache: Listener) -> None:
    tags = ["movie:603", "requests", "movie:603"]
    answer = await http.post("/admin/cache/purge", json={"tags": tags}, headers=GOOD)
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")
    assert answer.json() == {"purged": ["movie:603", "requests"], "reach": "fleet"}
    assert cache.purged == [("movie:603", "requests")]
    cache.heard = False
    answer = await http.post("/admin/cache/purge", json={"tags": ["requests"]}, headers=GOOD)
    assert answer.status_code == 202
    assert answer.json() == {"purged": ["requests"], "reach": "process, fleet later"}


async def test_a_cache_of_its_own_reaches_nobody_else(cache: Listener) -> None:
    app = Starlette(routes=routes(cache, shared=False))
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://gateway") as client:
        answer = await client.post("/admin/cache/purge", json={"tags": ["requests"]}, headers=GOOD)
    assert answer.json()["reach"] == "process"


async def test_stats_are_this_process_s(http: httpx.AsyncClient) -> None:
    answer = await http.get("/admin/cache/stats", headers=GOOD)
    assert answer.json() == {
        "process": os.getpid(),
        "shared": True,
        "counters": {"miss": 3, "answers_shared": 5},
    }


@pytest.mark.parametrize("path", ["/admin/cache/purge", "/admin/cache/stats"])
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE", "OPTIONS"])
@pytest.mark.parametrize(
    "sent",
    [
        [],
        [""],
        ["Bearer"],
        ["Bearer "],
        [f"Bearer {TOKEN}x"],
        [f"Bearer {TOKEN[:-1]}"],
        [f"Bearer {TOKEN.upper()}"],
        [f"Basic {TOKEN}"],
        [TOKEN],
        [f"Bearer {TOKEN} {TOKEN}"],
        [f"Bearer {TOKEN}", f"Bearer {TOKEN}"],
        ["Bearer \N{LATIN SMALL LETTER U WITH DIAERESIS}".encode("latin-1")],
    ],
)
async def test_nobody_else_gets_in(
    http: httpx.AsyncClient, cache: Listener, path: str, method: str, sent: list[str | bytes]
) -> None:
    headers = [
        (b"authorization", each if isinstance(each, bytes) else each.encode()) for each in sent
    ]
    answer = await http.request(method, path, headers=headers, json={"tags": ["requests"]})
    assert (answer.status_code, code(answer)) == (401, "UNAUTHENTICATED")
    assert answer.headers["www-authenticate"].startswith('Bearer realm="marquee-admin"')
    assert ("invalid_token" in answer.headers["www-authenticate"]) is bool(sent)
    assert TOKEN not in answer.text
    assert cache.purged == []


@pytest.mark.parametrize("token", [TOKEN, None])
async def test_admins_get_in_with_their_own_keys(cache: Listener, token: str | None) -> None:
    transport = httpx.ASGITransport(app=Starlette(routes=routes(cache, token)))
    async with httpx.AsyncClient(transport=transport, base_url="http://gateway") as client:
        for bearer, status, told in (
            ("admin", 200, None),
            ("manager", 403, "FORBIDDEN"),
            ("viewer", 403, "FORBIDDEN"),
            ("slow", 503, "IDENTITY_UNAVAILABLE"),
            ("", 401, "UNAUTHENTICATED"),
            (TOKEN, 401 if token is None else 200, None),
        ):
            headers = {"authorization": f"Bearer {bearer}"}
            answer = await client.get("/admin/cache/stats", headers=headers)
            assert answer.status_code == status
            assert told is None or code(answer) == told


async def test_the_scheme_is_any_case(http: httpx.AsyncClient) -> None:
    answer = await http.get("/admin/cache/stats", headers={"authorization": f"bEARER  {TOKEN}"})
    assert answer.status_code == 200


@pytest.mark.parametrize(
    ("body", "status", "expected"),
    [
        (b"{", 400, "INVALID_JSON"),
        (b'{"tags": ["a"], "tags": ["b"]}', 400, "INVALID_JSON"),
        (b"[]", 400, "BAD_REQUEST"),
        (b"{}", 400, "BAD_REQUEST"),
        (b'{"tags": []}', 400, "BAD_REQUEST"),
        (b'{"tags": "movie:603"}', 400, "BAD_REQUEST"),
        (b'{"tags": [603]}', 400, "BAD_REQUEST"),
        (b'{"tags": ["*"]}', 400, "BAD_REQUEST"),
        (b'{"tags": ["movie:603\\r\\nFLUSHALL"]}', 400, "BAD_REQUEST"),
        (b'{"tags": ["' + b"m" * 200 + b'"]}', 400, "BAD_REQUEST"),
        (b'{"tags": ["requests"], "all": true}', 400, "BAD_REQUEST"),
        (b'{"tags": [' + b'"movie:1",' * 1000 + b'"movie:1"]}', 400, "BAD_REQUEST"),
        (b'"' + b"x" * MAX_BODY_BYTES + b'"', 413, "PAYLOAD_TOO_LARGE"),
    ],
)
async def test_a_purge_that_cannot_be_read_purges_nothing(
    http: httpx.AsyncClient, cache: Listener, body: bytes, status: int, expected: str
) -> None:
    headers = {**GOOD, "content-type": "application/json"}
    answer = await http.post("/admin/cache/purge", content=body, headers=headers)
    assert (answer.status_code, code(answer)) == (status, expected)
    assert cache.purged == []


async def test_a_form_is_refused(http: httpx.AsyncClient) -> None:
    answer = await http.post("/admin/cache/purge", data={"tags": "requests"}, headers=GOOD)
    assert (answer.status_code, code(answer)) == (415, "UNSUPPORTED_MEDIA_TYPE")


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [("GET", "/admin/cache/purge", "POST"), ("POST", "/admin/cache/stats", "GET, HEAD")],
)
async def test_another_method_is_told_which(
    http: httpx.AsyncClient, method: str, path: str, allowed: str
) -> None:
    answer = await http.request(method, path, headers=GOOD)
    assert (answer.status_code, code(answer)) == (405, "METHOD_NOT_ALLOWED")
    assert answer.headers["allow"] == allowed


async def test_what_nobody_planned_is_masked(http: httpx.AsyncClient, cache: Listener) -> None:
    cache.broken = True
    answer = await http.post("/admin/cache/purge", json={"tags": ["requests"]}, headers=GOOD)
    assert (answer.status_code, code(answer)) == (500, "INTERNAL_SERVER_ERROR")
    assert TOKEN not in answer.text
