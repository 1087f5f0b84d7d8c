"""What the cache holds of one payload, in memory and on the wire to Redis. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, NamedTuple

UNWATCHED: Final = 0
"""The era of what has to be looked at itself."""
FIRST: Final = 1
"""The era before anything is known of purges: the first look is sent before all else."""


class Lifetime(NamedTuple):
    """When a payload was stored and how long it serves; seconds of the epoch, ascending."""

    stored_at: float
    fresh_until: float
    unasked_until: float  # stale, but served without asking the upstream first
    stale_until: float  # served only when the upstream fails

    @property
    def is_any(self) -> bool:
        """Whether it is kept at all."""
        return self.stale_until > self.stored_at

    def outdated(self) -> Lifetime:
        """What is left of it once its payload is known to be old: its use in an outage.

        What is never served stale has no such use.
        """
        start = self.stored_at
        until = self.stale_until if self.stale_until > self.fresh_until else start
        return Lifetime(start, start, start, until)


@dataclass(eq=False, slots=True, kw_only=True)
class Entry:
    """A parsed payload, or the knowledge that there is none (``value`` is ``None``).

    Args:
        value: As the slot's codec decodes it.
        life: Its hours; a purge may cut them short.
        mark: Eight random bytes that tell this entry from any other under its key.
        tags: What it is purged by.
        tokens: What each tag was worth before the load began: empty where the server had no room
            for a token; ``None`` as a whole when Redis was away.
        checked_at: When Redis last agreed with it; seconds of the epoch.
        era: Of that moment; see ``watch.Watch``.
        size_bytes: In memory, give or take.
    """

    value: object
    life: Lifetime
    mark: bytes
    tags: tuple[str, ...] = ()
    tokens: tuple[bytes, ...] | None = ()
    checked_at: float = 0.0
    era: int = UNWATCHED
    size_bytes: int = 0

    def agreed(self, asked_at: float, era: int) -> None:
        """Note that Redis agreed with it when it was asked at this moment of this era.

        A tag without a worth cannot be seen to be purged, so nobody may answer for it.
        """
        self.checked_at = asked_at
        self.era = era if self.tokens and all(self.tokens) else UNWATCHED
