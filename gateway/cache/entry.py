"""What the cache holds of one payload, in memory and on the wire to Redis. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Lifetime:
    """When a payload was stored and how long it serves; seconds of the epoch, ascending."""

    stored_at: float
    fresh_until: float
    unasked_until: float  # stale, but served without asking the upstream first
    stale_until: float  # served only when the upstream fails

    @property
    def is_any(self) -> bool:
        """Whether it is kept at all."""
        return self.stale_until > self.stored_at


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A parsed payload, or the knowledge that there is none (``value`` is ``None``).

    Args:
        value: As the slot's codec decodes it.
        life: Its hours.
        mark: Eight random bytes that tell this entry from any other under its key.
        tokens: What each of the slot's tags was worth before the load began.
        checked_at: When Redis last agreed with it; seconds of the epoch.
        size_bytes: Of the payload; what the in-process level accounts.
    """

    value: object
    life: Lifetime
    mark: bytes
    tokens: tuple[bytes, ...] = ()
    checked_at: float = field(default=0.0, compare=False)
    size_bytes: int = 0
