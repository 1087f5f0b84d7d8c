"""CPU of a repeated operation, against a bare "hello" of the same size by the same server."""

from __future__ import annotations

import asyncio
import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Final

import httpx
import pytest

from gateway.cli.embedded import inside_sandbox
from gateway.registry import load_subgraphs
from gateway.settings import resolve_upstreams
from tests.valkey import free_port, running

ROUNDS: Final = 12
REQUESTS: Final = 2000
CONNECTIONS: Final = 16
GOAL: Final = 1.5
OPERATIONS: Final = {
    "movie": "{ movie(by: {tmdbId: 603}) { title overview genres { name } poster { url } } }",
    "chart": "{ charts(chart: POPULAR) { nodes { title year poster { url } availability"
    " trailers(first: 3) { nodes { name viewCount thumbnail { url } channel { title } } }"
    " requests { nodes { status createdAt requestedBy { displayName } } } } } }",
}


@contextmanager
def serving(origin: str, redis_url: str) -> Iterator[tuple[int, int]]:
    """A process that serves: its port and its id."""
    classes = {each.name: each.settings for each in load_subgraphs()}
    given = {**os.environ, "GATEWAY_REDIS_URL": redis_url}
    for each in resolve_upstreams(classes, {}).values():
        given |= each.in_sandbox(origin)
    port = free_port()
    command = [sys.executable, "-m", "tests.bench.hello_beside", str(port)]
    with subprocess.Popen(command, env=given, cwd=Path(__file__).parents[2]) as child:  # noqa: S603 - ours
        try:
            until = time.monotonic() + 20
            while not _answers(port):
                assert time.monotonic() < until
                time.sleep(0.05)
            yield port, child.pid
        finally:
            child.terminate()


def _answers(port: int) -> bool:
    try:
        found = httpx.get(f"http://127.0.0.1:{port}/health/ready", timeout=1)
    except httpx.HTTPError:
        return False
    return found.status_code == 200


def cpu_s(process: int) -> float:
    """What the threads of a process have used so far, in user and kernel mode."""
    each = Path(f"/proc/{process}/task").glob("*/schedstat")
    return sum(int(one.read_text(encoding="ascii").split()[0]) for one in each) / 1e9


async def load(port: int, request: bytes, count: int) -> bytes:
    """Send the same request over several connections; the last answer's body."""

    async def one() -> bytes:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        body = b""
        for _ in range(count // CONNECTIONS):
            writer.write(request)
            head = await reader.readuntil(b"\r\n\r\n")
            assert head.startswith(b"HTTP/1.1 200"), head
            size = int(head.lower().partition(b"content-length: ")[2].split(b"\r\n")[0])
            body = await reader.readexactly(size)
        writer.close()
        await writer.wait_closed()
        return body

    return (await asyncio.gather(*(one() for _ in range(CONNECTIONS))))[0]


def post(path: str, text: str) -> bytes:
    """A request as browsers and clients send it."""
    body = json.dumps({"query": text, "variables": {}}).encode()
    lines = (
        f"POST {path} HTTP/1.1", "Host: movies.example", "Connection: keep-alive",
        "User-Agent: Mozilla/5.0 (X11; Linux x86_64) Gecko/20100101 Firefox/128.0",
        "Accept: application/graphql-response+json, application/json;q=0.9",
        "Accept-Language: en-US,en;q=0.5", "Accept-Encoding: gzip, deflate, br",
        "Content-Type: application/json", f"Content-Length: {len(body)}",
    )  # fmt: skip
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def spent_us(port: int, process: int, request: bytes) -> float:
    """CPU of one request, in microseconds."""
    before_s = cpu_s(process)
    asyncio.run(load(port, request, REQUESTS))
    return (cpu_s(process) - before_s) / REQUESTS * 1e6


@pytest.mark.bench
@pytest.mark.timeout(300)
def test_a_repeated_operation_costs_little_more_than_a_hello() -> None:
    with inside_sandbox(0) as origin, running(save="") as server:
        url = f"redis://127.0.0.1:{server.port}/0"
        with serving(origin, url) as (port, process):
            for name, text in OPERATIONS.items():
                hot = post("/graphql", text)
                answer = asyncio.run(load(port, hot, CONNECTIONS * 4))
                assert "errors" not in json.loads(answer), answer[:300]
                hello = post(f"/hello/{len(answer)}", text)
                found: dict[bytes, list[float]] = {hot: [], hello: []}
                for _ in range(ROUNDS):
                    for each in random.sample([hot, hello], 2):
                        found[each].append(spent_us(port, process, each))
                ratios = [a / b for a, b in zip(found[hot], found[hello], strict=True)]
                print(  # noqa: T201
                    f"\n{name}: {len(answer)} bytes, {median(found[hot]):.1f} us against "
                    f"{median(found[hello]):.1f} us, ratio {median(ratios):.2f} (goal {GOAL})"
                )
