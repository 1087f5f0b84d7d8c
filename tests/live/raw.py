"""A WebSocket written by hand, which may do what no client does."""

from __future__ import annotations

import asyncio
import base64
import json
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

TEXT, PING, CONT, CLOSE = 0x1, 0x9, 0x0, 0x8
KEY = base64.b64encode(b"0123456789abcdef").decode()
INIT = json.dumps({"type": "connection_init"}).encode()


def head(more: str = "", method: str = "GET") -> bytes:
    return (
        f"{method} /graphql HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
        f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {KEY}\r\n"
        f"Sec-WebSocket-Protocol: graphql-transport-ws\r\n{more}\r\n"
    ).encode()


def frame(opcode: int, data: bytes, *, last: bool = True) -> bytes:
    """One frame; its mask is zeros."""
    size = len(data)
    first = (0x80 if last else 0) | opcode
    if size < 126:
        return struct.pack("!BB4x", first, 0x80 | size) + data
    if size < 65536:
        return struct.pack("!BBH4x", first, 0x80 | 126, size) + data
    return struct.pack("!BBQ4x", first, 0x80 | 127, size) + data


class Raw:
    """The client's side."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    async def read(self) -> tuple[int, bytes]:
        """One frame of the server's."""
        first, size = await self.reader.readexactly(2)
        if size == 126:
            (size,) = struct.unpack("!H", await self.reader.readexactly(2))
        elif size == 127:
            (size,) = struct.unpack("!Q", await self.reader.readexactly(8))
        return first & 0xF, await self.reader.readexactly(size)

    async def code(self) -> int:
        """Read on to how it was closed."""
        while True:
            opcode, data = await self.read()
            if opcode == CLOSE:
                return int(struct.unpack("!H", data[:2])[0])

    async def ended(self) -> None:
        """Read on until the server has hung up."""
        try:
            while await self.reader.read(65536):
                pass
        except ConnectionError:
            return


@asynccontextmanager
async def dialled(address: tuple[str, int], *, limit: int = 65536) -> AsyncIterator[Raw]:
    """A connection, and nothing more."""
    reader, writer = await asyncio.open_connection(*address, limit=limit)
    try:
        yield Raw(reader, writer)
    finally:
        writer.transport.abort()


@asynccontextmanager
async def opened(address: tuple[str, int], *, limit: int = 65536) -> AsyncIterator[Raw]:
    """A WebSocket that was greeted."""
    async with dialled(address, limit=limit) as raw:
        raw.writer.write(head())
        await raw.reader.readuntil(b"\r\n\r\n")
        raw.writer.write(frame(TEXT, INIT))
        assert await raw.read() == (TEXT, b'{"type":"connection_ack"}')
        yield raw
