"""An answer is written in one piece, and nothing is held back for which nothing is to come."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest
import uvicorn
from uvicorn.server import ServerState

from gateway.cli.heads import BoundedProtocol

ASKED = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"
HEAD = b"HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\n"
ENDING = HEAD.replace(b"\r\n\r\n", b"\r\nconnection: close\r\n\r\n")


class Line(asyncio.Transport):
    """A connection that notes what is written to it."""

    def __init__(self) -> None:
        super().__init__()
        self.is_closed = False
        self.pieces: list[bytes] = []

    def write(self, data: bytes | bytearray | memoryview) -> None:
        assert not self.is_closed
        self.pieces.append(bytes(data))

    def close(self) -> None:
        self.is_closed = True

    def is_closing(self) -> bool:
        return self.is_closed

    def pause_reading(self) -> None:
        """There is always more to read."""

    def resume_reading(self) -> None:
        """Ditto."""


class Server:
    """One connection to an app that says the same each time."""

    def __init__(self, *bodies: bytes, length: int | None = 4) -> None:
        self._lines = [] if length is None else [(b"content-length", b"%d" % length)]
        self._bodies = bodies
        self._state = ServerState()
        config = uvicorn.Config(
            self._app, log_config=None, access_log=False, interface="asgi3", proxy_headers=False
        )
        self.line = Line()
        self._protocol = BoundedProtocol(config, self._state, {})
        self._protocol.connection_made(self.line)

    async def _app(self, _scope: Any, _receive: Any, send: Any) -> None:  # noqa: ANN401 - ASGI
        await send({"type": "http.response.start", "status": 200, "headers": self._lines})
        for at, body in enumerate(self._bodies, 1):
            more_body = at < len(self._bodies)
            await send({"type": "http.response.body", "body": body, "more_body": more_body})

    async def answer(self, asked: bytes = ASKED) -> Sequence[bytes]:
        self._protocol.data_received(asked)
        while self._state.tasks:
            await asyncio.gather(*self._state.tasks)
            await asyncio.sleep(0)
        pieces, self.line.pieces = self.line.pieces, []
        return pieces

    def end(self) -> None:
        self._protocol.connection_lost(None)


async def test_head_and_body_are_one_piece_each_time() -> None:
    server = Server(b"done")
    for _ in range(3):
        assert await server.answer() == [HEAD + b"done"]
    assert await server.answer(2 * ASKED) == 2 * [HEAD + b"done"]
    assert not server.line.is_closed
    server.end()


async def test_what_is_read_behind_a_request_changes_nothing() -> None:
    """By the time of an answer the connection may be at another request, or in its middle."""
    server = Server(b"done")
    assert await server.answer(2 * ASKED + ASKED[:20]) == 2 * [HEAD + b"done"]
    head_only = ASKED.replace(b"GET", b"HEAD")
    rest = ASKED[20:] + head_only + ASKED
    assert await server.answer(rest) == [HEAD + b"done", HEAD, HEAD + b"done"]
    assert not server.line.is_closed
    server.end()


async def test_an_empty_body_is_one_too() -> None:
    server = Server(b"", length=0)
    assert await server.answer() == [HEAD.replace(b"4", b"0")]
    server.end()


async def test_a_head_alone_is_not_held_back() -> None:
    server = Server(b"done")
    assert await server.answer(ASKED.replace(b"GET", b"HEAD")) == [HEAD]
    assert await server.answer() == [HEAD + b"done"]
    server.end()


async def test_a_stream_begins_at_once() -> None:
    server = Server(b"\r\ncontent-length: 4", b"b", length=None)
    head = HEAD.replace(b"content-length: 4", b"transfer-encoding: chunked")
    chunks = [b"13\r\n\r\ncontent-length: 4\r\n", b"1\r\nb\r\n0\r\n\r\n"]
    assert await server.answer() == [head, *chunks]
    server.end()


async def test_a_piece_that_looks_like_a_head_is_not_held_back() -> None:
    server = Server(b"do", HEAD, length=len(HEAD) + 2)
    head = HEAD.replace(b"4", b"%d" % (len(HEAD) + 2))
    assert await server.answer() == [head + b"do", HEAD]
    server.end()


async def test_pieces_of_a_body_are_sent_as_they_come() -> None:
    server = Server(b"do", HEAD, b"ne", length=len(HEAD) + 4)
    pieces = await server.answer()
    assert b"".join(pieces) == HEAD.replace(b"4", b"%d" % (len(HEAD) + 4)) + b"do" + HEAD + b"ne"
    server.end()


@pytest.mark.parametrize(
    "asked", [ASKED.replace(b"1.1", b"1.0"), ASKED.replace(b"Host", b"Connection: close\r\nHost")]
)
async def test_the_last_answer_of_a_connection_is_whole(asked: bytes) -> None:
    server = Server(b"done")
    assert await server.answer(asked) == [ENDING + b"done"]
    assert server.line.is_closed
    server.end()


async def test_an_app_that_breaks_off_ends_the_connection() -> None:
    server = Server()
    assert await server.answer() == []
    assert server.line.is_closed
    server.end()
