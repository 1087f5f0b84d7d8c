"""A film's cache slots, an upstream that counts its calls, and a clock that stands still."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from datetime import timedelta

from pydantic import BaseModel

from gateway.cache.codec import ModelCodec
from gateway.cache.policy import CachePolicy
from gateway.cache.readthrough import ReadThrough
from gateway.cache.redis import RedisStore
from gateway.cache.redis_line import TIMEOUT_S, RedisLine
from gateway.cache.slot import AnySlot, Slot
from gateway.errors import UpstreamError


class Film(BaseModel):
    """A payload that says which version of the upstream's data it is."""

    tmdb_id: int
    version: int = 0
    plot: str = ""


CODEC = ModelCodec(Film)
POLICY = CachePolicy(
    namespace="tmdb.movie",
    version=1,
    ttl=timedelta(hours=1),
    stale=timedelta(hours=2),
    revalidate=timedelta(hours=1),
    negative_ttl=timedelta(minutes=10),
)
BRIEF = CachePolicy(namespace="seerr.requests", version=1, ttl=timedelta(seconds=30))


def film_slot(tmdb_id: int, policy: CachePolicy = POLICY) -> AnySlot:
    """The slot of a film, purged by ``movie:<id>``."""
    return Slot(policy, policy.key(tmdb_id), CODEC, (f"movie:{tmdb_id}",))


class Clock:
    """Seconds that pass only when told to."""

    def __init__(self) -> None:
        self.now_s = 1e9

    def __call__(self) -> float:
        return self.now_s


class Upstream:
    """Films by id at their present version; ``gate`` holds every answer back while it is shut."""

    def __init__(self) -> None:
        self.calls: list[list[int]] = []
        self.version = 0
        self.absent: set[int] = set()
        self.error: UpstreamError | None = None
        self.called = asyncio.Event()
        self.gate = asyncio.Event()
        self.gate.set()

    async def __call__(self, slots: Sequence[AnySlot]) -> Mapping[str, object]:
        """Fetch as a loader would."""
        ids = {slot.key: int(slot.key.rpartition(":")[2]) for slot in slots}
        self.calls.append(list(ids.values()))
        self.called.set()
        version = self.version
        await self.gate.wait()
        if self.error is not None:
            raise self.error
        return {
            key: None if tmdb_id in self.absent else Film(tmdb_id=tmdb_id, version=version)
            for key, tmdb_id in ids.items()
        }


def cache_on(url: str | None, clock: Clock, *, timeout_s: float = TIMEOUT_S) -> ReadThrough:
    """One process's cache, without jitter and without luck."""
    store = None if url is None else RedisStore(RedisLine(url, timeout_s=timeout_s))
    return ReadThrough(store, now=clock, dice=lambda: 0.5)


async def settle(cache: ReadThrough) -> None:
    """Let every fill under way come to its end."""
    await cache.settled()
