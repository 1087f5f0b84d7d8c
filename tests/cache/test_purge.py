"""A purge or a drop beats whatever is in flight: nobody who asks later gets what was before."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Callable, Mapping, Sequence

import pytest

from gateway.cache.readthrough import Cached, ReadThrough, Source
from gateway.cache.slot import AnySlot, Slot
from tests.cache.stage import CODEC, Clock, Film, Upstream, cache_on, film_slot, settle
from tests.sizes import sized

NewCache = Callable[..., ReadThrough]
SLOTS = [film_slot(i) for i in (1, 2)]
MANY = sized(2_500, full=10_000)


class Race:
    """Readers, purgers and an upstream whose data moves, all in one loop and out of step."""

    def __init__(self, caches: Sequence[ReadThrough], clock: Clock, dice: random.Random) -> None:
        self.caches, self.clock, self.dice = caches, clock, dice
        self.version = 0  # what the upstream would say now
        self.floor = 0  # below which nobody may be answered any more
        self.stale_reads = self.reads = 0

    async def pause(self) -> None:
        for _ in range(self.dice.choice((0, 0, 1, 2, 3, 5, 8, 20))):
            await asyncio.sleep(0)
        if self.dice.random() < 0.2:
            await asyncio.sleep(self.dice.random() * 0.003)

    async def fetch(self, slots: Sequence[AnySlot]) -> Mapping[str, object]:
        await self.pause()
        version = self.version
        await self.pause()
        return {slot.key: Film(tmdb_id=1, version=version) for slot in slots}

    async def read(self, cache: ReadThrough) -> None:
        await self.pause()
        floor = self.floor
        for found in await cache.get_many(SLOTS, self.fetch):
            assert isinstance(found, Cached)
            assert found.value is not None
            self.reads += 1
            self.stale_reads += found.value.version < floor

    async def change(self, cache: ReadThrough, *, is_soft: bool) -> None:
        await self.pause()
        self.version += 1
        version = self.version
        remove = cache.outdate if is_soft else cache.purge
        assert await remove("movie:1", "movie:2")
        for _ in range(4):  # other processes' memory may be a second late, and is used meanwhile
            self.clock.now_s += 0.25
            await self.pause()
        self.floor = max(self.floor, version)

    async def run(self) -> None:
        tasks = [self.read(self.dice.choice(self.caches)) for _ in range(self.dice.randint(1, 8))]
        tasks += [
            self.change(self.dice.choice(self.caches), is_soft=self.dice.random() < 0.5)
            for _ in range(self.dice.randint(1, 3))
        ]
        self.dice.shuffle(tasks)
        await asyncio.gather(*tasks)
        for cache in self.caches:
            await self.read(cache)
            await settle(cache)


async def races(url: str | None, processes: int, count: int) -> Race:
    clock, dice = Clock(), random.Random(count)
    caches = [cache_on(url, clock, timeout_s=5.0) for _ in range(processes)]
    race = Race(caches, clock, dice)
    for _ in range(count):
        await race.run()
    assert not any(cache._fills._aloft for cache in caches)
    for cache in caches:
        await cache.aclose()
    return race


@pytest.mark.parametrize("processes", [1, 3])
async def test_no_stale_read_after_a_removal(valkey_url: str, processes: int) -> None:
    race = await races(valkey_url, processes, 40)
    assert (race.stale_reads, race.reads > 250) == (0, True)


async def test_no_stale_read_after_a_removal_on_memory_alone() -> None:
    race = await races(None, 1, 80)
    assert (race.stale_reads, race.reads > 250) == (0, True)


@pytest.mark.slow
@pytest.mark.timeout(600)
async def test_no_stale_read_in_many_interleavings(valkey_url: str) -> None:
    race = await races(valkey_url, 3, MANY)
    print(f"{MANY} interleavings: {race.reads} reads, {race.stale_reads} stale")  # noqa: T201
    assert race.stale_reads == 0


async def test_what_a_purge_overtook_is_not_kept(new_cache: NewCache) -> None:
    """Who had asked before may get what was loaded before; nobody gets it afterwards."""
    filling, purging = new_cache(), new_cache()
    versions = iter((1, 2, 3))

    async def fetch(slots: Sequence[AnySlot]) -> Mapping[str, object]:
        version = next(versions)
        if version == 1:
            assert await purging.purge("movie:1")
        return {slot.key: Film(tmdb_id=1, version=version) for slot in slots}

    await filling.get_many([film_slot(1)], fetch)
    await settle(filling)
    for cache in (filling, purging):
        [found] = await cache.get_many([film_slot(1)], fetch)
        assert isinstance(found, Cached)
        assert found.value.version == 2
        await settle(cache)
    assert next(versions) == 3


async def test_who_asks_long_after_a_load_began_gets_nothing_that_a_purge_overtook(
    new_cache: NewCache, clock: Clock, upstream: Upstream
) -> None:
    filling, purging = new_cache(), new_cache()
    upstream.gate.clear()
    first = asyncio.create_task(filling.get_many([film_slot(1)], upstream))
    await upstream.called.wait()
    assert await purging.purge("movie:1")
    upstream.version = 1
    clock.now_s += 1.0
    late = asyncio.create_task(filling.get_many([film_slot(1)], upstream))
    await asyncio.sleep(0)
    upstream.gate.set()
    versions = [found.value.version for [found] in (await first, await late)]  # type: ignore[union-attr]  # they are films
    assert versions == [0, 1]


async def test_a_purge_that_redis_did_not_hear_is_repeated(new_cache: NewCache) -> None:
    cache, other = new_cache(), new_cache()

    async def fetch(slots: Sequence[AnySlot]) -> Mapping[str, object]:
        return {slot.key: Film(tmdb_id=1, version=version) for slot in slots}

    version = 1
    await cache.get_many([film_slot(1)], fetch)
    version = 2
    trip = cache._store._line._trip  # type: ignore[union-attr]  # as if Redis were away
    trip.is_open = True
    assert not await cache.purge("movie:1")
    [found] = await cache.get_many([film_slot(1)], fetch)
    assert isinstance(found, Cached)
    assert found.value.version == 2
    trip.succeeded()
    await cache.get_many([film_slot(2)], fetch)  # any read pays what is owed
    [found] = await other.get_many([film_slot(1)], fetch)
    assert isinstance(found, Cached)
    assert found.value.version == 2


async def test_a_purge_is_one_command_however_much_it_removes(new_cache: NewCache) -> None:
    cache, other = new_cache(), new_cache()
    policy = film_slot(1).policy
    slots = [Slot(policy, policy.key("of", i), CODEC, ("all",)) for i in range(1000)]

    async def fetch(slots: Sequence[AnySlot]) -> Mapping[str, object]:
        return {slot.key: Film(tmdb_id=1) for slot in slots}

    await cache.get_many(slots, fetch)
    await settle(cache)
    before = cache.stats()["redis_commands"]
    start_s = time.perf_counter()
    assert await cache.purge("all")
    took_ms = (time.perf_counter() - start_s) * 1000
    print(f"a purge of 1,000 entries: {took_ms:.1f} ms")  # noqa: T201
    assert cache.stats()["redis_commands"] - before == 1
    found = await other.get_many(slots, fetch)
    assert {f.source for f in found if isinstance(f, Cached)} == {Source.UPSTREAM}
