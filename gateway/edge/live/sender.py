"""The way out of one connection."""

from __future__ import annotations

import asyncio
from typing import Final

from starlette.types import Message, Send

from gateway.edge.begun import Begun

PATIENCE_S: Final = 30.0
"""For a client that does not read; what it has not read by then stays in the system's buffers."""


class GoneError(Exception):
    """Nobody reads any more."""


class Sender:
    """Sends messages; a client that takes none for a while is given up.

    Args:
        send: The server's.
        patience_s: For one message.
    """

    def __init__(self, send: Send, *, patience_s: float = PATIENCE_S) -> None:
        self._send = send
        self._patience_s = patience_s
        self._is_over = False

    async def text(self, text: str) -> None:
        """Send one message of a WebSocket.

        Raises:
            GoneError: The client does not read, or has gone.
        """
        await self.message({"type": "websocket.send", "text": text})

    async def message(self, message: Message) -> None:
        """Send one message of ASGI.

        Raises:
            GoneError: The client does not read, or has gone.
        """
        if self._is_over:
            raise GoneError
        try:
            begun = Begun(self._send(message))
            if not begun.is_done:
                async with asyncio.timeout(self._patience_s):
                    await begun
        except (TimeoutError, OSError, RuntimeError) as exc:  # the last: closed by the server
            self._is_over = True
            raise GoneError from exc

    async def close(self, code: int, reason: str) -> None:
        """Close a WebSocket, once."""
        if not self._is_over:
            message = {"type": "websocket.close", "code": code, "reason": reason}
            try:
                await self.message(message)
            except GoneError:
                return
            self._is_over = True

    def stop(self) -> None:
        """Send nothing more."""
        self._is_over = True
