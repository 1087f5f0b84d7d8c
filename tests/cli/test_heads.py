"""Heads of requests that never end, or are no heads: on real sockets."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, ClassVar

import orjson
import pytest
import uvicorn

from gateway.cli.heads import MOST_BYTES, BoundedProtocol

OK = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"
HALF = b"GET / HTTP/1.1\r\nHost: x\r\n"


class Hasty(BoundedProtocol):
    patience_s: ClassVar[float] = 0.1


async def app(_scope: Any, receive: Any, send: Any) -> None:  # noqa: ANN401 - ASGI
    while (await receive()).get("more_body"):
        pass
    headers = [(b"content-length", b"4")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b"done"})


@asynccontextmanager
async def connected() -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    config = uvicorn.Config(app, http=Hasty, log_config=None, lifespan="off", ws="none")
    server = uvicorn.Server(config)
    with socket.create_server(("127.0.0.1", 0)) as sock:
        task = asyncio.create_task(server.serve([sock]))
        reader, writer = await asyncio.open_connection(*sock.getsockname())
        try:
            async with asyncio.timeout(5):
                yield reader, writer
        finally:
            writer.close()
            server.should_exit = True
            await task


async def refused(reader: asyncio.StreamReader) -> tuple[int, str]:
    head = await reader.readuntil(b"\r\n\r\n")
    (error,) = orjson.loads(await reader.read())["errors"]
    return int(head.split()[1]), error["extensions"]["code"]


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        (HALF, (408, "REQUEST_TIMEOUT")),
        (OK.replace(b"Host", b"Content-Length: -1\r\nHost"), (400, "BAD_REQUEST")),
        (b"\x16\x03\x01 this is TLS", (400, "BAD_REQUEST")),
        (HALF + b"X: " + b"a" * MOST_BYTES + b"\r\n\r\n", (431, "HEADERS_TOO_LARGE")),
        (b"GET /?" + b"a" * MOST_BYTES + OK[5:], (414, "URI_TOO_LONG")),
    ],
    ids=["half", "length", "tls", "large", "long"],
)
async def test_what_is_no_head_is_refused_with_a_code(
    sent: bytes, expected: tuple[int, str]
) -> None:
    async with connected() as (reader, writer):
        writer.write(sent)
        assert await refused(reader) == expected


async def test_a_head_in_pieces_is_bounded_too() -> None:
    async with connected() as (reader, writer):
        writer.write(HALF)
        await asyncio.sleep(0.01)  # the server reads it by itself
        writer.write(b"X: " + b"a" * MOST_BYTES)
        assert (await refused(reader))[0] == 431


@pytest.mark.parametrize("sent", [b"", b"\r\n\r\n"])
async def test_a_connection_that_says_nothing_is_hung_up(
    sent: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    async with connected() as (reader, writer):
        writer.write(sent)
        assert await reader.read() == b""
    assert caplog.records == []


async def test_a_large_body_does_not_count_and_connections_stay() -> None:
    body = b"a" * (MOST_BYTES * 3)
    async with connected() as (reader, writer):
        for _ in range(2):
            writer.write(b"POST / HTTP/1.1\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
            writer.write(HALF)
            assert (await reader.readuntil(b"done")).startswith(b"HTTP/1.1 200")
            await asyncio.sleep(0)
            writer.write(b"\r\n")
            assert (await reader.readuntil(b"done")).startswith(b"HTTP/1.1 200")
