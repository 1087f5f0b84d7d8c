"""What a conformance test may do to the world around a store, whichever store it is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol

from gateway.domain.request import Availability
from gateway.domain.request_rules import Actor
from gateway.domain.request_store import RequestStore
from gateway.domain.role import Role


@dataclass
class WallClock:
    """Stands still until a test moves it."""

    time: datetime = datetime(2026, 11, 20, 12, 0, 0, 123456, tzinfo=UTC)

    def __call__(self) -> datetime:
        """Tell the time."""
        return self.time

    def advance(self, **parts: float) -> None:
        """Let time pass, as ``timedelta`` counts it."""
        self.time += timedelta(**parts)


class Stage(Protocol):
    """A store, and hands that reach behind it."""

    store: RequestStore
    clock: WallClock

    async def person(self, name: str, role: Role) -> Actor:
        """Somebody whom the store knows."""

    async def allow(self, actor: Actor, most: int, days: int) -> None:
        """Limit what a person may ask for."""

    async def shelve(self, tmdb_id: int, availability: Availability, *, is_4k: bool) -> None:
        """Let the library say how far a film got."""

    async def fail(self, request_id: int) -> None:
        """Let an approved request fail."""
