"""uvicorn's answers, with heads that are written once for all who get the same.

uvicorn looks at each line for what must not be in it, which takes longer than all else that it
does for an answer.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from uvicorn.protocols.http import httptools_impl
from uvicorn.protocols.http.httptools_impl import RequestResponseCycle

from gateway.edge.graphql.reply import Repeated

if TYPE_CHECKING:
    from uvicorn._types import ASGISendEvent


class Cycle(RequestResponseCycle):
    """One request and its answer."""

    async def send(self, message: ASGISendEvent) -> None:
        """Send what the app says."""
        lines = message.get("headers")
        if not isinstance(lines, Repeated) or not self._is_usual():
            await super().send(message)
            return
        if lines.beside is not self.default_headers:  # the date is another each second
            await self._write(message, lines)
            return
        self.response_started = True
        self.waiting_for_100_continue = False
        self.expected_content_length = lines.body_bytes
        self.transport.write(lines.written)

    def _is_usual(self) -> bool:
        """Whether an answer may begin, and nothing hangs on the connection or is to be logged."""
        is_open = not self.flow.write_paused and not self.disconnected
        return is_open and self.keep_alive and not self.response_started and not self.access_log

    async def _write(self, message: ASGISendEvent, lines: Repeated) -> None:
        """Let uvicorn write a head, and note it."""
        transport, paper = self.transport, _Paper()
        self.transport = paper
        try:
            await super().send(message)
        finally:
            self.transport = transport
        transport.write(paper.written)
        if self.keep_alive:
            lines.beside, lines.written = self.default_headers, paper.written
            lines.body_bytes = self.expected_content_length


class _Paper(asyncio.Transport):
    """Takes what is written."""

    written = b""

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self.written = bytes(data)


def install() -> None:
    """Have uvicorn make this kind; it knows no other way, and a change of class is slow."""
    setattr(httptools_impl, RequestResponseCycle.__name__, Cycle)
