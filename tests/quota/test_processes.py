"""Four real processes hammer one ledger: the promises hold for all of them together."""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path

import pytest

from tests.quota.hammer import DAY, RATE, REPLICAS
from tests.unit.quota.test_gcra import most_at_once
from tests.valkey import freeze, running

HAMMER = Path(__file__).with_name("hammer.py")
ROOT = Path(__file__).parents[2]


async def hammer(url: str, seconds: float, callers: int) -> tuple[list[float], int]:
    """Run one process to its end; when it called, and the units that it spent."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, str(HAMMER), url, str(seconds), str(callers)),
        stdout=asyncio.subprocess.PIPE,
        cwd=ROOT,
        env={"PYTHONPATH": str(ROOT)},
    )
    out, _ = await process.communicate()
    assert process.returncode == 0
    found = json.loads(out)
    return found["sent_s"], found["units"]


def assert_bounded(sent_s: list[float]) -> None:
    for window_s in (0.0, 0.1, 0.25, 0.5, 1.0, 2.0):
        most = most_at_once(sent_s, window_s)
        assert most <= RATE.per_s * (window_s + RATE.burst_s) + 1.001, window_s


@pytest.mark.slow
@pytest.mark.parametrize("callers", [1, 30])
async def test_never_more_than_the_rate_and_the_day(valkey_url: str, callers: int) -> None:
    found = await asyncio.gather(*(hammer(valkey_url, 6, callers) for _ in range(REPLICAS)))
    sent_s = [at for times, _ in found for at in times]
    assert_bounded(sent_s)
    span_s = max(sent_s) - min(sent_s)
    assert len(sent_s) >= (0.9 if callers > 1 else 0.5) * RATE.per_s * span_s
    units = sum(units for _, units in found)
    assert units <= DAY.per_day
    assert units >= min(DAY.per_day, 8 * len(sent_s)) - 20 * REPLICAS


@pytest.mark.slow
async def test_redis_freezes_under_load_and_nothing_stops() -> None:
    with running() as server:
        url = f"redis://127.0.0.1:{server.port}/0"
        hammers = [asyncio.create_task(hammer(url, 5, 10)) for _ in range(REPLICAS)]
        await asyncio.sleep(3.5)
        freeze(server)
        found = await asyncio.gather(*hammers)
    sent_s = [at for times, _ in found for at in times]
    assert_bounded(sent_s)
    frozen = [at for at in sent_s if at > max(sent_s) - 1.0]
    assert len(frozen) >= 0.7 * RATE.per_s
    assert sum(units for _, units in found) <= DAY.per_day
