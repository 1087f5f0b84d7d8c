"""Writes the head of an answer together with its body.

uvicorn writes them apart, which is two calls of the system and two packets.
"""

from __future__ import annotations

import asyncio
from typing import Final

_BEGIN: Final = b"HTTP/1.1 "
_LENGTH: Final = b"\r\ncontent-length: "
"""Without one it is a stream, whose head is not held back."""


class Joined(asyncio.Transport):
    """The way out of one connection, for answers that have bodies, if only empty ones.

    Args:
        transport: Of the connection.
    """

    def __init__(self, transport: asyncio.Transport) -> None:
        super().__init__()
        self._transport = transport
        self._head = b""

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Keep a head until its body comes, which ASGI asks for."""
        if self._head:
            head, self._head = self._head, b""
            self._transport.write(head + data)
        elif isinstance(data, bytes) and data.startswith(_BEGIN) and _LENGTH in data:
            self._head = data
        else:
            self._transport.write(data)

    def close(self) -> None:
        """End the connection."""
        self._transport.close()

    def is_closing(self) -> bool:
        """Whether it has been ended."""
        return self._transport.is_closing()
