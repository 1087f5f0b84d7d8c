"""The door for upstreams' webhooks: who gets in, and what they may bring."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest
from starlette.applications import Starlette

from gateway.subgraph import Hearing
from gateway.web.webhooks import MAX_BODY_BYTES, webhook_routes

SECRET = "a-secret-of-sixteen"  # noqa: S105 - of a test
URL = "/webhooks/seerr"
JSON = ("Content-Type", "application/json")


@pytest.fixture
def heard() -> list[bytes]:
    return []


@pytest.fixture
async def http(heard: list[bytes]) -> AsyncIterator[httpx.AsyncClient]:
    app = Starlette(routes=webhook_routes({"seerr": Hearing(SECRET, heard.append)}))
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://gateway") as client:
        yield client


@pytest.mark.parametrize("header", [SECRET, f"Bearer {SECRET}", f"bearer  {SECRET} "])
async def test_who_knows_the_secret_is_heard(
    http: httpx.AsyncClient, heard: list[bytes], header: str
) -> None:
    headers = [JSON, ("Authorization", header)]
    answer = await http.post(URL, headers=headers, content=b"{whatever")
    assert (answer.status_code, answer.content) == (202, b"")
    assert answer.headers["cache-control"] == "no-store"
    assert heard == [b"{whatever"]


@pytest.mark.parametrize(
    "sent",
    [
        [],
        [""],
        ["Bearer"],
        ["Bearer "],
        [f"{SECRET}x"],
        [SECRET[:-1]],
        [SECRET.upper()],
        [f"Basic {SECRET}"],
        [f"Bearer {SECRET} {SECRET}"],
        [SECRET, SECRET],
        ["Bearer \N{LATIN SMALL LETTER U WITH DIAERESIS}".encode("latin-1")],
    ],
)
@pytest.mark.parametrize("method", ["POST", "GET"])
async def test_nobody_else_is(
    http: httpx.AsyncClient, heard: list[bytes], method: str, sent: list[str | bytes]
) -> None:
    headers = [(b"authorization", v if isinstance(v, bytes) else v.encode()) for v in sent]
    answer = await http.request(method, URL, headers=headers, content=b"x" * 200_000)
    assert answer.status_code == 401
    assert answer.json()["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"
    assert SECRET not in answer.text
    assert heard == []


@pytest.mark.parametrize(
    ("method", "headers", "size", "status"),
    [
        ("POST", [JSON], MAX_BODY_BYTES, 202),
        ("POST", [JSON], MAX_BODY_BYTES + 1, 413),
        ("POST", [("Content-Type", "text/plain")], 1, 415),
        ("POST", [JSON, ("Content-Encoding", "gzip")], 1, 415),
        ("GET", [JSON], 0, 405),
        ("DELETE", [JSON], 0, 405),
    ],
)
async def test_what_may_be_brought(
    http: httpx.AsyncClient,
    heard: list[bytes],
    method: str,
    headers: list[tuple[str, str]],
    size: int,
    status: int,
) -> None:
    sent = [*headers, ("Authorization", SECRET)]
    answer = await http.request(method, URL, headers=sent, content=b"x" * size)
    assert answer.status_code == status
    assert len(heard) == (status == 202)


async def test_a_flood_of_strangers_is_told_of_once(
    http: httpx.AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    for _ in range(50):
        await http.post(URL, headers=[JSON], content=b"{}")
    assert [each.message for each in caplog.records] == ["webhook refused"]


async def test_others_have_no_door(http: httpx.AsyncClient) -> None:
    for path in ("/webhooks/tmdb", "/webhooks/", "/webhooks/seerr/x"):
        headers = [JSON, ("Authorization", SECRET)]
        assert (await http.post(path, headers=headers, content=b"{}")).status_code == 404
