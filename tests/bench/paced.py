"""Requests at a steady pace, whatever the answers take: waiting for a turn counts as waiting."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from statistics import quantiles

CONNECTIONS = 24


class Paced:
    """Posts bodies to one server over connections that stay open.

    Args:
        port: Of the server, on this machine.
        path: Where to post.
        headers: Lines more than the usual.
    """

    def __init__(self, port: int, path: str = "/graphql", *headers: str) -> None:
        self._port = port
        lines = (f"POST {path} HTTP/1.1", "Host: bench", "Content-Type: application/json", *headers)
        self._head = "\r\n".join(lines)
        self._idle: asyncio.Queue[tuple[asyncio.StreamReader, asyncio.StreamWriter]]

    async def open(self) -> None:
        """Connect."""
        self._idle = asyncio.Queue()
        for _ in range(CONNECTIONS):
            self._idle.put_nowait(await asyncio.open_connection("127.0.0.1", self._port))

    async def close(self) -> None:
        """Leave."""
        while not self._idle.empty():
            _, writer = self._idle.get_nowait()
            writer.close()
            await writer.wait_closed()

    async def post(self, body: bytes) -> tuple[int, bytes]:
        """Status and body of one answer."""
        line = reader, writer = await self._idle.get()
        writer.write(f"{self._head}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body)
        head = (await reader.readuntil(b"\r\n\r\n")).lower()
        size = int(head.partition(b"content-length: ")[2].split(b"\r\n")[0])
        answer = await reader.readexactly(size)
        self._idle.put_nowait(line)
        return int(head.split(b" ", 2)[1]), answer

    async def times_ms(
        self, bodies: Callable[[], bytes], *, per_s: float, seconds: float
    ) -> list[float]:
        """What each took from the moment at which it was due; all are good answers."""
        found: list[float] = []
        start_s = time.perf_counter()

        async def one(due_s: float) -> None:
            status, answer = await self.post(bodies())
            found.append((time.perf_counter() - due_s) * 1000)
            assert status in {200, 202}, answer
            assert b'"errors"' not in answer, answer

        tasks = []
        for number in range(int(per_s * seconds)):
            due_s = start_s + number / per_s
            await asyncio.sleep(max(0.0, due_s - time.perf_counter()))
            tasks.append(asyncio.create_task(one(due_s)))
        await asyncio.gather(*tasks)
        return found


def shown(times_ms: Sequence[float]) -> str:
    """Percentiles."""
    return (
        f"p50 {percentile(times_ms, 50):.1f} p99 {percentile(times_ms, 99):.1f} max "
        f"{max(times_ms):.0f} ms of {len(times_ms)}"
    )


def percentile(times_ms: Sequence[float], which: int) -> float:
    """One of 1 to 99."""
    return quantiles(times_ms, n=100)[which - 1]
