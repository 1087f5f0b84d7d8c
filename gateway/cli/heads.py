"""uvicorn's HTTP/1.1, with bounds on a request's head; without, half a head holds a connection.

A body's bounds are the app's matter: by then it has been asked.
"""

from __future__ import annotations

import asyncio
from http import HTTPStatus
from typing import Any, ClassVar, Final

import orjson
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

PATIENCE_S: Final = 10.0
"""For a whole head, from its first byte or from the connection on."""
MOST_BYTES: Final = 65_536


class BoundedProtocol(HttpToolsProtocol):
    """One connection. What is no request gets an answer in GraphQL's shape, and is hung up on."""

    patience_s: ClassVar[float] = PATIENCE_S

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - uvicorn's own
        super().__init__(*args, **kwargs)
        self._timer: asyncio.TimerHandle | None = None
        self._is_in_head = False
        self._begins = False  # with what came last, after whatever was before it
        self._late_bytes = 0  # of a head, after the piece that it began with
        self._piece_bytes = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as uvicorn has it
        """Wait for a first request, but not for ever."""
        super().connection_made(transport)
        self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """Nobody is waited for any more."""
        super().connection_lost(exc)
        self._stop_waiting()

    def data_received(self, data: bytes) -> None:
        """Take a piece; a head that it leaves unfinished is timed and measured."""
        self._piece_bytes = len(data)
        self._begins = False
        super().data_received(data)
        if not self._is_in_head:
            if self._is_answering():
                self._stop_waiting()
            else:
                self._wait()
            return
        self._late_bytes = 0 if self._begins else self._late_bytes + len(data)
        if self._late_bytes > MOST_BYTES:
            self._refuse_large()
        else:
            self._wait()

    def on_message_begin(self) -> None:
        """A head begins."""
        self._is_in_head = self._begins = True
        self._late_bytes = 0
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """A head has ended; one that came in few large pieces is measured only now."""
        self._is_in_head = False
        if self._late_bytes + self._piece_bytes > MOST_BYTES and self._measured() > MOST_BYTES:
            self._refuse_large()
        else:
            super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """Pass it on, unless its request was refused."""
        if not self.transport.is_closing():
            super().on_body(body)

    def on_message_complete(self) -> None:
        """Ditto; between requests uvicorn's own patience counts."""
        if not self.transport.is_closing():
            super().on_message_complete()

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002 - says nothing that a client could use
        """Refuse what is not HTTP."""
        self._refuse(HTTPStatus.BAD_REQUEST, "BAD_REQUEST", "This is not a request of HTTP/1.1.")

    def _unsupported_upgrade_warning(self) -> None:
        """A client may offer another protocol: that is no event."""

    def _measured(self) -> int:
        lines = sum(len(name) + len(value) for name, value in self.headers)
        return lines + len(self.url)

    def _is_answering(self) -> bool:
        return self.cycle is not None and not self.cycle.response_complete

    def _lose_patience(self) -> None:
        self._timer = None
        if self._is_answering():
            self._wait()  # an earlier request comes first
        elif self._is_in_head:
            text = f"The head was not whole after {self.patience_s:g} s."
            self._refuse(HTTPStatus.REQUEST_TIMEOUT, "REQUEST_TIMEOUT", text)
        else:
            self.transport.close()

    def _refuse_large(self) -> None:
        if len(self.url) > MOST_BYTES // 2:
            text = f"A request's head has at most {MOST_BYTES} bytes: use POST."
            self._refuse(HTTPStatus.REQUEST_URI_TOO_LONG, "URI_TOO_LONG", text)
        else:
            status = HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE
            text = f"A request's head has at most {MOST_BYTES} bytes."
            self._refuse(status, "HEADERS_TOO_LARGE", text)

    def _refuse(self, status: HTTPStatus, code: str, message: str) -> None:
        if self.transport.is_closing():
            return
        body = orjson.dumps({"errors": [{"message": message, "extensions": {"code": code}}]})
        head = (
            b"content-type: application/json; charset=utf-8\r\ncache-control: no-store\r\n"
            b"content-length: %d\r\nconnection: close\r\n\r\n" % len(body)
        )
        self.transport.write(b"".join((STATUS_LINE[status], head, body)))
        self.transport.close()

    def _wait(self) -> None:
        if self._timer is None and not self.transport.is_closing():
            self._timer = self.loop.call_later(self.patience_s, self._lose_patience)

    def _stop_waiting(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
