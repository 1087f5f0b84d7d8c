"""Clients of ``requestChanged`` on bare sockets, so that a thousand of them cost little."""

from __future__ import annotations

import asyncio
import base64
import json
import os
import re
import socket
import struct
import time
from collections.abc import Callable
from typing import Final

CHANGES: Final = """subscription($after: String) { requestChanged(after: $after) {
  cursor kind requestId request { version status } } }"""
_CURSOR: Final = re.compile(rb'"cursor":"([^"]+)"')
_HANDSHAKE: Final = (
    "GET /graphql HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\n"
    "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n"
    "Sec-WebSocket-Protocol: graphql-transport-ws\r\n\r\n"
)
_TEXT: Final = 0x81
_CLOSE: Final = 0x88
_PING: Final = 0x89


def frame(head: int, payload: bytes) -> bytes:
    """A frame of a client, masked with nothing."""
    size = len(payload)
    length = bytes([0x80 | size]) if size < 126 else bytes([0x80 | 126]) + struct.pack(">H", size)
    return bytes([head]) + length + bytes(4) + payload


class Wire(asyncio.Protocol):
    """One subscriber: greets, subscribes, and notes which events came when."""

    def __init__(self, query: str, after: str | None, heard: Callable[[str, float], None]) -> None:
        self._query = query
        self._after = after
        self._heard = heard
        self._data = b""
        self._is_up = False
        self.transport: asyncio.Transport | None = None
        self.begun = asyncio.Event()
        self.lost = asyncio.Event()
        self.errors: list[bytes] = []

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        port = transport.get_extra_info("peername")[1]
        key = base64.b64encode(os.urandom(16)).decode()
        transport.write(_HANDSHAKE.format(port=port, key=key).encode())

    def data_received(self, data: bytes) -> None:
        now_s = time.time()
        self._data += data
        if not self._is_up:
            head, found, rest = self._data.partition(b"\r\n\r\n")
            if not found:
                return
            assert head.startswith(b"HTTP/1.1 101"), head
            self._is_up, self._data = True, rest
            self.say({"type": "connection_init"})
        while (taken := self._taken()) is not None:
            self._frame(*taken, now_s)

    def connection_lost(self, _: Exception | None) -> None:
        self.lost.set()

    def say(self, message: object) -> None:
        assert self.transport is not None
        self.transport.write(frame(_TEXT, json.dumps(message).encode()))

    def leave(self) -> None:
        if self.transport is not None:
            self.transport.abort()

    def _taken(self) -> tuple[int, bytes] | None:
        data = self._data
        if len(data) < 2:
            return None
        size, start = data[1], 2
        if size == 126:
            if len(data) < 4:
                return None
            size, start = int.from_bytes(data[2:4]), 4
        elif size == 127:
            if len(data) < 10:
                return None
            size, start = int.from_bytes(data[2:10]), 10
        if len(data) < start + size:
            return None
        self._data = data[start + size :]
        return data[0], data[start : start + size]

    def _frame(self, head: int, payload: bytes, now_s: float) -> None:
        if head == _PING:
            assert self.transport is not None
            self.transport.write(frame(0x8A, payload))
        elif head == _TEXT and b'"connection_ack"' in payload:
            asked = {"query": self._query, "variables": {"after": self._after}}
            self.say({"id": "1", "type": "subscribe", "payload": asked})
            self.say({"type": "ping"})
        elif head == _TEXT and b'"pong"' in payload:
            self.begun.set()
        elif head == _TEXT:
            found = _CURSOR.search(payload)
            if found is None or b'"errors"' in payload:
                self.errors.append(payload)
            if found is not None:
                self._heard(found[1].decode(), now_s)


async def connect(
    port: int,
    heard: Callable[[str, float], None],
    *,
    query: str = CHANGES,
    after: str | None = None,
    buffer_bytes: int | None = None,
) -> Wire:
    """Subscribe; it has begun when this returns.

    Args:
        port: The replica's.
        heard: Told the cursor of each event, and when it came.
        query: What to subscribe to.
        after: From behind a cursor.
        buffer_bytes: The system takes no more for it than that while it does not read.
    """
    sock = socket.socket()
    if buffer_bytes is not None:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer_bytes)
    sock.setblocking(False)
    loop = asyncio.get_running_loop()
    await loop.sock_connect(sock, ("127.0.0.1", port))
    _, wire = await loop.create_connection(lambda: Wire(query, after, heard), sock=sock)
    async with asyncio.timeout(30):
        await wire.begun.wait()
    return wire
