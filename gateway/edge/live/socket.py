"""One WebSocket that speaks graphql-transport-ws."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from starlette.types import Receive

from gateway.edge.graphql.fields import Fields
from gateway.edge.graphql.ports import Caller
from gateway.edge.graphql.refusal import RefusalCode, RefusedError
from gateway.edge.live.messages import (
    ACK,
    PONG,
    Close,
    ClosingError,
    Complete,
    Init,
    Ping,
    Pong,
    Said,
    Subscribe,
    read_message,
)
from gateway.edge.live.operations import Operations
from gateway.edge.live.parameters import with_parameters
from gateway.edge.live.room import Guest
from gateway.edge.live.sender import GoneError, Sender

if TYPE_CHECKING:
    from gateway.edge.live.doors import Doors

_NO_INIT = ClosingError(Close.NO_INIT, "Connection initialisation timeout")


class Socket:
    """Reads what its client says, until one of both ends it.

    Args:
        doors: What all sockets share.
        receive: From the client.
        sender: To the client.
        address: The client's.
    """

    def __init__(self, doors: Doors, receive: Receive, sender: Sender, address: str) -> None:
        self._doors = doors
        self._receive = receive
        self._sender = sender
        self._address = address
        self._operations = Operations(doors, sender, address, self._lose)
        self._fields: Fields = {}
        self._is_init = False
        self._is_acked = False
        self._why: ClosingError | None = _NO_INIT
        self._alarm: asyncio.Timeout | None = None

    async def run(self, guest: Guest, fields: Fields) -> None:
        """Serve it to its end; nothing of it is left then.

        Args:
            guest: Its place.
            fields: Of the upgrade.
        """
        self._fields = fields
        try:
            closing = await self._listen(guest)
            if closing is not None and closing.code is Close.RESTART:
                await self._operations.settle()  # whoever waits for an answer still gets it
        finally:
            await self._operations.aclose()
        if closing is not None:
            await self.close(closing.code, closing.reason)

    async def close(self, code: Close, reason: str) -> None:
        """Say goodbye."""
        await self._sender.close(code, reason)

    def end(self, code: Close, reason: str) -> None:
        """Have it closed, from outside."""
        self._ring(ClosingError(code, reason))

    def _lose(self) -> None:
        self._ring(None)

    def _ring(self, why: ClosingError | None) -> None:
        alarm = self._alarm
        if alarm is not None and not alarm.expired():
            self._why = why
            alarm.reschedule(asyncio.get_running_loop().time())

    async def _listen(self, guest: Guest) -> ClosingError | None:
        """Read to the end; why it is to be closed, if it still can be."""
        try:
            async with asyncio.timeout(self._doors.init_s) as self._alarm:
                await self._read(guest)
        except TimeoutError:
            return self._why
        except ClosingError as exc:
            return exc
        except GoneError:
            return None
        finally:
            self._alarm = None
        self._sender.stop()
        return None

    async def _read(self, guest: Guest) -> None:
        while True:
            message = await self._receive()
            if message["type"] == "websocket.disconnect":
                return
            text = message.get("text")
            if text is None:
                raise ClosingError(Close.BAD_MESSAGE, "Messages are text.")
            sent = text.encode("utf-8", "surrogatepass")
            most = self._doors.max_message_bytes
            if len(sent) > most:
                raise ClosingError(Close.TOO_LARGE, f"A message has at most {most} bytes.")
            await self._take(read_message(sent), guest)
            await asyncio.sleep(0)  # a flood that came in one piece lets others through

    async def _take(self, said: Said, guest: Guest) -> None:
        match said:
            case Init():
                await self._init(said, guest)
            case Ping():
                await self._sender.text(PONG)
            case Subscribe():
                if not self._is_acked:
                    raise ClosingError(Close.UNAUTHORIZED, "Unauthorized")
                await self._operations.start(said, self._fields)
            case Complete():
                self._operations.stop(said.id)
            case Pong():
                pass

    async def _init(self, said: Init, guest: Guest) -> None:
        if self._is_init:
            raise ClosingError(Close.SECOND_INIT, "Too many initialisation requests")
        self._is_init = True
        fields = with_parameters(self._fields, said.payload)
        try:
            viewer = await self._doors.identity.of(fields)
        except RefusedError as exc:
            is_unknown = exc.code is RefusalCode.IDENTITY_UNAVAILABLE
            code = Close.TRY_LATER if is_unknown else Close.FORBIDDEN
            raise ClosingError(code, exc.message) from exc
        self._fields = fields
        guest.know(Caller.of(viewer, self._address), fields)
        if self._alarm is not None and self._why is _NO_INIT:
            self._alarm.reschedule(None)
        await self._sender.text(ACK)
        self._is_acked = True
