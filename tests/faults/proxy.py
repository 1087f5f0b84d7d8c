"""A small TCP proxy that stands between two programs and misbehaves on demand."""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final

CHUNK_BYTES: Final = 65_536
_RESET_ON_CLOSE: Final = struct.pack("ii", 1, 0)  # SO_LINGER: on, no time; closing sends RST
_ARRIVAL_S: Final = 0.02  # a reset discards what the client has not read yet


@dataclass(frozen=True, slots=True, kw_only=True)
class Weather:
    """How a proxy treats its connections, the open ones included.

    Attributes:
        refuse: Nobody listens, and what is connected is reset.
        deaf: Connections are taken, nothing is ever passed on: a black hole.
        half_open: Calls get through, answers do not: the other end is gone and never said so.
        reset_after_bytes: Answers are cut after so many by a reset.
        cut_after_bytes: Answers are cut after so many by an orderly close.
        drip_bytes: Answers come in pieces of this size ...
        drip_s: ... so many seconds apart.
        delay_s: Every answer is so late.
    """

    refuse: bool = False
    deaf: bool = False
    half_open: bool = False
    reset_after_bytes: int | None = None
    cut_after_bytes: int | None = None
    drip_bytes: int | None = None
    drip_s: float = 0.0
    delay_s: float = 0.0


FAIR: Final = Weather()


class _Line:
    """One connection through the proxy."""

    def __init__(self, proxy: ChaosProxy, client: asyncio.StreamWriter) -> None:
        self._proxy = proxy
        self._client = client
        self._server: asyncio.StreamWriter | None = None
        self._answered = 0

    async def run(self, reader: asyncio.StreamReader) -> None:
        """Pass bytes on both ways until either end closes."""
        try:
            answers, self._server = await asyncio.open_connection(*self._proxy.target)
            pumps = [
                asyncio.ensure_future(self._calls(reader, self._server)),
                asyncio.ensure_future(self._answers(answers)),
            ]
            try:
                await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for pump in pumps:
                    pump.cancel()
                await asyncio.gather(*pumps, return_exceptions=True)
        except OSError:
            self.reset()  # the far end is not there: as if this one were not either
        finally:
            self.close()

    def close(self) -> None:
        """End both halves in order."""
        for writer in filter(None, (self._client, self._server)):
            writer.close()

    def reset(self) -> None:
        """End both halves without a word."""
        for writer in filter(None, (self._client, self._server)):
            sock: socket.socket | None = writer.get_extra_info("socket")
            if sock is not None and sock.fileno() >= 0:
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
            writer.transport.abort()

    async def _calls(self, reader: asyncio.StreamReader, server: asyncio.StreamWriter) -> None:
        while data := await reader.read(CHUNK_BYTES):
            if self._proxy.weather.deaf:
                continue
            self._answered = 0
            self._proxy.calls_bytes += len(data)
            server.write(data)
            await server.drain()

    async def _answers(self, reader: asyncio.StreamReader) -> None:
        while data := await reader.read(CHUNK_BYTES):
            weather = self._proxy.weather
            if weather.deaf or weather.half_open:
                continue
            if weather.delay_s:
                await asyncio.sleep(weather.delay_s)
            most = weather.reset_after_bytes
            limit = most if most is not None else weather.cut_after_bytes
            if limit is not None and self._answered + len(data) >= limit:
                await self._pass_on(data[: max(0, limit - self._answered)], weather)
                if most is not None:
                    await asyncio.sleep(_ARRIVAL_S if most else 0.0)
                    self.reset()
                return
            await self._pass_on(data, weather)
            self._answered += len(data)

    async def _pass_on(self, data: bytes, weather: Weather) -> None:
        step = weather.drip_bytes or len(data) or 1
        for start in range(0, len(data), step):
            self._client.write(data[start : start + step])
            await self._client.drain()
            if weather.drip_bytes:
                await asyncio.sleep(weather.drip_s)


class ChaosProxy:
    """Listens on a loopback port and passes on to a target, as its weather lets it.

    Args:
        target: Host and port.

    Attributes:
        port: Where it listens; it stays the same when it refuses for a while.
        connections: How many were taken since the start.
        calls_bytes: Bytes of calls that were passed on.
    """

    def __init__(self, target: tuple[str, int]) -> None:
        self.target = target
        self.port = 0
        self.connections = 0
        self.calls_bytes = 0
        self._weather = FAIR
        self._server: asyncio.Server | None = None
        self._lines: dict[_Line, asyncio.Task[None]] = {}

    @property
    def weather(self) -> Weather:
        """What it does at present."""
        return self._weather

    @property
    def open_connections(self) -> int:
        """Connections that are not ended."""
        return len(self._lines)

    async def set(self, weather: Weather) -> None:
        """Change the weather for new and for open connections."""
        self._weather = weather
        if weather.refuse:
            await self._stop_listening()
            await self.drop(reset=True)
        elif self._server is None:
            await self._listen()

    async def drop(self, *, reset: bool = False) -> None:
        """End every open connection: what a peer does to kept ones that were idle for too long."""
        lines = dict(self._lines)
        for line in lines:
            if reset:
                line.reset()
            else:
                line.close()
        await asyncio.gather(*lines.values(), return_exceptions=True)

    async def start(self) -> None:
        """Listen."""
        await self._listen()

    async def stop(self) -> None:
        """Listen no more and end every connection."""
        await self._stop_listening()
        for task in self._lines.values():
            task.cancel()
        await self.drop(reset=True)
        await asyncio.sleep(0)

    async def _listen(self) -> None:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def _stop_listening(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None
            await asyncio.sleep(0)

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        line = _Line(self, writer)
        task = asyncio.ensure_future(line.run(reader))
        self._lines[line] = task
        task.add_done_callback(lambda _: self._lines.pop(line, None))


@asynccontextmanager
async def proxied(port: int) -> AsyncIterator[ChaosProxy]:
    """A proxy in front of a loopback port, in fair weather."""
    proxy = ChaosProxy(("127.0.0.1", port))
    await proxy.start()
    try:
        yield proxy
    finally:
        await proxy.stop()
