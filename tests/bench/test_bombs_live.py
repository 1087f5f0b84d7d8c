"""How long each bomb takes to be refused over a WebSocket, and in what memory; printed."""

from __future__ import annotations

import sys
import time
import tracemalloc
from collections.abc import AsyncIterator

import pytest

from tests.graph.stage import Stage, staged
from tests.limits.bombs import BOMBS, NORMAL, Bomb
from tests.limits.test_live import app_of
from tests.live.talk import Talk, connected

ROUNDS = 5
SHOWN = 8

pytestmark = pytest.mark.bench


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    """A gateway over a fresh sandbox."""
    async with staged() as made:
        yield made


async def ask(talk: Talk, bomb: Bomb) -> None:
    talk.subscribe("1", bomb.query, variables=bomb.variables)
    if (await talk.told())["type"] == "next":
        await talk.told()


async def cpu_ms(talk: Talk, bomb: Bomb) -> float:
    """The least of some rounds: the rest is the machine's."""
    best = float("inf")
    for _ in range(ROUNDS):
        began = time.process_time()
        await ask(talk, bomb)
        best = min(best, time.process_time() - began)
    return best * 1000


async def test_time_and_memory(stage: Stage, capsys: pytest.CaptureFixture[str]) -> None:
    normal = Bomb("normal", NORMAL, "")
    async with connected(app_of(stage)) as talk:
        before = await cpu_ms(talk, normal)
        spent = {bomb.name: await cpu_ms(talk, bomb) for bomb in BOMBS}
        after = await cpu_ms(talk, normal)
        tracemalloc.start()
        peaks: dict[str, float] = {}
        for bomb in BOMBS:
            tracemalloc.reset_peak()
            held, _ = tracemalloc.get_traced_memory()
            await ask(talk, bomb)
            peaks[bomb.name] = (tracemalloc.get_traced_memory()[1] - held) / 1e6
        tracemalloc.stop()
    slowest = sorted(spent.items(), key=lambda item: -item[1])[:SHOWN]
    largest = sorted(peaks.items(), key=lambda item: -item[1])[:SHOWN]
    lines = [
        f"\n{len(BOMBS)} bombs over one WebSocket; CPU ms of the slowest",
        *(f"{ms:8.1f}  {name}" for name, ms in slowest),
        "MB at the peak of the largest",
        *(f"{mb:8.1f}  {name}" for name, mb in largest),
        f"a normal operation: {before:.2f} ms before, {after:.2f} ms after",
    ]
    with capsys.disabled():
        sys.stdout.write("\n".join(lines) + "\n")
