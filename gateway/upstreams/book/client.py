"""The book: a store of requests in a database of our own."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeVar, cast

from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.domain.request import MediaRequest, MediaState, User
from gateway.domain.request_log import RequestEvent
from gateway.domain.request_outcomes import (
    CancelOutcome,
    CreateOutcome,
    DecideOutcome,
    KeyReused,
    NotPermitted,
    Outcome,
)
from gateway.domain.request_quota import Quota
from gateway.domain.request_rules import Actor, Step
from gateway.domain.request_store import (
    Decision,
    Place,
    RequestFilter,
    RequestOrder,
    RequestPage,
    RequestStore,
    Wish,
)
from gateway.domain.role import Role
from gateway.upstreams.book import pages, quotas, reading, replies, users
from gateway.upstreams.book.changing import Change
from gateway.upstreams.book.creating import Creation
from gateway.upstreams.book.database import Database
from gateway.upstreams.book.mapping import to_requests

T = TypeVar("T", bound=Outcome)


@dataclass(frozen=True)
class Book(RequestStore):
    """Keeps requests, as ``RequestStore`` says.

    Attributes:
        database: Where.
        approving: Roles whose requests are approved at once.
        now: Aware wall time.
    """

    database: Database
    approving: frozenset[Role] = frozenset({Role.MANAGER, Role.ADMIN})
    now: Callable[[], datetime] = lambda: datetime.now(UTC)

    async def enrol(
        self,
        subject: str,
        display_name: str,
        *,
        seerr_user_id: int | None = None,  # noqa: ARG002 - of another store
    ) -> User:
        """The user for a subject; written only when they are new or have a new name."""
        known = await self.database.read("enrol", lambda c: users.find(c, subject))
        if known is not None and known.display_name == display_name:
            return known
        return await self.database.write(
            "enrol", lambda c: users.write(c, subject, display_name, now=self.now())
        )

    async def create(self, actor: Actor, wish: Wish, *, key: str | None = None) -> CreateOutcome:
        """Ask for a film."""
        if not actor.may_request:
            return NotPermitted()
        creation = Creation(actor, wish, self.now(), self.approving)
        claim = _claim(actor, key, "create", wish.tmdb_id, wish.is_4k)
        return await self._once("create", claim, creation.run)

    async def decide(
        self,
        actor: Actor,
        request_id: int,
        decision: Decision,
        *,
        reason: str | None = None,
        version: int | None = None,
        key: str | None = None,
    ) -> DecideOutcome:
        """Approve, decline or retry."""
        claim = _claim(actor, key, decision.value, request_id, reason, version)
        change = Change(step=decision, actor=actor, now=self.now(), reason=reason, version=version)
        return await self._once(
            decision.value.lower(), claim, lambda c: change.decide(c, request_id)
        )

    async def cancel(
        self,
        actor: Actor,
        request_id: int,
        *,
        version: int | None = None,
        key: str | None = None,
    ) -> CancelOutcome:
        """Take a request back."""
        claim = _claim(actor, key, "cancel", request_id, version)
        change = Change(step=Step.CANCEL, actor=actor, now=self.now(), version=version)
        return await self._once("cancel", claim, lambda c: change.cancel(c, request_id))

    async def get_many(self, request_ids: Collection[int]) -> Mapping[int, MediaRequest]:
        """Requests by id."""
        if not request_ids:
            return {}
        return await self.database.read("get_many", lambda c: reading.many(c, request_ids))

    async def page(
        self,
        which: RequestFilter,
        *,
        first: int,
        after: Place | None = None,
        order: RequestOrder = RequestOrder.CREATED_AT_DESC,
    ) -> RequestPage:
        """List requests; more than wanted are read, to see whether there are more."""
        if pages.matches_nothing(which):
            return RequestPage((), has_next=False)
        shape, most = pages.Shape.of(which), pages.length(first + 1)
        statement = pages.page_statement(shape, order, most, behind=after is not None)
        wanted = pages.parameters(which) | pages.place_parameters(after)

        async def work(connection: AsyncConnection) -> tuple[MediaRequest, ...]:
            return to_requests(await connection.execute(statement, wanted))

        found = await self.database.read("page", work)
        return RequestPage(found[:first], has_next=len(found) > first)

    async def count(self, which: RequestFilter) -> int:
        """Count requests."""
        if pages.matches_nothing(which):
            return 0
        statement = pages.count_statement(pages.Shape.of(which))
        wanted = pages.parameters(which)

        async def work(connection: AsyncConnection) -> int:
            counted: int = (await connection.execute(statement, wanted)).scalar_one()
            return counted

        return await self.database.read("count", work)

    async def by_movie(
        self, tmdb_ids: Collection[int], *, most: int
    ) -> Mapping[int, Sequence[MediaRequest]]:
        """The newest requests of many films."""
        found: dict[int, Sequence[MediaRequest]] = {}
        ids = list(dict.fromkeys(tmdb_ids))
        for start in range(0, len(ids), reading.LARGEST):
            some = ids[start : start + reading.LARGEST]
            found |= await self._of_movies(some, most)
        return found

    async def own(
        self, user_id: int, tmdb_ids: Collection[int]
    ) -> Mapping[tuple[int, bool], MediaRequest]:
        """A person's newest request by film and track."""
        if not tmdb_ids:
            return {}
        return await self.database.read("own", lambda c: reading.own(c, user_id, tmdb_ids))

    async def media(self, tmdb_ids: Collection[int]) -> Mapping[int, MediaState]:
        """How far films got."""
        if not tmdb_ids:
            return {}
        return await self.database.read("media", lambda c: reading.media(c, tmdb_ids))

    async def quota(self, actor: Actor) -> Quota:
        """What a person may still ask for."""
        return await self.database.read("quota", lambda c: quotas.quota(c, actor, self.now()))

    async def history(self, request_id: int) -> Sequence[RequestEvent]:
        """What happened to a request."""
        return await self.database.read("history", lambda c: reading.history(c, request_id))

    async def events(self, after: int, *, most: int) -> Sequence[RequestEvent]:
        """What happened to any request."""
        return await self.database.read("events", lambda c: reading.events(c, after, most))

    async def last_event(self) -> int:
        """The highest sequence number."""
        return await self.database.read("last_event", reading.last_event)

    async def _of_movies(
        self, tmdb_ids: Sequence[int], most: int
    ) -> Mapping[int, Sequence[MediaRequest]]:
        return await self.database.read("by_movie", lambda c: reading.by_movie(c, tmdb_ids, most))

    async def _once(
        self,
        operation: str,
        claim: replies.Claim | None,
        work: Callable[[AsyncConnection], Awaitable[T]],
    ) -> T | KeyReused:
        """Do the work in a transaction, or give the reply that its key had before."""

        async def claimed(connection: AsyncConnection) -> T | KeyReused:
            if claim is None:
                return await work(connection)
            known = await claim.take(connection, self.now())
            if known is not None:
                return cast("T | KeyReused", known)  # the payload names the operation
            reply = await work(connection)
            await claim.store(connection, reply)
            return reply

        return await self.database.write(operation, claimed)


def _claim(actor: Actor, key: str | None, *payload: object) -> replies.Claim | None:
    return None if key is None else replies.Claim(actor.user_id, key, replies.fingerprint(*payload))
