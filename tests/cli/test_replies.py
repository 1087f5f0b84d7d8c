"""A head that is written once is the same to the letter, and only where it would be written so."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from typing import Any

import pytest
import uvicorn
from uvicorn.server import ServerState

from gateway.cli.serving import _protocol
from gateway.edge.graphql.reply import Repeated

LINES = ((b"Content-Type", b"text/plain"), (b"content-length", b"4"), (b"vary", b"Accept"))
ASKED = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"
PLAIN = (
    b"HTTP/1.1 200 OK\r\ndate: 1\r\ncontent-type: text/plain\r\ncontent-length: 4\r\n"
    b"vary: Accept\r\n\r\ndone"
)


class Line(asyncio.Transport):
    """A connection that notes what is written to it."""

    def __init__(self) -> None:
        super().__init__()
        self.is_closed = False
        self._written = bytearray()

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self._written += data

    def close(self) -> None:
        self.is_closed = True

    def is_closing(self) -> bool:
        return self.is_closed

    def resume_reading(self) -> None:
        """Nothing was paused."""

    def taken(self) -> bytes:
        found = bytes(self._written)
        self._written.clear()
        return found


class Server:
    """One app that answers all connections with the same lines."""

    def __init__(self, lines: Sequence[tuple[bytes, bytes]], body: bytes = b"done") -> None:
        self.lines, self.body = lines, body
        self.state = ServerState()
        self.state.default_headers = [(b"date", b"1")]
        self.config = uvicorn.Config(
            self._app, log_config=None, access_log=False, interface="asgi3", proxy_headers=False
        )
        self.config.load()
        self.door = asyncio.Event()
        self.door.set()

    async def _app(self, _scope: Any, _receive: Any, send: Any) -> None:  # noqa: ANN401 - ASGI
        await self.door.wait()
        await send({"type": "http.response.start", "status": 200, "headers": self.lines})
        await send({"type": "http.response.body", "body": self.body})

    def dialled(self) -> tuple[asyncio.Protocol, Line]:
        kind: Any = _protocol()
        protocol, line = kind(self.config, self.state, {}), Line()
        protocol.connection_made(line)
        return protocol, line

    async def answered(self, asked: bytes = ASKED) -> bytes:
        protocol, line = self.dialled()
        protocol.data_received(asked)
        await self.settled()
        protocol.connection_lost(None)
        return line.taken()

    async def settled(self) -> None:
        await asyncio.gather(*self.state.tasks)
        await asyncio.sleep(0)


async def test_it_is_the_same_to_the_letter() -> None:
    server = Server(lines := Repeated(LINES))
    assert [await server.answered() for _ in range(3)] == [PLAIN] * 3
    assert lines.written == PLAIN.removesuffix(b"done")
    assert await Server(LINES).answered() == PLAIN


async def test_one_connection_gets_it_again_and_again() -> None:
    server = Server(Repeated(LINES))
    protocol, line = server.dialled()
    for _ in range(3):
        protocol.data_received(ASKED)
        await server.settled()
        assert line.taken() == PLAIN
    protocol.connection_lost(None)


async def test_the_date_is_as_of_now() -> None:
    server = Server(Repeated(LINES))
    for date in (b"1", b"2", b"3"):
        server.state.default_headers = [(b"date", date)]
        assert await server.answered() == PLAIN.replace(b"date: 1", b"date: " + date)


@pytest.mark.parametrize(
    "asked", [ASKED.replace(b"1.1", b"1.0"), ASKED.replace(b"Host", b"Connection: close\r\nHost")]
)
async def test_a_connection_that_ends_is_told_so(asked: bytes) -> None:
    server = Server(lines := Repeated(LINES))
    closing = PLAIN.replace(b"Accept\r\n", b"Accept\r\nconnection: close\r\n")
    assert await server.answered(asked) == closing
    assert not lines.written
    assert await server.answered() == PLAIN
    assert await server.answered(asked) == closing


async def test_lines_that_end_the_connection_end_each() -> None:
    server = Server(Repeated((*LINES, (b"connection", b"close"))))
    for _ in range(2):
        protocol, line = server.dialled()
        protocol.data_received(ASKED)
        await server.settled()
        assert line.is_closed
        protocol.connection_lost(None)


async def test_a_head_alone_has_no_body() -> None:
    server = Server(Repeated(LINES))
    asked = ASKED.replace(b"GET", b"HEAD")
    assert [await server.answered(asked) for _ in range(2)] == [PLAIN.removesuffix(b"done")] * 2
    assert await server.answered() == PLAIN


async def test_who_has_gone_is_sent_nothing() -> None:
    server = Server(Repeated(LINES))
    assert await server.answered() == PLAIN
    server.door.clear()
    protocol, line = server.dialled()
    protocol.data_received(ASKED)
    await asyncio.sleep(0)
    protocol.connection_lost(None)
    server.door.set()
    await server.settled()
    assert line.taken() == b""


async def test_lines_that_no_answer_may_have_are_refused_each_time() -> None:
    server = Server(Repeated((*LINES, (b"x", b"a\r\nb"))))
    for _ in range(2):
        assert await server.answered() == b""


async def test_a_body_is_as_long_as_was_said() -> None:
    server = Server(Repeated(LINES))
    assert await server.answered() == PLAIN
    server.body = b"too long"
    assert await server.answered() == PLAIN.removesuffix(b"done")


async def test_what_is_to_be_logged_is(caplog: pytest.LogCaptureFixture) -> None:
    server = Server(Repeated(LINES))
    log = logging.getLogger("uvicorn.access")
    log.addHandler(caplog.handler)
    log.setLevel(logging.INFO)
    try:
        for _ in range(2):
            await server.answered()
    finally:
        log.removeHandler(caplog.handler)
    assert [each.name for each in caplog.records] == [log.name] * 2
