"""CPU of one upstream call by HTTP client, and of every decision about it; ratios of one run.

The whole process is measured, a client's own threads included. "Beside work" gives each answer
100 us of Python, as a gateway does: a client that works in a thread of its own then waits for the
interpreter. pyreqwest is measured where it is installed.
"""

from __future__ import annotations

import asyncio
import importlib
import multiprocessing
import random
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from multiprocessing.connection import Connection
from statistics import median
from typing import Any, Final

import aiohttp
import pytest
import uvloop
import yarl
from pydantic import BaseModel

from gateway.transport import deadline
from gateway.transport.http import UpstreamHttp
from gateway.transport.httpx_port import HttpxPort
from gateway.transport.port import HttpAnswer
from gateway.transport.socket_port import SocketPort

ROUNDS: Final = 5
SLICE_S: Final = 0.5
CALLS: Final = 5000
TURNS: Final = 2500  # of an empty loop: about 100 us
HEADERS: Final = {"Accept": "application/json", "Authorization": f"Bearer {'x' * 200}"}
BODY: Final = b'{"id": 603, "overview": "' + b"x" * 11_000 + b'"}'
ANSWER: Final = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n" + (
    f"Content-Length: {len(BODY)}\r\n\r\n".encode() + BODY
)

Get = Callable[[str], Awaitable[bytes]]


class Film(BaseModel):
    """As little as it takes."""

    id: int


class Upstream(asyncio.Protocol):
    """Answers each head that ends."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport: Any = transport

    def data_received(self, data: bytes) -> None:
        self._transport.write(ANSWER * data.count(b"\r\n\r\n"))


def serve(told: Connection) -> None:
    async def main() -> None:
        server = await asyncio.get_running_loop().create_server(Upstream, "127.0.0.1", 0)
        told.send(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    uvloop.run(main())


@contextmanager
def upstream() -> Iterator[str]:
    """A server in a process of its own."""
    spawned = multiprocessing.get_context("spawn")
    told, telling = spawned.Pipe()
    process = spawned.Process(target=serve, args=(telling,), daemon=True)
    process.start()
    try:
        yield f"http://127.0.0.1:{told.recv()}/3/movie/603"
    finally:
        process.kill()
        process.join()


def clients(sockets: SocketPort, httpx: HttpxPort, http: aiohttp.ClientSession) -> dict[str, Get]:
    async def by_sockets(url: str) -> bytes:
        return (await sockets.send("GET", url, headers=HEADERS, timeout_s=5.0)).body

    async def by_httpx(url: str) -> bytes:
        return (await httpx.send("GET", url, headers=HEADERS, timeout_s=5.0)).body

    async def by_aiohttp(url: str) -> bytes:
        async with asyncio.timeout(5.0), http.get(yarl.URL(url, encoded=True)) as answer:
            return await answer.read()

    found = {"sockets": by_sockets, "aiohttp": by_aiohttp, "httpx transport": by_httpx}
    try:
        module = importlib.import_module("pyreqwest.client")
    except ImportError:
        return found
    client = module.ClientBuilder().http1_only().default_headers(HEADERS).build()

    async def by_pyreqwest(url: str) -> bytes:
        async with asyncio.timeout(5.0):
            answer = await client.get(url).build().send()
            return bytes((await answer.bytes()).to_bytes())

    return {**found, "pyreqwest": by_pyreqwest}


def work() -> None:
    """Keep the interpreter busy, as a gateway does between calls."""
    for _ in range(TURNS):
        pass


async def cpu_us(get: Get, url: str, at_once: int, *, beside: bool) -> float:
    """CPU of one call; the work beside it is taken out again."""
    calls, end_s = 0, time.perf_counter() + SLICE_S

    async def reader() -> None:
        nonlocal calls
        while time.perf_counter() < end_s:
            assert len(await get(url)) == len(BODY)
            calls += 1
            if beside:
                work()

    start_s = time.process_time()
    await asyncio.gather(*(reader() for _ in range(at_once)))
    took_s, start_s = time.process_time() - start_s, time.process_time()
    for _ in range(calls if beside else 0):
        work()
    return (took_s - (time.process_time() - start_s)) / calls * 1e6


async def compare(url: str) -> None:
    sockets, httpx = SocketPort(), HttpxPort.over_network()
    async with aiohttp.ClientSession(headers=HEADERS, auto_decompress=False) as http:
        gets = clients(sockets, httpx, http)
        for at_once, beside in ((20, False), (64, False), (64, True)):
            found: dict[str, list[float]] = {name: [] for name in gets}
            for _ in range(ROUNDS):
                for name in random.sample(list(gets), len(gets)):
                    found[name].append(await cpu_us(gets[name], url, at_once, beside=beside))
            print(f"\n{at_once} at once{', beside work' if beside else ''}")  # noqa: T201
            base = median(found["sockets"])
            for name, each in found.items():
                print(f"{name:>16}: {median(each):7.1f} us, {median(each) / base:6.2f}x")  # noqa: T201
    await sockets.aclose()
    await httpx.aclose()


@pytest.mark.bench
@pytest.mark.timeout(300)
def test_clients() -> None:
    with upstream() as url:
        uvloop.run(compare(url))


class Instant:
    """A port that costs nothing."""

    answer = HttpAnswer(status=200, headers={"content-type": "application/json"}, body=b'{"id": 1}')

    async def send(self, *_: object, **__: object) -> HttpAnswer:
        return self.answer

    async def aclose(self) -> None:
        """Nothing is open."""


async def decide(params: Mapping[str, str]) -> tuple[float, float]:
    http = UpstreamHttp("tmdb", Instant(), base_url="http://x/3")
    figures = []
    with deadline.limit(60):
        for _ in range(ROUNDS):
            start_s = time.process_time()
            for number in range(CALLS):
                await http.get("movie", f"/movie/{number}", Film, **params)
            figures.append((time.process_time() - start_s) / CALLS * 1e6)
    start_s = time.process_time()
    for _ in range(CALLS):
        Film.model_validate_json(Instant.answer.body)
    return median(figures), (time.process_time() - start_s) / CALLS * 1e6


@pytest.mark.bench
def test_decisions() -> None:
    """The goal is 30 us for all that is not the client's."""
    params = {"append_to_response": "videos,credits", "language": "en-US"}
    whole_us, parse_us = uvloop.run(decide(params))
    print(f"\na healthy call: {whole_us:.1f} us, {parse_us:.1f} us of it its parse")  # noqa: T201
