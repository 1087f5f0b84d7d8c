"""The whole way out, over real sockets: errors by kind, logs without secrets, bursts in order."""

from __future__ import annotations

import asyncio
import gzip
import logging

import pytest

from gateway.errors import (
    UpstreamContractError,
    UpstreamError,
    UpstreamRateLimitedError,
    UpstreamRejectedError,
    UpstreamTimeoutError,
    UpstreamUnauthorizedError,
    UpstreamUnavailableError,
)
from gateway.transport import deadline
from gateway.transport.http import UpstreamHttp
from gateway.transport.limits import CallLimits
from gateway.transport.pool import Family, PoolLimits
from gateway.transport.port import NotConnectedError
from gateway.transport.ports import make_port
from gateway.transport.socket_port import SocketPort

HTML = b"<html><title>502 Bad Gateway</title></html>"
QUICK = CallLimits(backoff_s=0.001, gate_wait_s=0.0)


@pytest.fixture
def http(server, port) -> UpstreamHttp:  # noqa: ANN001 - fixtures of conftest.py
    return UpstreamHttp(
        "seerr",
        port,
        base_url=f"{server.base_url}/api/v1/",
        headers={"X-Api-Key": "canary"},
        limits=QUICK,
    )


async def test_a_read_sends_what_was_meant(server, reply, http, film) -> None:  # noqa: ANN001
    server.replies = [reply()]
    found = await http.get(
        "search",
        "/search",
        film,
        headers={"X-API-User": "7"},
        query="the matrix: a+b",
        page=1,
        language=None,
    )
    assert found == film(id=603)
    dotted = {"primary_release_date.gte": "1999-03-31", "with_genres": "28,12"}
    await http.get("discover", "/discover/movie", film, query=dotted, page=2)
    assert server.calls == [
        "GET /api/v1/search?query=the%20matrix%3A%20a%2Bb&page=1 HTTP/1.1",
        (
            "GET /api/v1/discover/movie"
            "?primary_release_date.gte=1999-03-31&with_genres=28%2C12&page=2 HTTP/1.1"
        ),
    ]
    head = server.heads[0].lower()
    assert "x-api-key: canary" in head
    assert "x-api-user: 7" in head
    assert "accept: application/json" in head
    assert "accept-encoding: gzip, deflate\r" in head
    assert "x-api-user" not in server.heads[1].lower()


async def test_a_write_sends_json(server, reply, http) -> None:  # noqa: ANN001
    server.replies = [reply(b'{"id": 1}', "201 Created")]
    answer = await http.send("create", "POST", "/request", json={"mediaId": 603})
    assert (answer.status, answer.body) == (201, b'{"id": 1}')
    assert "content-type: application/json" in server.heads[0].lower()
    assert "content-length: 15" in server.heads[0].lower()


@pytest.mark.parametrize(
    ("status", "body", "headers", "error", "calls"),
    [
        ("401 Unauthorized", b"{}", {}, UpstreamUnauthorizedError, 1),
        ("403 Forbidden", b"{}", {}, UpstreamRejectedError, 1),
        ("307 Temporary Redirect", b"", {"location": "/x"}, UpstreamRejectedError, 1),
        ("429 Too Many Requests", b"{}", {"retry_after": "7"}, UpstreamRateLimitedError, 1),
        ("500 Oops", b"{}", {}, UpstreamUnavailableError, 3),
        ("502 Bad Gateway", HTML, {"content_type": "text/html"}, UpstreamUnavailableError, 3),
        ("200 OK", HTML, {"content_type": "text/html"}, UpstreamContractError, 2),
        ("200 OK", b'{"id": "cut', {}, UpstreamContractError, 2),
        ("200 OK", b'{"id": {}}', {}, UpstreamContractError, 2),
        ("200 OK", gzip.compress(b'{"id": 603}', mtime=0), {}, UpstreamContractError, 2),
        (
            "200 OK",
            gzip.compress(b" " * 9_000_000),
            {"content_encoding": "gzip"},
            UpstreamContractError,
            1,
        ),
    ],
)
async def test_each_answer_has_its_error(  # noqa: ANN201
    server,  # noqa: ANN001
    reply,  # noqa: ANN001
    http,  # noqa: ANN001
    film,  # noqa: ANN001
    status,  # noqa: ANN001
    body,  # noqa: ANN001
    headers,  # noqa: ANN001
    error,  # noqa: ANN001
    calls,  # noqa: ANN001
):
    server.replies = [reply(body, status, **headers)]
    with pytest.raises(UpstreamError) as raised:
        await http.get("movie", "/movie/603", film, page="canary")
    assert type(raised.value) is error
    assert len(server.calls) == calls
    assert "canary" not in str(raised.value)
    assert "127.0.0.1" not in str(raised.value)
    assert http.status().in_flight == 0


async def test_the_answer_comes_with_the_deadline(server, http, film) -> None:  # noqa: ANN001
    async def drip(writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n")
        while True:
            writer.write(b" ")
            await writer.drain()
            await asyncio.sleep(0.01)

    server.replies = [drip]
    started_s = asyncio.get_running_loop().time()
    with deadline.limit(0.2), pytest.raises(UpstreamTimeoutError):
        await http.get("movie", "/movie/603", film)
    assert asyncio.get_running_loop().time() - started_s < 0.3


async def test_logs_tell_each_try_and_no_secret(  # noqa: ANN201
    server,  # noqa: ANN001
    reply,  # noqa: ANN001
    http,  # noqa: ANN001
    film,  # noqa: ANN001
    caplog,  # noqa: ANN001
):
    caplog.set_level(logging.DEBUG)
    server.replies = [reply(b"canary", "500 Oops"), reply(b'{"id": 1, "x": "canary"}')]
    await http.get("movie", "/movie/canary", film, api_key="canary")
    ours = [record for record in caplog.records if record.name == "gateway.upstream"]
    told = [(r.upstream, r.operation, r.outcome, r.attempt) for r in ours]
    assert told == [("seerr", "movie", "unavailable", 1), ("seerr", "movie", "ok", 2)]
    assert all(0.0 <= record.duration_ms < 1000.0 for record in ours)
    assert "canary" not in caplog.text
    assert not [r for r in caplog.records if r.name.startswith(("httpx", "httpcore", "aiohttp"))]


async def test_a_burst_of_cold_pages_queues_in_order_and_is_answered_whole(  # noqa: ANN201
    server,  # noqa: ANN001
    film,  # noqa: ANN001
):
    """64 clients at once, 21 calls each."""
    inside, most = 0, 0

    async def busy(writer: asyncio.StreamWriter) -> None:
        nonlocal inside, most
        inside += 1
        most = max(most, inside)
        for _ in range(20):
            await asyncio.sleep(0)
        inside -= 1
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n" + b'{"id": 1}')

    server.replies = [busy]
    port = SocketPort()  # httpx bears it too, at many times the time
    http = UpstreamHttp("tmdb", port, base_url=server.base_url)
    calls = [http.get("movie", f"/movie/{n}", film) for n in range(64 * 21)]
    found = await asyncio.gather(*calls)
    await port.aclose()
    assert len(found) == 64 * 21
    assert all(film_found.id == 1 for film_found in found)
    order = [int(call.split()[1].rsplit("/", 1)[1]) for call in server.calls]
    assert sorted(order) == list(range(64 * 21))
    assert max(abs(place - number) for place, number in enumerate(order)) <= 2 * 64
    assert most <= 64
    assert server.connections <= 64


@pytest.mark.parametrize("kind", ["sockets", "httpx"])
async def test_pool_settings_reach_the_client(server, reply, kind) -> None:  # noqa: ANN001
    """Idle connections end, and an address family is used alone."""
    server.replies = [reply()]
    at = server.base_url.replace("127.0.0.1", "localhost")
    ipv4 = make_port(kind, PoolLimits(idle_s=1e-9, family=Family.IPV4))
    for _ in range(3):
        assert (await ipv4.send("GET", at, headers={}, timeout_s=3.0)).status == 200
    assert server.connections == 3
    await ipv4.aclose()
    ipv6 = make_port(kind, PoolLimits(family=Family.IPV6))
    with pytest.raises(NotConnectedError):
        await ipv6.send("GET", at, headers={}, timeout_s=3.0)
    await ipv6.aclose()
