"""What a caller asks of the cache, and what it gets."""

from __future__ import annotations

import math
from collections.abc import Awaitable, Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum
from typing import Any, Generic, NamedTuple, TypeAlias, TypeVar

from gateway.cache.codec import Codec
from gateway.cache.policy import CachePolicy

T = TypeVar("T")


class Source(Enum):
    """Where an answer came from."""

    MEMORY = "MEMORY"
    REDIS = "REDIS"
    UPSTREAM = "UPSTREAM"


@dataclass(slots=True)  # not frozen: that doubles what making one costs
class Slot(Generic[T]):
    """One payload's place in the cache.

    Args:
        policy: How long it is served.
        key: ``policy.key(...)``; a key belongs to one codec and one set of tags.
        codec: How it is written down.
        tags: What to purge it by, such as ``movie:603``; none where the policy says ``told_tags``.
    """

    policy: CachePolicy
    key: str
    codec: Codec[T]
    tags: tuple[str, ...] = ()


AnySlot: TypeAlias = Slot[Any]  # one read asks for facets of several types


class Cached(NamedTuple, Generic[T]):
    """An answer: the value, or ``None`` where the upstream says that there is none.

    Args:
        value: As the codec decodes it; shared between callers, so treat it as frozen.
        source: Where it came from.
        age_s: Seconds since the upstream said so.
        stale: Past its freshness, served because a refresh is under way or failed.
        reason: The code of the upstream's failure, where that is why it is stale.
        fresh_s: Seconds until it is stale; infinite where nobody knows.
    """

    value: T | None
    source: Source
    age_s: float
    stale: bool = False
    reason: str | None = None
    fresh_s: float = math.inf


@dataclass(frozen=True, slots=True)
class Tagged:
    """A value that tells itself what it hangs on; for policies with ``told_tags``.

    Args:
        value: For the slot's codec.
        tags: What to purge it by; with more than ``tags.MAX_TAGS`` of them it is not kept.
        ttl: Fresh for so long, where that is less than the policy says; zero: not kept.
    """

    value: object
    tags: tuple[str, ...] = ()
    ttl: timedelta | None = None


FetchMany: TypeAlias = Callable[[Sequence[AnySlot]], Awaitable[Mapping[str, object]]]
"""Asks the upstream. By slot key: the value, ``None`` for absent, a ``Tagged`` one, or an
``UpstreamError``. A key that is left out is the upstream's breach of contract."""

Tell: TypeAlias = Callable[[AnySlot, Cached[Any] | Exception], None]
"""How an asker is told; it must be short and must not raise."""

Apart: TypeAlias = Callable[[AnySlot], Hashable]
"""What tells the groups of slots apart that are fetched by calls of their own, side by side."""
