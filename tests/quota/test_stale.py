"""A spent budget is an outage to the cache: what is stale goes on, and is marked."""

from __future__ import annotations

from datetime import timedelta

import pytest

from gateway.cache.policy import CachePolicy
from gateway.cache.slot import Cached
from gateway.errors import QuotaExhaustedError
from gateway.quota.daily import DailyBudget
from gateway.quota.ledger import Ledger
from gateway.quota.spec import DailySpec
from tests.cache.stage import Clock, Film, cache_on, film_slot, settle

VIDEO = CachePolicy(
    namespace="youtube.video",
    version=1,
    ttl=timedelta(hours=1),
    stale=timedelta(days=2),
    revalidate=timedelta(0),
)
REVALIDATED = CachePolicy(
    namespace="youtube.video", version=2, ttl=timedelta(hours=1), stale=timedelta(days=2)
)


@pytest.mark.parametrize("policy", [VIDEO, REVALIDATED])
async def test_stale_goes_on_and_the_rest_is_refused_until_a_new_day(policy: CachePolicy) -> None:
    clock = Clock()
    spec = DailySpec(name="units", per_day=1, zone="America/Los_Angeles")
    budget = DailyBudget("youtube", spec, key="units", ledger=Ledger(None), now=clock)
    cache = cache_on(None, clock)

    async def fetch() -> Film:
        await budget.reserve("videos", 1, patience_s=0.0)
        return Film(tmdb_id=603, version=round(clock.now_s))

    async def read(tmdb_id: int) -> Cached[object] | Exception:
        found = await cache.get(film_slot(tmdb_id, policy), fetch)
        await settle(cache)
        return found

    first = await read(603)
    assert isinstance(first, Cached)
    clock.now_s += 2 * 3600
    for _ in range(2):
        found = await read(603)
        assert isinstance(found, Cached)
        assert (found.value, found.stale) == (first.value, True)
    assert isinstance(found, Cached)
    assert found.reason == "QUOTA_EXHAUSTED"
    refused = await read(550)
    assert isinstance(refused, QuotaExhaustedError)
    assert refused.retry_after_s is not None
    clock.now_s += refused.retry_after_s
    assert isinstance(await read(550), Cached)
    await cache.aclose()
