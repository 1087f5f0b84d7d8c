"""A process that calls as fast as its budgets allow; prints when it did. Run by test_processes.

Usage: hammer.py URL SECONDS CALLERS
"""

from __future__ import annotations

import asyncio
import json
import sys
import time

from gateway.cache.redis_line import RedisLine
from gateway.errors import QuotaExhaustedError, UpstreamRateLimitedError
from gateway.quota.budget import UpstreamBudget
from gateway.quota.ledger import Ledger
from gateway.quota.spec import DailySpec, RateSpec

RATE = RateSpec(name="calls", per_s=40)
DAY = DailySpec(name="units", per_day=2000, zone="America/Los_Angeles")
REPLICAS = 4


async def hammer(url: str, seconds: float, callers: int) -> dict[str, object]:
    """Spend both budgets from one process; times are the machine's, so processes compare."""
    line = RedisLine(url)
    ledger = Ledger(line)
    tmdb = UpstreamBudget("tmdb", [RATE], ledger=ledger, replicas=REPLICAS)
    youtube = UpstreamBudget("youtube", [DAY], ledger=ledger, replicas=REPLICAS)
    sent_s: list[float] = []
    units = 0
    until_s = time.monotonic() + seconds

    async def call() -> None:
        nonlocal units
        while time.monotonic() < until_s:
            try:
                await tmdb.reserve("movie", 1, patience_s=0.5)
                sent_s.append(time.monotonic())
            except UpstreamRateLimitedError:
                await asyncio.sleep(0.02)
            try:
                for _ in range(8):
                    await youtube.reserve("videos", 1, patience_s=0.0)
                    units += 1
            except QuotaExhaustedError:
                pass

    await asyncio.gather(*(call() for _ in range(callers)))
    await youtube.aclose()
    await tmdb.aclose()
    await line.aclose()
    return {"sent_s": sent_s, "units": units}


if __name__ == "__main__":
    found = asyncio.run(hammer(sys.argv[1], float(sys.argv[2]), int(sys.argv[3])))
    sys.stdout.write(json.dumps(found))
