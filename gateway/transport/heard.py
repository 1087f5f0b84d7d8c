"""An answer of which only the status matters: the rest is let pass, within bounds."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Final, cast

from httptools import HttpParserError, HttpParserUpgrade, HttpResponseParser

from gateway.transport.port import (
    AnswerCutError,
    BodyTooLargeError,
    ConnectionLostError,
    EncodingError,
    ExchangeError,
)

MOST_BYTES: Final = 65_536
_FIRST_FINAL: Final = 200  # below it there are only foretastes of an answer


@dataclass(frozen=True, slots=True)
class Heard:
    """What an answer begins with.

    Attributes:
        status: The HTTP status; redirects are answers too.
        retry_after: The header, as it was sent.
    """

    status: int
    retry_after: str | None = None


class Hearer(asyncio.Protocol):
    """Reads one answer on a connection that is used once.

    Attributes:
        heard: The status as soon as it is final, or an ``ExchangeError``.
        ended: When there is nothing more to read, whole or not; never an error.
    """

    def __init__(self) -> None:
        loop = asyncio.get_running_loop()
        self.heard: asyncio.Future[Heard] = loop.create_future()
        self.heard.add_done_callback(_looked_at)
        self.ended: asyncio.Future[None] = loop.create_future()
        self._parser = HttpResponseParser(self)
        self._transport: asyncio.Transport
        self._retry_after: str | None = None
        self._bytes = 0

    def say(self, call: bytes) -> None:
        """Send all of a call."""
        self._transport.write(call)

    def abort(self) -> None:
        """Close at once."""
        self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take the transport."""
        self._transport = cast("asyncio.Transport", transport)  # a socket's always is

    def data_received(self, data: bytes) -> None:
        """Read on, until it is enough."""
        self._bytes += len(data)
        try:
            self._parser.feed_data(data)
        except (HttpParserError, HttpParserUpgrade) as exc:
            self._end(EncodingError("not an HTTP answer"), exc)
        if self._bytes > MOST_BYTES:
            self._end(BodyTooLargeError("more head than anybody needs"))

    def connection_lost(self, exc: Exception | None) -> None:
        """Tell whoever still waits."""
        if self._bytes:
            self._end(AnswerCutError("the answer was cut short"), exc)
        else:
            self._end(ConnectionLostError("the connection was lost before an answer"), exc)
        del self._parser  # it knows us: no cycle for the garbage collector

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take the one that matters."""
        if name.lower() == b"retry-after":
            self._retry_after = value.decode("latin-1")

    def on_headers_complete(self) -> None:
        """Hand the status over."""
        status = self._parser.get_status_code()
        if status >= _FIRST_FINAL and not self.heard.done():
            self.heard.set_result(Heard(status, self._retry_after))

    def on_message_complete(self) -> None:
        """End with the answer, unless it was a foretaste."""
        if self.heard.done():
            self._end(AnswerCutError("nobody waits"))

    def _end(self, error: ExchangeError, cause: Exception | None = None) -> None:
        """The error is for those who have heard nothing yet."""
        if not self.heard.done():
            error.__cause__ = cause
            self.heard.set_exception(error)
        if not self.ended.done():
            self.ended.set_result(None)
        self._transport.abort()


def _looked_at(heard: asyncio.Future[Heard]) -> None:
    """Whoever gave the call up has no use for its error."""
    if not heard.cancelled():
        heard.exception()
