"""Requests for whoever tries the gateway out: those of the sandbox's Seerr, in a book."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Final

from gateway.domain.request import Availability, User
from gateway.domain.request_outcomes import Created
from gateway.domain.request_quota import Allowance
from gateway.domain.request_rules import Actor, Step
from gateway.domain.request_store import Wish
from gateway.domain.role import Role
from gateway.sandbox.seerr.demo_people import USERS
from gateway.sandbox.seerr.demo_seed import TITLES
from gateway.sandbox.seerr.seed import SeedRequest, SeedTitle
from gateway.sandbox.seerr.states import MediaStatus, RequestStatus
from gateway.settings import GatewaySettings
from gateway.upstreams.book import keeping
from gateway.upstreams.book.client import Book
from gateway.upstreams.book.database import Database
from gateway.upstreams.book.engines import open_engines
from gateway.upstreams.book.opening import make_ready
from gateway.upstreams.book.settings import requests_location

REQUESTER: Final = "key:sandbox-requester"
MANAGER: Final = "key:sandbox-manager"
_SUBJECTS: Final = {3: REQUESTER, 2: MANAGER}  # who has a ready-made key sees what is theirs
_ALLOWED: Final = Allowance(most=10, days=7)
_DECIDED_AFTER: Final = timedelta(hours=2)
_REASON: Final = "We have it on disc."


async def fill_demo(settings: GatewaySettings) -> None:
    """Write them, unless something has been written before.

    Raises:
        ConfigError: The folder cannot be used.
        UpstreamError: The file cannot be written.
    """
    where = requests_location(settings)
    database = Database(open_engines(where))
    try:
        await make_ready(database, where)
        book = Book(database, approving=frozenset())
        if await book.last_event() == 0:
            await _fill(book, datetime.now(UTC))
    finally:
        await database.aclose()


async def _fill(book: Book, now: datetime) -> None:
    people = {each.id: await _enrolled(book, each.id, each.username) for each in USERS}
    titles = [each for each in TITLES if each.kind == "movie"]
    rows = [(wish, title) for title in titles for wish in title.requests]
    for wish, title in sorted(rows, key=lambda row: row[0].age, reverse=True):
        await _Wished(_at(book, now - wish.age), people, title, wish).write()
    for title in titles:
        for is_4k, status in ((False, title.status), (True, title.status4k)):
            found = _SHELVED.get(status)
            if found is not None:
                await keeping.shelve(book, title.tmdb_id, found, is_4k=is_4k)
    await keeping.allow(book, Role.REQUESTER, _ALLOWED)


async def _enrolled(book: Book, number: int, name: str | None) -> User:
    return await book.enrol(_SUBJECTS.get(number, f"sandbox:{number}"), name or f"User {number}")


_SHELVED: Final = {
    MediaStatus.AVAILABLE: Availability.AVAILABLE,
    MediaStatus.BLOCKLISTED: Availability.BLOCKLISTED,
    MediaStatus.DELETED: Availability.DELETED,
}


@dataclass(frozen=True, slots=True)
class _Wished:
    """One request, and what became of it."""

    book: Book
    people: Mapping[int, User]
    title: SeedTitle
    wish: SeedRequest

    async def write(self) -> None:
        """Take the steps that led there; a second active request for a film is left out."""
        asker = Actor(user_id=self.people[self.wish.by].user_id, role=Role.REQUESTER)
        wanted = Wish(tmdb_id=self.title.tmdb_id, is_4k=self.wish.is4k)
        made = await self.book.create(asker, wanted)
        if not isinstance(made, Created) or not made.created:
            return
        number, status = made.request.request_id, self.wish.status
        if status is RequestStatus.DECLINED:
            await self._later.decide(self._manager, number, Step.DECLINE, reason=_REASON)
        elif status is not RequestStatus.PENDING:
            await self._later.decide(self._manager, number, Step.APPROVE)
        if status is RequestStatus.FAILED:
            await keeping.fail(self._later, number)
        elif status is RequestStatus.COMPLETED:
            await keeping.shelve(
                self._later, wanted.tmdb_id, Availability.AVAILABLE, is_4k=wanted.is_4k
            )

    @property
    def _manager(self) -> Actor:
        return Actor(user_id=self.people[2].user_id, role=Role.MANAGER)

    @property
    def _later(self) -> Book:
        return _at(self.book, self.book.now() + _DECIDED_AFTER)


def _at(book: Book, moment: datetime) -> Book:
    """The same book, at another time."""
    return replace(book, now=lambda: moment)
