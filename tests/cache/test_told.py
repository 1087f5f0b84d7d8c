"""Payloads whose tags only the fetch knows: whole answers, as bytes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta

import pytest

from gateway.cache.codec import BYTES
from gateway.cache.policy import CachePolicy
from gateway.cache.readthrough import Cached, ReadThrough, Source
from gateway.cache.slot import AnySlot, FetchMany, Slot, Tagged
from tests.cache.stage import Clock, Upstream, film_slot, settle

NewCache = Callable[..., ReadThrough]
POLICY = CachePolicy(
    namespace="edge.answer",
    version=1,
    ttl=timedelta(minutes=10),
    stale=timedelta(minutes=10),
    told_tags=True,
)
SLOT: AnySlot = Slot(POLICY, POLICY.key("q1"), BYTES)


class Kitchen:
    """Makes answers and counts them."""

    def __init__(self) -> None:
        self.made = 0
        self.tags: tuple[str, ...] = ("movie:1", "movie:2")
        self.ttl: timedelta | None = None

    async def __call__(self, slots: Sequence[AnySlot]) -> Mapping[str, object]:
        self.made += 1
        return {slots[0].key: Tagged(b"%d" % self.made, self.tags, self.ttl)}


async def one(cache: ReadThrough, kitchen: Kitchen) -> tuple[bytes, Source, bool]:
    [found] = await cache.get_many([SLOT], kitchen)
    await settle(cache)
    assert isinstance(found, Cached)
    return found.value, found.source, found.stale


async def test_an_answer_is_kept_in_both_levels_until_one_of_its_tags_is_purged(
    new_cache: NewCache, clock: Clock
) -> None:
    cache, other, kitchen = new_cache(), new_cache(), Kitchen()
    assert await one(cache, kitchen) == (b"1", Source.UPSTREAM, False)
    assert await one(cache, kitchen) == (b"1", Source.MEMORY, False)
    assert await one(other, kitchen) == (b"1", Source.REDIS, False)
    assert await one(other, kitchen) == (b"1", Source.MEMORY, False)
    assert await cache.purge("movie:3")
    clock.now_s += 1
    assert await one(other, kitchen) == (b"1", Source.MEMORY, False)
    assert await other.purge("movie:2")
    clock.now_s += 1
    for each in (cache, other):
        assert (await one(each, kitchen))[0] == b"2"


async def test_a_purge_of_anything_while_it_was_made_keeps_it_from_being_kept(
    new_cache: NewCache,
) -> None:
    cache, other, kitchen = new_cache(), new_cache(), Kitchen()

    async def slow(slots: Sequence[AnySlot]) -> Mapping[str, object]:
        found = await kitchen(slots)
        assert await other.purge("movie:7")
        return found

    await cache.get_many([SLOT], slow)
    await settle(cache)
    assert await one(cache, kitchen) == (b"2", Source.UPSTREAM, False)


async def test_a_purge_here_while_it_was_made(cache: ReadThrough) -> None:
    kitchen = Kitchen()

    async def slow(slots: Sequence[AnySlot]) -> Mapping[str, object]:
        found = await kitchen(slots)
        assert await cache.purge("movie:1")
        return found

    await cache.get_many([SLOT], slow)
    await settle(cache)
    assert await one(cache, kitchen) == (b"2", Source.UPSTREAM, False)


def answer_of_a_film(cache: ReadThrough, upstream: Upstream) -> FetchMany:
    """An answer that shows the version of a film, which comes out of the cache itself."""

    async def fetch(slots: Sequence[AnySlot]) -> Mapping[str, object]:
        [film] = await cache.get_many([film_slot(1)], upstream)
        assert isinstance(film, Cached)
        return {slots[0].key: Tagged(b"%d" % film.value.version, ("movie:1",))}

    return fetch


@pytest.mark.parametrize("is_soft", [False, True])
async def test_what_memory_held_before_a_purge_elsewhere_is_not_kept_as_from_after_it(
    new_cache: NewCache, clock: Clock, upstream: Upstream, *, is_soft: bool
) -> None:
    cache, other = new_cache(), new_cache()
    fetch = answer_of_a_film(cache, upstream)
    await cache.get_many([film_slot(2)], upstream)
    await settle(cache)
    clock.now_s += 0.1
    await cache.get_many([film_slot(1)], upstream)
    await settle(cache)
    clock.now_s += 0.1
    upstream.version = 1
    assert await (other.outdate if is_soft else other.purge)("movie:1")
    clock.now_s += 0.1
    await cache.get_many([SLOT], fetch)  # may be late, as memory may
    await settle(cache)
    clock.now_s += 1
    for _ in range(3):  # and a soft purge gives what is stale once, while it is made anew
        [found] = await cache.get_many([SLOT], fetch)
        await settle(cache)
    assert isinstance(found, Cached)
    assert found.value == b"1"


async def test_what_set_off_before_a_purge_elsewhere_is_not_kept_as_from_after_it(
    new_cache: NewCache, clock: Clock, upstream: Upstream
) -> None:
    cache, other = new_cache(), new_cache()
    began, asks, gate = asyncio.Event(), asyncio.Event(), asyncio.Event()
    of_a_film = answer_of_a_film(cache, upstream)
    await cache.get_many([film_slot(2)], upstream)
    await settle(cache)

    async def slow(slots: Sequence[AnySlot]) -> Mapping[str, object]:
        found = await upstream(slots)
        began.set()
        await gate.wait()
        return found

    async def fetch(slots: Sequence[AnySlot]) -> Mapping[str, object]:
        asks.set()  # in one turn of the loop with what follows
        return await of_a_film(slots)

    clock.now_s += 0.1
    early = asyncio.create_task(cache.get_many([film_slot(1)], slow))
    await began.wait()
    upstream.version = 1
    clock.now_s += 0.1
    assert await other.purge("movie:1")
    late = asyncio.create_task(cache.get_many([SLOT], fetch))
    await asks.wait()
    gate.set()
    await asyncio.gather(early, late)
    await settle(cache)
    clock.now_s += 1
    [found] = await cache.get_many([SLOT], fetch)
    assert isinstance(found, Cached)
    assert found.value == b"1"


async def test_a_shorter_life_than_the_policys(cache: ReadThrough, clock: Clock) -> None:
    kitchen = Kitchen()
    kitchen.ttl = timedelta(seconds=30)
    await one(cache, kitchen)
    clock.now_s += 29
    assert (await one(cache, kitchen))[0] == b"1"
    clock.now_s += 2
    assert (await one(cache, kitchen))[::2] == (b"1", True)  # and made anew behind it
    assert (await one(cache, kitchen))[::2] == (b"2", False)


async def test_no_life_is_handed_out_and_not_kept(cache: ReadThrough) -> None:
    kitchen = Kitchen()
    kitchen.ttl = timedelta(0)
    assert [(await one(cache, kitchen))[0] for _ in range(2)] == [b"1", b"2"]
    kitchen.ttl, kitchen.tags = None, tuple(f"movie:{i}" for i in range(1001))
    assert [(await one(cache, kitchen))[0] for _ in range(2)] == [b"3", b"4"]


async def test_a_peek_answers_what_is_fresh_in_memory_or_nothing(
    new_cache: NewCache, clock: Clock
) -> None:
    cache, other, kitchen = new_cache(), new_cache(), Kitchen()
    assert cache.peek(SLOT) is None
    await one(cache, kitchen)
    found = cache.peek(SLOT)
    assert found is not None
    assert (found.value, found.source) == (b"1", Source.MEMORY)
    assert await other.purge("movie:1")
    clock.now_s += 1
    assert cache.peek(SLOT) is None  # Redis has to be asked again


async def test_a_told_answer_without_tags_is_kept(cache: ReadThrough) -> None:
    kitchen = Kitchen()
    kitchen.tags = ()
    await one(cache, kitchen)
    assert (await one(cache, kitchen))[:2] == (b"1", Source.MEMORY)
