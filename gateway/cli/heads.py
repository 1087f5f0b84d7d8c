"""uvicorn's HTTP/1.1, with bounds on a request's head; without, half a head holds a connection.

A body's bounds are the app's matter: by then it has been asked.
"""

from __future__ import annotations

import asyncio
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, ClassVar, Final

import orjson
from uvicorn.protocols.http.httptools_impl import (
    STATUS_LINE,
    HttpToolsProtocol,
    RequestResponseCycle,
)

from gateway.cli import stalls
from gateway.cli.joined import Joined
from gateway.cli.stalls import Stall

if TYPE_CHECKING:
    from uvicorn._types import ASGI3Application

PATIENCE_S: Final = 10.0
"""For a whole head, from its first byte or from the connection on."""
MOST_BYTES: Final = 65_536


class BoundedProtocol(HttpToolsProtocol):
    """One connection. What is no request gets an answer in GraphQL's shape, and is hung up on."""

    patience_s: ClassVar[float] = PATIENCE_S
    stall_s: ClassVar[float] = stalls.PATIENCE_S

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - uvicorn's own
        super().__init__(*args, **kwargs)
        self._timer: asyncio.TimerHandle | None = None
        self._timed: object = None  # the scope of a head that is not whole
        self._is_left = False  # to another protocol
        self._stall: Stall | None = None
        self._late_bytes = 0  # of it, after the piece that it began with

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as uvicorn has it
        """Wait for a first request, but not for ever."""
        super().connection_made(transport)
        self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """Nobody is waited for any more."""
        super().connection_lost(exc)
        self._stop_waiting()
        if self._stall is not None:
            self._stall.end()

    def pause_writing(self) -> None:
        """The client does not read as fast as the app writes, or not at all."""
        super().pause_writing()
        if self._stall is None:
            self._stall = Stall(self.loop, self.transport, self.stall_s)
        self._stall.begin()

    def resume_writing(self) -> None:
        """It does."""
        super().resume_writing()
        if self._stall is not None:
            self._stall.end()

    def data_received(self, data: bytes) -> None:
        """Take a piece; a head that it leaves unfinished is timed and measured."""
        if len(data) > MOST_BYTES and self._is_at_a_head() and _is_large(data):
            self._refuse_large(is_line=self._is_in_line(data))
            return
        HttpToolsProtocol.data_received(self, data)
        if self._is_left:
            return
        if self._timer is None and "method" in self.scope and not self.cycle.response_complete:
            return  # a whole head, and nothing to undo: as nearly always
        if self._is_in_head():
            self._measure(len(data))
        elif not self._is_answering():
            self._wait()
        elif self._timer is not None:
            self._stop_waiting()

    def _measure(self, piece_bytes: int) -> None:
        if self._timed is not self.scope:
            self._timed, self._late_bytes = self.scope, 0
        else:
            self._late_bytes += piece_bytes
        if self._late_bytes > MOST_BYTES:
            self._refuse_large(is_line=self._is_in_line(b""))
        else:
            self._wait()

    def shutdown(self) -> None:
        """Let streams end too, which have no end of their own."""
        drain = self.app_state.get("drain")
        if drain is not None:
            drain.begin()
        super().shutdown()

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002 - says nothing that a client could use
        """Refuse what is not HTTP."""
        self._refuse(HTTPStatus.BAD_REQUEST, "BAD_REQUEST", "This is not a request of HTTP/1.1.")

    def _unsupported_upgrade_warning(self) -> None:
        """A client may offer another protocol: that is no event."""

    def _should_upgrade(self) -> bool:
        """Only what can become a WebSocket; the rest is a request as any other."""
        return (
            super()._should_upgrade()
            and self.scope["method"] == "GET"
            and any(name == b"sec-websocket-key" for name, _ in self.headers)
        )

    def handle_websocket_upgrade(self) -> None:
        """Leave the connection to another protocol."""
        self._stop_waiting()
        super().handle_websocket_upgrade()
        self._is_left = True

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: ASGI3Application) -> None:
        """Let an answer be written in one piece; by now others may have been read behind it."""
        if cycle.scope["method"] != "HEAD":
            cycle.transport = Joined(self.transport)
        super()._start_asgi_task(cycle, app)

    def _is_in_head(self) -> bool:
        """Only with its end uvicorn notes a method."""
        return self.scope is not None and "method" not in self.scope

    def _is_at_a_head(self) -> bool:
        """Whether what comes now is one, and not what is left of a body."""
        return not self._is_answering() and (self.cycle is None or not self.cycle.more_body)

    def _is_answering(self) -> bool:
        return self.cycle is not None and not self.cycle.response_complete

    def _lose_patience(self) -> None:
        self._timer = None
        if self._is_answering():
            self._wait()  # an earlier request comes first
        elif self._is_in_head():
            text = f"The head was not whole after {self.patience_s:g} s."
            self._refuse(HTTPStatus.REQUEST_TIMEOUT, "REQUEST_TIMEOUT", text)
        else:
            self.transport.close()

    def _is_in_line(self, data: bytes) -> bool:
        """Whether it is the request line that has no end."""
        if self._is_in_head():
            return len(self.url) > MOST_BYTES // 2
        return b" HTTP/" not in data[:MOST_BYTES]

    def _refuse_large(self, *, is_line: bool) -> None:
        if is_line:
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


def _is_large(data: bytes) -> bool:
    """Whether a head that begins here has no end within the bounds."""
    return data.find(b"\r\n\r\n", 0, MOST_BYTES) < 0
