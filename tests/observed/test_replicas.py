"""Several processes that hear the same hints: they look at one request once a second together."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from itertools import pairwise

import pytest

from gateway.cache.redis_line import RedisLine
from gateway.upstreams.seerr.agenda import Subject
from gateway.upstreams.seerr.hints import Hints
from tests.valkey import valkey_server, valkey_url

__all__ = ["valkey_server", "valkey_url"]


@pytest.fixture
async def lines(valkey_url: str) -> AsyncIterator[list[RedisLine]]:
    found = [RedisLine(valkey_url, timeout_s=2.0) for _ in range(3)]
    yield found
    for line in found:
        await line.aclose()


@pytest.mark.slow
async def test_one_look_a_second_among_replicas(lines: list[RedisLine]) -> None:
    """Whoever comes second looks a second later: what it heard of may be newer than that look."""
    replicas = [Hints(line, "s") for line in lines]
    looks: list[tuple[float, Subject]] = []

    async def follow(hints: Hints) -> None:
        while True:
            subject = await hints.next()
            looks.append((time.monotonic(), subject))

    following = [asyncio.create_task(follow(each)) for each in replicas]
    for hints in replicas:
        for _ in range(50):
            hints.hear(7)
    async with asyncio.timeout(10):
        while len(looks) < 3:  # noqa: ASYNC110 - Redis' own time is waited for
            await asyncio.sleep(0.01)
    for task in following:
        task.cancel()
    await asyncio.gather(*following, return_exceptions=True)
    moments = [at_s for at_s, subject in looks if subject == 7]
    assert len(moments) == 3
    assert all(later - sooner > 0.95 for sooner, later in pairwise(moments))


async def test_without_redis_each_looks_for_itself() -> None:
    away = RedisLine("redis://127.0.0.1:1", timeout_s=0.2)
    for line in (None, away):
        hints = Hints(line, "s")
        hints.hear(7)
        assert await hints.next() == 7
    await away.aclose()


async def test_another_seerr_is_another_matter(lines: list[RedisLine]) -> None:
    for scope in ("s", "t"):
        hints = Hints(lines[0], scope)
        hints.hear(7)
        async with asyncio.timeout(0.9):
            assert await hints.next() == 7
