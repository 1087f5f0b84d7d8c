"""Hands that reach behind the book."""

from __future__ import annotations

from dataclasses import dataclass

from gateway.domain.request import Availability
from gateway.domain.request_quota import Allowance
from gateway.domain.request_rules import Actor
from gateway.domain.role import Role
from gateway.upstreams.book import keeping
from gateway.upstreams.book.client import Book
from tests.requests.behind import WallClock


@dataclass
class BookStage:
    """The book's."""

    store: Book
    clock: WallClock

    async def person(self, name: str, role: Role) -> Actor:
        """Enrol somebody."""
        user = await self.store.enrol(f"test:{name}", name)
        return Actor(user_id=user.user_id, role=role)

    async def allow(self, actor: Actor, most: int, days: int) -> None:
        """Write a quota."""
        await keeping.allow(self.store, actor.user_id, Allowance(most=most, days=days))

    async def shelve(self, tmdb_id: int, availability: Availability, *, is_4k: bool) -> None:
        """Write into the library."""
        await keeping.shelve(self.store, tmdb_id, availability, is_4k=is_4k)

    async def fail(self, request_id: int) -> None:
        """Fail it."""
        await keeping.fail(self.store, request_id)
