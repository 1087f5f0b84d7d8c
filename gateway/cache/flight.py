"""One key being filled, and those who wait for it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from secrets import token_bytes
from typing import TypeAlias

from gateway.cache.entry import Entry
from gateway.cache.envelope import TOKEN_BYTES
from gateway.cache.slot import AnySlot, Source


@dataclass(frozen=True, slots=True)
class Landed:
    """A fill that came to an end."""

    entry: Entry
    source: Source


Landing: TypeAlias = Landed | Exception


@dataclass(eq=False, slots=True)
class Flight:
    """A key on its way; everybody in this process who wants it waits on ``landing``.

    Args:
        slot: Where it goes.
        seen: The mark of the entry that was found wanting; another one is news.
        landing: Set once, never an exception: those are values here.
        is_void: A drop or purge came in between, so what was loaded before may be old.
        last: What the latest round brought; good enough if no round comes through clean.
    """

    slot: AnySlot
    seen: bytes | None
    landing: asyncio.Future[Landing]
    is_void: bool = False
    last: Landing | None = None

    def land(self, landing: Landing) -> None:
        """Tell all who wait; a second time changes nothing."""
        if not self.landing.done():
            self.landing.set_result(landing)


@dataclass(frozen=True, slots=True)
class Turn:
    """One attempt at the leases of several keys.

    Args:
        epoch: The removals counted before it.
        asked_at: When it began; seconds of the epoch.
        tokens: What the tags were worth before the load; ``None`` when Redis did not answer.
        leased: The keys whose lease is ours.
        token: What marks those leases as ours.
    """

    epoch: int
    asked_at: float
    tokens: Mapping[str, bytes | None] | None = None
    leased: frozenset[str] = frozenset()
    token: bytes = field(default_factory=lambda: token_bytes(TOKEN_BYTES))

    def stamp(self, slot: AnySlot) -> tuple[bytes, ...] | None:
        """What the slot's tags were worth; ``None`` if one is not known."""
        if self.tokens is None:
            return None
        known = [token for token in map(self.tokens.get, slot.tags) if token is not None]
        return tuple(known) if len(known) == len(slot.tags) else None
