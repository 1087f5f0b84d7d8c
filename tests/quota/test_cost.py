"""What a reservation costs a call, in the caller's own CPU time; printed, not judged."""

from __future__ import annotations

import sys
import time

import pytest

from gateway.cache.redis_line import RedisLine
from gateway.quota.budget import UpstreamBudget
from gateway.quota.ledger import Ledger
from gateway.quota.spec import BudgetSpec, DailySpec, RateSpec

CALLS = 3000
SPECS: dict[str, BudgetSpec] = {
    "day": DailySpec(name="units", per_day=1_000_000, zone="America/Los_Angeles"),
    "rate": RateSpec(name="calls", per_s=100_000),
    "rate of 40/s": RateSpec(name="calls", per_s=40),
}


@pytest.mark.bench
@pytest.mark.parametrize("kind", SPECS)
@pytest.mark.parametrize("is_shared", [True, False])
async def test_cost(valkey_url: str, kind: str, *, is_shared: bool) -> None:
    line = RedisLine(valkey_url)
    budget = UpstreamBudget("tmdb", [SPECS[kind]], ledger=Ledger(line if is_shared else None))
    calls = 60 if "40" in kind else CALLS
    await budget.reserve("movie", 1, patience_s=5.0)
    before = line.stats()["redis_commands"] if is_shared else 0
    cpu_s, wall_s = time.process_time(), time.perf_counter()
    for _ in range(calls):
        await budget.reserve("movie", 1, patience_s=5.0)
    cpu_us = (time.process_time() - cpu_s) * 1e6 / calls
    wall_us = (time.perf_counter() - wall_s) * 1e6 / calls
    trips = (line.stats()["redis_commands"] - before) / calls if is_shared else 0.0
    where = "ledger" if is_shared else "alone"
    sys.stdout.write(
        f"\n{kind}, {where}: {cpu_us:.0f} us CPU, {wall_us:.0f} us, {trips:.2f} trips\n"
    )
    await budget.aclose()
    await line.aclose()
    assert cpu_us > 0
