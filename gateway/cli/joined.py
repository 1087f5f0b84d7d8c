"""Writes the head of an answer together with its body.

uvicorn writes them apart, which is two calls of the system and two packets.
"""

from __future__ import annotations

import asyncio
from typing import Final

CONTINUE: Final = b"HTTP/1.1 100 Continue\r\n\r\n"
"""What may come before a head."""
_LENGTH: Final = b"\r\ncontent-length: "
"""Without one it is a stream, whose head is not held back."""


class Joined(asyncio.Transport):
    """The way out of one answer that has a body, if only an empty one.

    Args:
        transport: Of the connection.
    """

    def __init__(self, transport: asyncio.Transport) -> None:
        super().__init__()
        self._transport = transport
        self._head: bytes | None = None  # until there is one; empty once it is written

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Keep the head until its body comes, which ASGI asks for."""
        head = self._head
        if head:
            self._transport.write(head + data)
            self._head = b""
        elif head is None and _LENGTH in bytes(data):
            self._head = bytes(data)
        else:
            if head is None and data != CONTINUE:
                self._head = b""
            self._transport.write(data)

    def close(self) -> None:
        """End the connection."""
        self._transport.close()

    def is_closing(self) -> bool:
        """Whether it has been ended."""
        return self._transport.is_closing()
