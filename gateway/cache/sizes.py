"""How large payloads are, where nobody has to write them down."""

from __future__ import annotations

from typing import Final

from gateway.cache.slot import AnySlot

PARSED_PER_PAYLOAD: Final = 6  # bytes of Python objects per byte of JSON; measured on TMDB's films
EVERY: Final = 16  # payloads of a kind, one is written down to be measured
_WEIGHT: Final = 0.25  # of the newest one in the mean


class Measured:
    """Base of values that know their size in memory."""

    __slots__ = ()

    @property
    def size_bytes(self) -> int:
        """In memory."""
        raise NotImplementedError


def parsed_bytes(value: object, payload: bytes | None) -> int:
    """Bytes in memory of what takes so many written down."""
    if isinstance(value, Measured):
        return value.size_bytes
    return len(payload or b"") * (1 if isinstance(value, bytes) else PARSED_PER_PAYLOAD)


class Sizes:
    """Means by kind of payload: on memory alone, writing each down would cost most of a fill."""

    def __init__(self) -> None:
        self._means: dict[str, float] = {}
        self._counts: dict[str, int] = {}

    def of(self, slot: AnySlot, value: object) -> int:
        """Bytes of one payload in memory, measured or the mean of its kind."""
        if value is None:
            return 0
        if isinstance(value, Measured):
            return value.size_bytes
        if isinstance(value, bytes):
            return len(value)
        kind = slot.policy.namespace
        count = self._counts[kind] = self._counts.get(kind, -1) + 1
        if count % EVERY:
            return round(self._means[kind])
        size_bytes = PARSED_PER_PAYLOAD * len(slot.codec.encode(value))
        mean = self._means.get(kind, size_bytes)
        self._means[kind] = mean + _WEIGHT * (size_bytes - mean)
        return size_bytes
