"""How long each bomb takes to be refused, and in what memory; printed, with what is normal."""

from __future__ import annotations

import gc
import sys
import time
import tracemalloc
from collections.abc import AsyncIterator

import pytest

from tests.graph.stage import Stage, staged
from tests.limits.bombs import BLOBS, BOMBS, NORMAL, Bomb

ROUNDS = 5
SHOWN = 12
JSON = {"content-type": "application/json"}

pytestmark = pytest.mark.bench


def body_of(name: str) -> bytes:
    return next(
        each.body() if isinstance(each, Bomb) else each.body
        for each in (*BOMBS, *BLOBS)
        if each.name == name
    )


async def cpu_ms(stage: Stage, body: bytes) -> float:
    """The least of some rounds: the rest is the machine's."""
    best = float("inf")
    for _ in range(ROUNDS):
        began = time.process_time()
        await stage.http.post("/graphql", content=body, headers=JSON)
        best = min(best, time.process_time() - began)
    return best * 1000


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    """A gateway over a fresh sandbox."""
    async with staged() as made:
        yield made


async def test_time_and_memory(stage: Stage, capsys: pytest.CaptureFixture[str]) -> None:
    normal = Bomb("normal", NORMAL, "").body()
    await stage.data(NORMAL)
    gc.collect()
    before = await cpu_ms(stage, normal)
    names = [each.name for each in (*BOMBS, *BLOBS)]
    spent = {name: await cpu_ms(stage, body_of(name)) for name in names}
    after = await cpu_ms(stage, normal)
    tracemalloc.start()
    peaks: dict[str, float] = {}
    for name in names:
        body = body_of(name)
        tracemalloc.reset_peak()
        held, _ = tracemalloc.get_traced_memory()
        await stage.http.post("/graphql", content=body, headers=JSON)
        peaks[name] = (tracemalloc.get_traced_memory()[1] - held) / 1e6
    tracemalloc.stop()
    slowest = sorted(spent.items(), key=lambda item: -item[1])[:SHOWN]
    largest = sorted(peaks.items(), key=lambda item: -item[1])[:SHOWN]
    lines = [
        f"\n{len(names)} bombs, whole app, httpx client included; CPU ms of the slowest",
        *(f"{ms:8.1f}  {name}" for name, ms in slowest),
        "MB at the peak of the largest",
        *(f"{mb:8.1f}  {name}" for name, mb in largest),
        f"a normal operation: {before:.2f} ms before, {after:.2f} ms after",
    ]
    with capsys.disabled():
        sys.stdout.write("\n".join(lines) + "\n")
