"""What a caller asks of the cache, and what it gets."""

from __future__ import annotations

import math
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Generic, TypeAlias, TypeVar

from gateway.cache.codec import Codec
from gateway.cache.policy import CachePolicy

T = TypeVar("T")


class Source(Enum):
    """Where an answer came from."""

    MEMORY = "MEMORY"
    REDIS = "REDIS"
    UPSTREAM = "UPSTREAM"


@dataclass(frozen=True, slots=True)
class Slot(Generic[T]):
    """One payload's place in the cache.

    Args:
        policy: How long it is served.
        key: ``policy.key(...)``; a key belongs to one codec and one set of tags.
        codec: How it is written down.
        tags: What to purge it by, such as ``movie:603``.
    """

    policy: CachePolicy
    key: str
    codec: Codec[T]
    tags: tuple[str, ...] = ()


AnySlot: TypeAlias = Slot[Any]  # one read asks for facets of several types


@dataclass(frozen=True, slots=True)
class Cached(Generic[T]):
    """An answer: the value, or ``None`` where the upstream says that there is none.

    Args:
        value: As the codec decodes it; shared between callers, so treat it as frozen.
        source: Where it came from.
        age_s: Seconds since the upstream said so.
        stale: Past its freshness, served because a refresh is under way or failed.
        reason: The code of the upstream's failure, where that is why it is stale.
        fresh_s: Seconds until it is stale; infinite where nobody knows.
        unasked_s: Seconds until nobody serves it without asking the upstream first; ditto.
    """

    value: T | None
    source: Source
    age_s: float
    stale: bool = False
    reason: str | None = None
    fresh_s: float = math.inf
    unasked_s: float = math.inf


@dataclass(frozen=True, slots=True)
class Filled:
    """What a fetch found.

    Args:
        values: By slot key, for every slot asked: the value, ``None`` for absent, or an
            ``UpstreamError``. A key left out is the upstream's breach of contract.
        extra: Payloads that came along unasked. They are stored where their tags are among those
            of the slots asked (for others, a purge during the load would have gone unnoticed).
    """

    values: Mapping[str, object]
    extra: Sequence[tuple[AnySlot, object]] = field(default=())


FetchMany: TypeAlias = Callable[[Sequence[AnySlot]], Awaitable[Mapping[str, object] | Filled]]

Tell: TypeAlias = Callable[[AnySlot, Cached[Any] | Exception], None]
"""How an asker is told; it must be short and must not raise."""
