"""Streams of events over HTTP, in the "distinct connections mode" of graphql-sse.

Source: PROTOCOL.md of the package graphql-sse.
"""

from __future__ import annotations

import asyncio
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Final

from starlette.types import Receive, Send

from gateway.edge.graphql.ports import Asked
from gateway.edge.graphql.reply import Lines, Reply
from gateway.edge.live.frames import BrokenError, Frame, Frames
from gateway.edge.live.messages import Close
from gateway.edge.live.origins import PageOrigins
from gateway.edge.live.room import Room
from gateway.edge.live.sender import PATIENCE_S, GoneError, Sender

KEEP_ALIVE_S: Final = 12.0
"""Proxies hang up on what is quiet for a minute, some for less."""
_COMMENT: Final = b":\n\n"
_COMPLETE: Final = b"event: complete\ndata: \n\n"
_LINES: Final[Lines] = (
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store, no-transform"),
    (b"vary", b"Accept"),
    (b"x-accel-buffering", b"no"),
    (b"x-content-type-options", b"nosniff"),
)


def at_once(body: bytes) -> Reply:
    """One answer as a whole stream, for clients that take nothing else."""
    told = b"event: next\ndata: " + body + b"\n\n" + _COMPLETE
    return Reply(200, (*_LINES, (b"content-length", b"%d" % len(told))), told)


@dataclass(frozen=True, slots=True)
class Streams:
    """Opens streams of events.

    Args:
        room: Who is connected.
        origins: Pages that may connect.
        keep_alive_s: Between two signs of life.
        patience_s: For a client to read.
    """

    room: Room
    origins: PageOrigins
    keep_alive_s: float = KEEP_ALIVE_S
    patience_s: float = PATIENCE_S

    def open(self, frames: Frames, asked: Asked, address: str) -> Stream:
        """Take places for a subscription that has begun.

        Raises:
            RefusedError: There are none, or a foreign page asks.
        """
        stream = Stream(self, frames)
        with ExitStack() as stack:
            self.origins.check(asked.fields)
            guest = stack.enter_context(self.room.seat(address, stream.end))
            stack.enter_context(self.room.following(asked.caller, address))
            guest.know(asked.caller, asked.fields)
            stream.places = stack.pop_all()
        return stream


class Stream:
    """One of them.

    Args:
        streams: What all share.
        frames: To send.
    """

    def __init__(self, streams: Streams, frames: Frames) -> None:
        self._streams = streams
        self._frames = frames
        self._over: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.places = ExitStack()

    def end(self, _: Close, __: str) -> None:
        """Have it ended, from outside: without a last word, so that its client comes back."""
        if not self._over.done():
            self._over.set_result(None)

    async def send(self, receive: Receive, send: Send) -> None:
        """Send it all; nothing of it is left then."""
        sender = Sender(send, patience_s=self._streams.patience_s)
        pump = asyncio.create_task(self._pump(sender))
        client = asyncio.create_task(_gone(receive))
        try:
            await self._wait(sender, pump, client)
        except GoneError:
            sender.stop()
        finally:
            pump.cancel()
            client.cancel()
            await asyncio.wait((pump, client))
            await self._frames.aclose()
            self.places.close()
        await _last(sender)

    async def _wait(
        self, sender: Sender, pump: asyncio.Task[None], client: asyncio.Task[None]
    ) -> None:
        keep_alive_s = self._streams.keep_alive_s
        while True:
            done, _ = await asyncio.wait(
                (pump, client, self._over),
                timeout=keep_alive_s,
                return_when=asyncio.FIRST_COMPLETED,
            )
            if client in done:
                raise GoneError
            if pump in done:
                pump.result()
            if done:
                return
            await _body(sender, _COMMENT)

    async def _pump(self, sender: Sender) -> None:
        start = {"type": "http.response.start", "status": 200, "headers": list(_LINES)}
        await sender.message(start)
        await _body(sender, _COMMENT)
        try:
            async for frame in self._frames:
                await _body(sender, frame.event)
        except BrokenError as exc:
            await _body(sender, Frame.of({"errors": [exc.error]}).event)
        await _body(sender, _COMPLETE)


async def _body(sender: Sender, piece: bytes) -> None:
    await sender.message({"type": "http.response.body", "body": piece, "more_body": True})


async def _last(sender: Sender) -> None:
    try:
        await sender.message({"type": "http.response.body", "body": b"", "more_body": False})
    except GoneError:
        return


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
