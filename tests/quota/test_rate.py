"""One rate among several processes on a real Valkey."""

from __future__ import annotations

import asyncio
import time

import pytest

from gateway.errors import UpstreamRateLimitedError
from gateway.quota.ledger import Ledger
from gateway.quota.rate import RateBudget
from gateway.quota.spec import RateSpec
from tests.quota.conftest import NewLedger
from tests.unit.quota.test_gcra import most_at_once
from tests.valkey import freeze, running

KEY = "mq:quota:tmdb:calls:"
SPEC = RateSpec(name="calls", per_s=200)


def rate(ledger: Ledger, *, replicas: int = 4) -> RateBudget:
    return RateBudget("tmdb", SPEC, key=KEY, ledger=ledger, replicas=replicas)


async def send(one: RateBudget, sent_s: list[float], until_s: float) -> None:
    """Call as fast as the budget lets us."""
    while time.monotonic() < until_s:
        try:
            await one.reserve("movie", 1, patience_s=0.2)
        except UpstreamRateLimitedError as exc:
            await asyncio.sleep(min(0.02, exc.retry_after_s or 0.0))
        else:
            sent_s.append(time.monotonic())


def assert_bounded(sent_s: list[float]) -> None:
    for window_s in (0.0, 0.05, 0.25, 1.0):
        most = most_at_once(sent_s, window_s)
        assert most <= SPEC.per_s * (window_s + SPEC.burst_s) + 1.001, window_s


async def test_four_processes_share_one_rate(new_ledger: NewLedger) -> None:
    rates = [rate(new_ledger()) for _ in range(4)]
    sent_s: list[float] = []
    until_s = time.monotonic() + 0.5
    await asyncio.gather(*(send(one, sent_s, until_s) for one in rates for _ in range(12)))
    assert_bounded(sent_s)
    assert len(sent_s) >= 0.75 * SPEC.per_s * 0.5


async def test_a_busy_process_books_for_several_calls_at_once(new_ledger: NewLedger) -> None:
    ledger = new_ledger()
    one = rate(ledger)
    await asyncio.gather(*(one.reserve("movie", 1, patience_s=1.0) for _ in range(30)))
    assert ledger._line.stats()["redis_commands"] <= 2  # type: ignore[union-attr] # a RedisLine


async def test_a_wait_beyond_patience_is_refused_at_once(new_ledger: NewLedger) -> None:
    first, second = rate(new_ledger()), rate(new_ledger())
    crowd = [asyncio.create_task(first.reserve("movie", 1, patience_s=1.0)) for _ in range(120)]
    await asyncio.wait(crowd, timeout=0.05)
    started_s = time.monotonic()
    with pytest.raises(UpstreamRateLimitedError) as caught:
        await second.reserve("movie", 1, patience_s=0.1)
    assert time.monotonic() - started_s < 0.09
    assert caught.value.retry_after_s == pytest.approx(0.55, abs=0.15)
    for call in crowd:
        call.cancel()
    await asyncio.gather(*crowd, return_exceptions=True)
    assert len(first._turns._held) >= 60  # theirs again for whoever comes


async def test_a_pause_that_tmdb_asks_for_is_everybodys(new_ledger: NewLedger) -> None:
    first, second = rate(new_ledger()), rate(new_ledger())
    leave = await first.reserve("movie", 1, patience_s=0.0)
    leave.refused(UpstreamRateLimitedError("tmdb", "movie", "slow down", retry_after_s=7.0))
    await asyncio.gather(*first._pauses)
    for one in (first, second):
        with pytest.raises(UpstreamRateLimitedError) as caught:
            await one.reserve("movie", 1, patience_s=1.0)
        assert caught.value.retry_after_s == pytest.approx(7.0, abs=0.3)


async def test_redis_freezes_and_a_fair_share_goes_on(new_ledger: NewLedger) -> None:
    with running() as server:
        rates = [rate(new_ledger(f"redis://127.0.0.1:{server.port}/0")) for _ in range(4)]
        sent_s: list[float] = []
        frozen_s = time.monotonic() + 0.2
        senders = [
            asyncio.create_task(send(one, sent_s, frozen_s + 0.4))
            for one in rates
            for _ in range(8)
        ]
        await asyncio.sleep(0.2)
        freeze(server)
        await asyncio.gather(*senders)
    assert_bounded(sent_s)
    late = [at for at in sent_s if at > frozen_s + 0.2]
    assert len(late) >= 0.6 * SPEC.per_s * 0.2


@pytest.mark.parametrize("step", range(0, 40, 4))
async def test_a_caller_that_goes_leaves_its_turn_to_others(
    new_ledger: NewLedger, step: int
) -> None:
    one = rate(new_ledger())
    calls = [asyncio.create_task(one.reserve("movie", 1, patience_s=0.5)) for _ in range(16)]
    for _ in range(step):
        await asyncio.sleep(0)
    for call in calls[::2]:
        call.cancel()
    found = await asyncio.wait_for(asyncio.gather(*calls, return_exceptions=True), 2)
    assert all(not isinstance(each, BaseException) for each in found[1::2])
    assert not one._line
    await one.aclose()
