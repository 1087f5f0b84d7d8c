"""A tiny server that misbehaves on real sockets, and the ports that have to bear it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import TypeAlias

import pytest
from pydantic import BaseModel, ConfigDict

from gateway.transport.httpx_port import HttpxPort
from gateway.transport.pool import PoolLimits
from gateway.transport.port import HttpPort
from gateway.transport.socket_port import SocketPort

Reply: TypeAlias = Callable[[asyncio.StreamWriter], Awaitable[None]]


class Film(BaseModel):
    """What the server serves."""

    model_config = ConfigDict(frozen=True)

    id: int


class RudeServer:
    """Answers each call by the next reply; the last one stays.

    Attributes:
        calls: Request lines in order of arrival.
        heads: Whole request heads.
        connections: How many were opened.
    """

    def __init__(self) -> None:
        self.replies: list[Reply] = []
        self.calls: list[str] = []
        self.heads: list[str] = []
        self.connections = 0
        self.served_on: list[int] = []
        self.called = asyncio.Event()
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def base_url(self) -> str:
        assert self._server is not None
        port: int = self._server.sockets[0].getsockname()[1]
        return f"http://127.0.0.1:{port}"

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0)

    def stop_listening(self) -> None:
        assert self._server is not None
        self._server.close()

    async def stop(self) -> None:
        self.stop_listening()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await asyncio.sleep(0)

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        task = asyncio.ensure_future(self._serve(reader, writer, self.connections))
        self._tasks.add(task)

    async def _serve(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, number: int
    ) -> None:
        try:
            while not writer.is_closing():
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
                self.heads.append(head)
                self.calls.append(head.split("\r\n", 1)[0])
                self.served_on.append(number)
                self.called.set()
                await self.replies[min(len(self.calls), len(self.replies)) - 1](writer)
        except (OSError, asyncio.IncompleteReadError):
            pass  # the client went
        finally:
            writer.close()
            await self._gone(writer)

    async def _gone(self, writer: asyncio.StreamWriter) -> None:
        try:
            await writer.wait_closed()
        except OSError:
            pass
        except asyncio.CancelledError:
            writer.transport.abort()
            raise


def whole(body: bytes = b'{"id": 603}', status: str = "200 OK", **headers: str) -> Reply:
    named = {"content_type": "application/json", "content_length": str(len(body)), **headers}
    lines = [f"{name.replace('_', '-')}: {value}\r\n" for name, value in named.items()]

    async def reply(writer: asyncio.StreamWriter) -> None:
        writer.write(f"HTTP/1.1 {status}\r\n{''.join(lines)}\r\n".encode("latin-1") + body)
        await writer.drain()

    return reply


@pytest.fixture
async def server() -> AsyncIterator[RudeServer]:
    found = RudeServer()
    await found.start()
    yield found
    await found.stop()


@pytest.fixture
def reply() -> Callable[..., Reply]:
    return whole


@pytest.fixture
def film() -> type[Film]:
    return Film


@pytest.fixture(params=["sockets", "httpx"])
async def port(request: pytest.FixtureRequest) -> AsyncIterator[HttpPort]:
    pool = PoolLimits(connect_timeout_s=0.3, max_connections=64)
    kinds = {"sockets": SocketPort, "httpx": HttpxPort.over_network}
    made: HttpPort = kinds[request.param](pool)
    yield made
    await made.aclose()
