"""Answers in the two levels of the cache."""

from __future__ import annotations

import asyncio
import functools
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Final, TypeAlias

from gateway.cache.policy import CachePolicy
from gateway.cache.readthrough import ReadThrough
from gateway.cache.slot import Cached, Slot
from gateway.edge.answers.errand import JITTER, Errand, Make
from gateway.edge.answers.kept import Given, Kept
from gateway.edge.answers.told import Told, spare_s
from gateway.graph.cache_policy import AnswerPolicy

Place: TypeAlias = Slot[Kept]


class KeptCodec:
    """Written down as ``Kept`` does it."""

    def encode(self, value: Kept) -> bytes:
        """Write it down."""
        return value.encode()

    def decode(self, raw: bytes) -> Kept:
        """Read it back; ``ValueError`` when the bytes are not of this kind."""
        return Kept.decode(raw)


_CODEC: Final = KeptCodec()


def place_of(digest: str, scope: str, policy: AnswerPolicy) -> Place | None:
    """Where an answer is kept; ``None`` if it is not."""
    if policy.max_age_s <= 0:
        return None
    found = _policy(policy)
    return Slot(found, found.key(digest, viewer=scope if policy.is_private else None), _CODEC)


@functools.lru_cache(maxsize=1024)
def _policy(policy: AnswerPolicy) -> CachePolicy:
    return CachePolicy(
        namespace="edge.own" if policy.is_private else "edge.answer",
        version=1,
        ttl=timedelta(seconds=policy.max_age_s / JITTER),
        stale=timedelta(seconds=spare_s(policy)),
        private=policy.is_private,
        told_tags=True,
    )


class Shelf:
    """Where whole answers are kept.

    Args:
        cache: Of this process, over the one that processes share.
        now: Seconds of the epoch, as the cache has them.
    """

    def __init__(self, cache: ReadThrough, *, now: Callable[[], float] = time.time) -> None:
        self._cache = cache
        self.now = now

    @property
    def epoch(self) -> int:
        """Counts removals: what began before one may know less than it says."""
        return self._cache.epoch

    def peek(self, place: Place) -> tuple[Kept, int] | None:
        """A fresh one out of memory, with its age in whole seconds."""
        found = self._cache.peek(place)
        if found is None or found.value is None:
            return None
        return found.value, int(found.age_s)

    async def get(self, place: Place, make: Make) -> Told:
        """One from any level, or made now and kept.

        What is made here is given as soon as it is made. Who waits no longer ends the making.
        """
        errand = Errand(make)
        self._cache.ask([place], errand.fetch, errand.tell)
        try:
            found = await errand.landed
        except asyncio.CancelledError:
            errand.leave()
            raise
        if isinstance(found, Told):
            return found
        if isinstance(found, Exception) and errand.has_failed:
            raise found
        if isinstance(found, Cached) and found.value is not None and found.value.life_s:
            return Told(None, found.value, _given(found))
        return await make()  # who had it, in another process perhaps, came to grief


def _given(found: Cached[Kept]) -> Given:
    return Given(
        age_s=int(found.age_s),
        source=found.source.value,
        is_stale=found.stale,
        reason=found.reason,
    )
