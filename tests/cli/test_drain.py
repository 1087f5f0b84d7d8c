"""SIGTERM under load: unready at once, nobody cut, gone within ten seconds."""

from __future__ import annotations

import asyncio
import signal
import time
from collections import Counter

import aiohttp
import pytest

from tests.faults.replicas import Replica, crowd, replicas

PAGE = "{ charts(chart: POPULAR, first: 20) { nodes { title runtimeMinutes } } }"
READERS = 8


class Load:
    """Readers that ask on and on, on connections that they keep, until readiness turns."""

    def __init__(self, replica: Replica) -> None:
        self.replica = replica
        self.outcomes: Counter[str] = Counter()
        self.readiness: list[tuple[float, int]] = []
        self.enough = asyncio.Event()
        self.unready = asyncio.Event()

    async def read(self, http: aiohttp.ClientSession) -> None:
        url = f"{self.replica.url}/graphql"
        while not self.unready.is_set():
            try:
                async with http.post(url, json={"query": PAGE}) as answer:
                    body = await answer.json()
                    good = answer.status == 200 and "errors" not in body
                    self.outcomes["good" if good else f"{answer.status}"] += 1
            except aiohttp.ClientError as exc:
                self.outcomes[repr(exc)] += 1
            if self.outcomes["good"] > 50:
                self.enough.set()

    async def watch(self, http: aiohttp.ClientSession) -> None:
        while True:
            try:
                async with http.get(f"{self.replica.url}/health/ready") as answer:
                    self.readiness.append((time.monotonic(), answer.status))
                    if answer.status == 503:
                        self.unready.set()
            except aiohttp.ClientError:
                return  # the door is shut
            await asyncio.sleep(0.02)


@pytest.mark.slow
@pytest.mark.parametrize("arguments", [(), ("--workers", "2")], ids=["one", "two workers"])
async def test_no_request_fails(arguments: tuple[str, ...]) -> None:
    async with replicas(1, {}, arguments=arguments) as (replica,), crowd() as http:
        load = Load(replica)
        readers = [asyncio.create_task(load.read(http)) for _ in range(READERS)]
        watcher = asyncio.create_task(load.watch(http))
        await load.enough.wait()
        told_s = time.monotonic()
        replica.process.send_signal(signal.SIGTERM)
        assert await asyncio.wait_for(replica.process.wait(), 10) == 0
        took_s = time.monotonic() - told_s
        await asyncio.gather(*readers, watcher)
        unready_s = min(at for at, status in load.readiness if status == 503) - told_s
        print(f"unready after {unready_s:.3f} s, gone after {took_s:.2f} s, {load.outcomes}")  # noqa: T201
        assert set(load.outcomes) == {"good"}
        assert sum(status == 503 for _, status in load.readiness) > 5, "it served on, unready"
