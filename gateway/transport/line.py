"""One connection to an upstream: calls go out and answers come in, one after the other."""

from __future__ import annotations

import asyncio
from typing import cast

from httptools import HttpParserError, HttpParserUpgrade, HttpResponseParser

from gateway.transport.body import decode
from gateway.transport.port import (
    AnswerCutError,
    BodyTooLargeError,
    ConnectionLostError,
    EncodingError,
    ExchangeError,
    ExchangeTimeoutError,
    HttpAnswer,
)

_MAX_HEAD_BYTES = 65_536
_MAX_NAMES = 1024
_TICK_S = 0.001  # a loop's timers are no finer
_FIRST_FINAL = 200  # below it there are only foretastes of an answer

_names: dict[bytes, str] = {}
"""Header names as they were met, in lower case; they are always the same few."""


class NoAnswerError(ConnectionLostError):
    """Lost before the first byte of an answer; a read may go out again on a new connection."""


class Line(asyncio.Protocol):
    """Speaks HTTP/1.1 as a client; llhttp does the reading.

    Whatever is odd ends the connection: bytes that nobody asked for, an answer that is cut, late
    or too large. An answer ends up with whoever asked, or with nobody.

    Args:
        max_body_bytes: Of an answer, as it travels and as it is decoded.
    """

    def __init__(self, max_body_bytes: int) -> None:
        self._loop = asyncio.get_running_loop()
        self.gone: asyncio.Future[None] = self._loop.create_future()
        self._most = max_body_bytes
        self._parser = HttpResponseParser(self)
        self._transport: asyncio.Transport
        self._answer: asyncio.Future[HttpAnswer] | None = None
        self._ends_at_s = 0.0
        self._timer: asyncio.TimerHandle | None = None
        self._headers: dict[str, str] = {}
        self._chunks: list[bytes] = []
        self._body_bytes = 0
        self._raw_bytes = 0
        self._is_body = False

    @property
    def is_open(self) -> bool:
        """Whether another call may go out on it."""
        return self._answer is None and not self._transport.is_closing()

    def ask(self, call: bytes, ends_at_s: float) -> asyncio.Future[HttpAnswer]:
        """Send a call on an open line; give up with ``abort``.

        Args:
            call: All of it, as bytes.
            ends_at_s: The loop's time at which the answer must be whole.

        Returns:
            The answer, or an ``ExchangeError``.
        """
        self._headers = {}
        self._chunks = []
        self._body_bytes = self._raw_bytes = 0
        self._is_body = False
        self._answer = answer = self._loop.create_future()
        if self._timer is None or ends_at_s < self._timer.when():
            self._set_timer(ends_at_s)
        self._ends_at_s = ends_at_s
        self._transport.write(call)
        return answer

    def abort(self) -> None:
        """Close at once; who still waits hears that the connection is lost."""
        self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take the transport."""
        self._transport = cast("asyncio.Transport", transport)  # a socket's always is

    def data_received(self, data: bytes) -> None:
        """Read on."""
        if self._answer is None:
            self.abort()
            return
        self._raw_bytes += len(data)
        try:
            self._parser.feed_data(data)
        except (HttpParserError, HttpParserUpgrade) as exc:
            self._fail(EncodingError("not an HTTP answer"), exc)
            self.abort()
        else:
            if self._raw_bytes > _MAX_HEAD_BYTES and self._answer is not None:
                self._check_overhead()

    def connection_lost(self, exc: Exception | None) -> None:
        """Tell whoever waits what that means for the answer."""
        self.gone.set_result(None)
        if self._timer is not None:
            self._timer.cancel()
        if self._answer is not None:
            self._break_off(exc)
        del self._parser  # it knows us: no cycle for the garbage collector

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take one header; those behind a body are of no use."""
        if self._is_body:
            return
        key = _names.get(name) or _learnt(name)
        text = value.decode("latin-1")
        if key in self._headers:
            glue = "\n" if key == "set-cookie" else ", "
            text = f"{self._headers[key]}{glue}{text}"
        self._headers[key] = text

    def on_headers_complete(self) -> None:
        """From here on it is the body."""
        self._is_body = True

    def on_body(self, chunk: bytes) -> None:
        """Take a part of the body, unless it is one too many."""
        self._body_bytes += len(chunk)
        if self._body_bytes > self._most:
            self._chunks = []
            self._fail(BodyTooLargeError(f"more than {self._most} bytes"))
            self.abort()
        else:
            self._chunks.append(chunk)

    def on_message_complete(self) -> None:
        """Hand the answer over; or go on, if it was a foretaste such as 103."""
        if self._parser.get_status_code() < _FIRST_FINAL:
            self._headers = {}
            self._is_body = False
            return
        if self._answer is None:  # a second answer to one call
            self.abort()
            return
        self._succeed()
        if not self._parser.should_keep_alive():
            self.abort()

    def _break_off(self, exc: Exception | None) -> None:
        if self._is_body and exc is None and self._is_endless():
            self._succeed()
        elif self._raw_bytes:
            self._fail(AnswerCutError("the answer was cut short"), exc)
        else:
            self._fail(NoAnswerError("the connection was lost before an answer"), exc)

    def _is_endless(self) -> bool:
        """Whether the end of the connection is the end of the body."""
        return not self._headers.keys() & {"content-length", "transfer-encoding"}

    def _check_overhead(self) -> None:
        """Heads, trailers and the sizes of chunks must not grow without end either."""
        if not self._is_body or self._raw_bytes > 2 * self._most + _MAX_HEAD_BYTES:
            self._fail(BodyTooLargeError("more head than body"))
            self.abort()

    def _set_timer(self, at_s: float) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = self._loop.call_at(at_s, self._look_at_time)

    def _look_at_time(self) -> None:
        """One timer serves many calls: it was set for an earlier one, or for this one."""
        self._timer = None
        if self._answer is None:
            return
        if self._ends_at_s > self._loop.time() + _TICK_S:
            self._set_timer(self._ends_at_s)
            return
        self._fail(ExchangeTimeoutError("no whole answer in time"))
        self.abort()

    def _succeed(self) -> None:
        chunks, self._chunks = self._chunks, []
        raw = chunks[0] if len(chunks) == 1 else b"".join(chunks)
        try:
            body = decode(raw, self._headers.get("content-encoding", ""), self._most)
        except ExchangeError as exc:
            self._fail(exc)
            return
        waiting = self._settled()
        if waiting is not None:
            status = self._parser.get_status_code()
            waiting.set_result(HttpAnswer(status=status, headers=self._headers, body=body))

    def _fail(self, error: ExchangeError, cause: Exception | None = None) -> None:
        waiting = self._settled()
        if waiting is not None:
            error.__cause__ = cause
            waiting.set_exception(error)

    def _settled(self) -> asyncio.Future[HttpAnswer] | None:
        """Whom to tell, if anybody still waits; nobody is told twice."""
        waiting, self._answer = self._answer, None
        if waiting is None:
            return None
        return None if waiting.done() else waiting


def _learnt(name: bytes) -> str:
    found = name.lower().decode("latin-1")
    if len(_names) < _MAX_NAMES:
        _names[name] = found
    return found
