"""Fixtures of the cache's tests."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable

import pytest

from gateway.cache.readthrough import ReadThrough
from tests.cache.stage import Clock, Upstream, cache_on
from tests.valkey import valkey_server, valkey_url

__all__ = ["valkey_server", "valkey_url"]


@pytest.fixture
def clock() -> Clock:
    """A clock that stands still."""
    return Clock()


@pytest.fixture
def upstream() -> Upstream:
    """An upstream that counts."""
    return Upstream()


@pytest.fixture
async def new_cache(valkey_url: str, clock: Clock) -> AsyncIterator[Callable[..., ReadThrough]]:
    """Make caches, each as if in a process of its own, on one Valkey unless told another URL."""
    made: list[ReadThrough] = []

    def make(url: str | None = valkey_url) -> ReadThrough:
        patience = {"timeout_s": 2.0} if url == valkey_url else {}  # a busy machine is no outage
        made.append(cache_on(url, clock, **patience))
        return made[-1]

    yield make
    for cache in made:
        await cache.aclose()


@pytest.fixture(params=["memory", "valkey"])
def cache(request: pytest.FixtureRequest, new_cache: Callable[..., ReadThrough]) -> ReadThrough:
    """A cache on memory alone, then one on Valkey: the same promises hold."""
    return new_cache(None) if request.param == "memory" else new_cache()
