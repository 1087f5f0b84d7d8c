"""uvicorn's WebSockets, with bounds on what one connection can take of a process.

A client that does not read is cut off: its pongs and frames would be kept for ever. One piece of
the network's data is read in slices: thousands of tiny messages in it would keep all others
waiting. And who closes a socket is the app: it knows what is still to be said.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, ClassVar, Final

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from gateway.cli.stalls import PATIENCE_S, Stall

if TYPE_CHECKING:
    from uvicorn._types import ASGIReceiveEvent, ASGISendEvent
    from websockets.frames import Frame

SLICE_BYTES: Final = 4096
_NO_HANDSHAKE: Final = b"HTTP/1.1 400 Bad Request\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"
MOST_PIECES: Final = 1000
"""Frames of one message; an empty one is six bytes to send, and more to keep."""


class BoundedSocket(WebSocketsSansIOProtocol):
    """One connection."""

    patience_s: ClassVar[float] = PATIENCE_S
    """For a client to read what is there for it."""
    farewell_s: ClassVar[float] = 2.0
    """For a client to take the last words, and to hang up."""
    message_s: ClassVar[float] = 10.0
    """For a message to be whole: half of one is kept for as long as it takes."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - uvicorn's own
        super().__init__(*args, **kwargs)
        self._stall: Stall | None = None
        self._rest = bytearray()
        self._is_lost = False
        self._is_due = False  # the next slice
        self._late: asyncio.TimerHandle | None = None

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait for nothing more."""
        self._is_lost = True
        self._rest.clear()
        self._wait_no_more()
        if self._stall is not None:
            self._stall.end()
        super().connection_lost(exc)

    def pause_writing(self) -> None:
        """Take nothing from a client either that does not read: its pings want answers."""
        super().pause_writing()
        self.transport.pause_reading()
        if self._stall is None:
            self._stall = Stall(self.loop, self.transport, self.patience_s)
        self._stall.begin()

    def resume_writing(self) -> None:
        """Go on."""
        super().resume_writing()
        if self._stall is not None:
            self._stall.end()
        self._go_on()

    def data_received(self, data: bytes) -> None:
        """Take a piece; others have their turn between two slices of it."""
        if self._rest or len(data) > SLICE_BYTES:
            self.transport.pause_reading()
            self._rest += data
            self._go_on()
            return
        self._feed(data)

    async def receive(self) -> ASGIReceiveEvent:
        """The next message; with the last of them read, more is taken from the network."""
        message = await self.queue.get()
        if self.read_paused and self.queue.empty():
            self.read_paused = False
            self._go_on()
        return message

    async def send(self, message: ASGISendEvent) -> None:
        """Send; an answer over HTTP ends the handshake, which uvicorn forgets to note."""
        await super().send(message)
        if self.initial_response is not None and self.close_sent:
            self.handshake_complete = True

    def _go_on(self) -> None:
        """Take more, unless the app has yet to read, or the client has."""
        if self._is_lost or self.transport.is_closing():
            self._rest.clear()
        elif not self.read_paused and self.writable.is_set():
            if not self._rest:
                self.transport.resume_reading()
            elif not self._is_due:
                self._is_due = True
                self.loop.call_soon(self._take_slice)

    def _take_slice(self) -> None:
        self._is_due = False
        piece = bytes(self._rest[:SLICE_BYTES])
        del self._rest[:SLICE_BYTES]
        if piece and not self._is_lost and not self.transport.is_closing():
            self._feed(piece)
        self._go_on()

    def _feed(self, data: bytes) -> None:
        super().data_received(data)
        if self.conn.handshake_exc is not None and not self.handshake_initiated:
            self.handshake_complete = True  # there will be none
            self.transport.write(_NO_HANDSHAKE)
            self.transport.close()
        if not (self.frames or self.conn.reader.buffer):
            self._wait_no_more()
        elif self._late is None and not self._is_lost:
            self._late = self.loop.call_later(self.message_s, self._lose_patience)

    def _lose_patience(self) -> None:
        self._late = None
        if self._rest or self.read_paused or not self.writable.is_set():
            self._late = self.loop.call_later(self.message_s, self._lose_patience)  # our own doing
        elif not self.close_sent:
            self.conn.fail(1008, "a message was not whole in time")
            self.handle_parser_exception()

    def _wait_no_more(self) -> None:
        if self._late is not None:
            self._late.cancel()
            self._late = None

    def handle_cont(self, event: Frame) -> None:
        """Take a further piece of a message."""
        if len(self.frames) >= MOST_PIECES:
            self.conn.fail(1009, "too many pieces")
            self.handle_parser_exception()
            return
        super().handle_cont(event)

    def send_receive_event_to_app(self) -> None:
        """Hand a whole message over; what is no text is no news for the log."""
        self._wait_no_more()
        if self.curr_msg_data_type == "text":
            whole = b"".join(self.frames)
            try:
                whole.isascii() or whole.decode()
            except UnicodeDecodeError:
                self.conn.fail(1007, "not UTF-8")
                self.handle_parser_exception()
                return
            self.frames = [whole]
        super().send_receive_event_to_app()

    def keepalive_timeout(self) -> None:
        """Hang up on who does not answer; what is left for them is lost."""
        super().keepalive_timeout()
        self.transport.abort()

    def on_task_complete(self, task: asyncio.Task[None]) -> None:
        """The app is done: so is the connection, whether its client reads the end of it or not."""
        super().on_task_complete(task)
        if not self._is_lost:
            self.loop.call_later(self.farewell_s, self.transport.abort)

    def shutdown(self) -> None:
        """Let the app say goodbye, if it has not been told yet."""
        drain = self.app_state.get("drain")
        if drain is None or not self.handshake_complete or self.close_sent:
            super().shutdown()
            return
        drain.begin()
