"""Never wait, never lie: stale answers, refreshes behind them, outages."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

import pytest

from gateway.cache.readthrough import Cached, ReadThrough
from gateway.errors import (
    UpstreamRateLimitedError,
    UpstreamUnavailableError,
)
from tests.cache.stage import BRIEF, Clock, Film, Upstream, cache_on, film_slot, settle

NewCache = Callable[..., ReadThrough]
DOWN = UpstreamUnavailableError("tmdb", "movie")


async def one(cache: ReadThrough, upstream: Upstream, tmdb_id: int = 603) -> Cached[Film]:
    [found] = await cache.get_many([film_slot(tmdb_id)], upstream)
    assert isinstance(found, Cached)
    return found


async def test_stale_is_served_at_once_marked_and_refreshed_once(
    cache: ReadThrough, upstream: Upstream, clock: Clock
) -> None:
    await one(cache, upstream)
    await settle(cache)
    clock.now_s += 3600
    upstream.version = 1
    upstream.gate.clear()
    upstream.called.clear()
    for _ in range(50):
        found = await one(cache, upstream)
        assert (found.value and found.value.version, found.stale, found.reason) == (0, True, None)
        assert found.age_s == pytest.approx(3600)
        await asyncio.sleep(0)
    await upstream.called.wait()
    assert len(upstream.calls) == 2
    upstream.gate.set()
    await settle(cache)
    fresh = await one(cache, upstream)
    assert (fresh.value and fresh.value.version, fresh.stale) == (1, False)


async def test_an_outage_is_answered_from_the_stale_window_and_says_why(
    cache: ReadThrough, upstream: Upstream, clock: Clock
) -> None:
    await one(cache, upstream)
    await settle(cache)
    upstream.error = DOWN
    for minute in range(60, 180):
        clock.now_s = 1e9 + minute * 60
        await one(cache, upstream)
        await settle(cache)
        found = await one(cache, upstream)
        assert (found.stale, found.reason) == (True, "UPSTREAM_UNAVAILABLE")
    clock.now_s = 1e9 + 180 * 60
    assert await cache.get_many([film_slot(603)], upstream) == [DOWN]


async def test_a_failed_refresh_is_not_repeated_for_each_reader(
    cache: ReadThrough, upstream: Upstream, clock: Clock
) -> None:
    await one(cache, upstream)
    await settle(cache)
    upstream.error = UpstreamRateLimitedError("tmdb", "movie", retry_after_s=7)
    clock.now_s += 3600
    for _ in range(20):
        await one(cache, upstream)
        await settle(cache)
    assert len(upstream.calls) == 2
    clock.now_s += 7
    await one(cache, upstream)
    await settle(cache)
    assert len(upstream.calls) == 3


async def test_a_policy_without_a_stale_window_shows_an_outage_as_one(
    cache: ReadThrough, upstream: Upstream, clock: Clock
) -> None:
    await cache.get_many([film_slot(1, BRIEF)], upstream)
    await settle(cache)
    upstream.error = DOWN
    clock.now_s += 30
    assert await cache.get_many([film_slot(1, BRIEF)], upstream) == [DOWN]


async def test_refreshes_are_bounded(cache: ReadThrough, upstream: Upstream, clock: Clock) -> None:
    slots = [film_slot(i) for i in range(100)]
    await cache.get_many(slots, upstream)
    await settle(cache)
    clock.now_s += 3600
    upstream.gate.clear()
    assert all(isinstance(f, Cached) for f in await cache.get_many(slots, upstream))
    assert cache.stats()["refresh"] == 64
    assert cache.stats()["refresh_skipped"] == 36
    upstream.gate.set()


async def test_a_hot_key_is_refreshed_before_it_expires(
    valkey_url: str, upstream: Upstream, clock: Clock
) -> None:
    cache = cache_on(valkey_url, clock)
    await one(cache, upstream)
    await settle(cache)
    cache._serving._dice = lambda: 0.01
    clock.now_s += 3300
    upstream.version = 1
    assert not (await one(cache, upstream)).stale
    await settle(cache)
    found = await one(cache, upstream)
    assert (found.value and found.value.version, found.age_s) == (1, 0)
    await cache.aclose()


async def test_an_hour_of_outage_is_answered_for_every_key_and_fast(
    cache: ReadThrough, upstream: Upstream, clock: Clock
) -> None:
    slots = [film_slot(i) for i in range(100)]
    await cache.get_many(slots, upstream)
    await settle(cache)
    upstream.error = DOWN
    took_ms: list[float] = []
    for _ in range(59):
        clock.now_s += 2 * 60  # from fresh far into the stale window
        for slot in slots:
            start_s = time.perf_counter()
            [found] = await cache.get_many([slot], upstream)
            took_ms.append((time.perf_counter() - start_s) * 1000)
            assert isinstance(found, Cached)
            assert found.stale is (found.age_s >= 3600)
        await settle(cache)
    p99_ms = sorted(took_ms)[len(took_ms) * 99 // 100]
    print(f"outage: p99 {p99_ms:.2f} ms")  # noqa: T201
    assert p99_ms <= 25  # 5 promised; the machine that tests may be busy


async def test_an_answer_tells_how_long_it_stays_good(
    cache: ReadThrough, upstream: Upstream, clock: Clock
) -> None:
    """Whoever builds on it keeps the result no longer than that."""
    assert (await one(cache, upstream)).fresh_s == pytest.approx(3600)
    await settle(cache)
    clock.now_s += 600
    found = await one(cache, upstream)
    assert found.fresh_s == pytest.approx(3000)
    clock.now_s += 3000
    assert (await one(cache, upstream)).fresh_s <= 0
    await settle(cache)
