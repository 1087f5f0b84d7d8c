"""Real gateway processes, each as ``gateway serve`` starts it, and a crowd that asks them."""

from __future__ import annotations

import asyncio
import os
import sys
import time
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Final

import aiohttp

from tests.valkey import free_port

START_S: Final = 60.0
_OURS: Final = ("GATEWAY_", "TMDB_", "YOUTUBE_", "SEERR_", "OMDB_")


@dataclass(slots=True)
class Replica:
    """One process, and what it wrote."""

    port: int
    process: Process
    said: bytearray = field(default_factory=bytearray)

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.port}"

    async def listen(self) -> None:
        """Keep all that it writes."""
        assert self.process.stdout is not None
        while chunk := await self.process.stdout.read(65_536):
            self.said += chunk


def clean_environ(given: Mapping[str, str]) -> dict[str, str]:
    """This environment without settings of ours, and with those given."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(_OURS)}
    return {**kept, **given}


@asynccontextmanager
async def replicas(
    count: int,
    environ: Mapping[str, str],
    *,
    arguments: Sequence[str] = (),
    is_heard: bool = False,
) -> AsyncIterator[list[Replica]]:
    """Start processes and wait until they serve; all are ended with the block."""
    started: list[Replica] = []
    listeners: list[asyncio.Task[None]] = []
    try:
        for _ in range(count):
            port = free_port()
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "gateway.cli", "serve", "--port", str(port), *arguments),
                env=clean_environ(environ),
                stdout=PIPE if is_heard else DEVNULL,
                stderr=asyncio.subprocess.STDOUT if is_heard else DEVNULL,
            )
            replica = Replica(port, process)
            started.append(replica)
            if is_heard:
                listeners.append(asyncio.create_task(replica.listen()))
        async with aiohttp.ClientSession() as http:
            for replica in started:
                await _until_ready(http, replica)
        yield started
    finally:
        for replica in started:
            if replica.process.returncode is None:
                replica.process.terminate()
        for replica in started:
            await _ended(replica.process)
        await asyncio.gather(*listeners)


async def _until_ready(http: aiohttp.ClientSession, replica: Replica) -> None:
    give_up_s = time.monotonic() + START_S
    while True:
        assert replica.process.returncode is None, bytes(replica.said)
        assert time.monotonic() < give_up_s
        try:
            async with http.get(f"{replica.url}/health/ready") as answer:
                if answer.status == 200:
                    return
        except aiohttp.ClientError:
            pass
        await asyncio.sleep(0.1)


async def _ended(process: Process) -> None:
    try:
        async with asyncio.timeout(15):
            await process.wait()
    except TimeoutError:
        process.kill()
        await process.wait()
    process._transport.close()  # type: ignore[attr-defined] # else it warns when collected


async def ask(http: aiohttp.ClientSession, replica: Replica, query: str) -> dict[str, Any]:
    """Send an operation; its whole answer."""
    async with http.post(f"{replica.url}/graphql", json={"query": query}) as answer:
        assert answer.status == 200
        body: dict[str, Any] = await answer.json()
        return body


@asynccontextmanager
async def crowd() -> AsyncIterator[aiohttp.ClientSession]:
    """A client without a bound on its connections."""
    connector = aiohttp.TCPConnector(limit=0)
    timeout = aiohttp.ClientTimeout(total=60)
    async with aiohttp.ClientSession(connector=connector, timeout=timeout) as http:
        yield http


async def ask_all(
    http: aiohttp.ClientSession, among: Sequence[Replica], query: str, readers: int
) -> list[dict[str, Any]]:
    """So many readers at the same time, spread evenly."""
    asked = (ask(http, among[at % len(among)], query) for at in range(readers))
    return await asyncio.gather(*asked)
