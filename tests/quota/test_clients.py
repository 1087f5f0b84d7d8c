"""One client's allowance over several processes on a real Valkey."""

from __future__ import annotations

import asyncio

from gateway.cache.redis_line import RedisLine
from gateway.quota.tabs import Tabs
from tests.quota.conftest import NewLedger


async def test_all_processes_together_give_one_minute(new_ledger: NewLedger) -> None:
    processes = [Tabs(new_ledger(), per_minute=60, replicas=3) for _ in range(3)]
    asked = [processes[number % 3].take("client", 10) for number in range(12)]
    found = await asyncio.gather(*asked)
    assert sorted(each.wait_us > 0 for each in found) == [False] * 6 + [True] * 6
    waits = [each.wait_us for each in found if each.wait_us]
    assert all(8_000_000 < wait <= 10_000_000 for wait in waits)
    assert (await processes[0].take("another", 10)).left == 50


async def test_what_is_given_back_is_there_for_all(new_ledger: NewLedger) -> None:
    one, two = (Tabs(new_ledger(), per_minute=60) for _ in range(2))
    await one.take("client", 60)
    assert (await two.take("client", 30)).wait_us > 0
    await one.take("client", -40)
    assert (await two.take("client", 30)).wait_us == 0


async def test_a_tab_is_kept_no_longer_than_it_matters(
    new_ledger: NewLedger, valkey_url: str
) -> None:
    tabs = Tabs(new_ledger(), per_minute=60)
    await tabs.take("client", 30)
    line = RedisLine(valkey_url)
    try:
        found = await line.run([("PTTL", "mq:client:client")])
        assert found is not None
        assert 25_000 < int(str(found[0])) <= 30_000
        await tabs.take("client", -60)
        assert await line.run([("EXISTS", "mq:client:client")]) == [0]
    finally:
        await line.aclose()


async def test_redis_and_we_judge_alike(new_ledger: NewLedger) -> None:
    """A wish that is refused here must not have been booked there, at whatever rate."""
    for per_minute in (1, 7, 59, 61, 997, 12_345):
        tabs = Tabs(new_ledger(), per_minute=per_minute)
        name = f"rate-{per_minute}"
        assert (await tabs.take(name, per_minute)).wait_us == 0
        first = await tabs.take(name, per_minute)
        again = await tabs.take(name, per_minute)
        assert first.wait_us > 0
        assert again.whole_us <= first.whole_us
