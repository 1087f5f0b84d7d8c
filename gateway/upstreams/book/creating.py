"""Ask for a film, inside a transaction."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.domain.request import Availability, MediaRequest, RequestStatus, User
from gateway.domain.request_log import RequestEventKind
from gateway.domain.request_outcomes import (
    Blocklisted,
    Created,
    CreateOutcome,
    Duplicate,
    NotPermitted,
    QuotaExceeded,
)
from gateway.domain.request_quota import Allowance
from gateway.domain.request_rules import Actor, availability_of
from gateway.domain.request_store import Wish
from gateway.domain.role import Role
from gateway.errors import UpstreamUnavailableError
from gateway.upstreams.book import quotas, reading
from gateway.upstreams.book.database import NAME
from gateway.upstreams.book.dialects import insert
from gateway.upstreams.book.log import log
from gateway.upstreams.book.tables import LIBRARY, QUOTAS, REQUESTS, USERS, active, micros

_R: Final = REQUESTS.c
_ROUNDS: Final = 3

_SITUATION: Final = sa.select(
    USERS.c.display_name,
    quotas.of_actor(QUOTAS.c.most),
    quotas.of_actor(QUOTAS.c.days),
    sa.select(LIBRARY.c.availability)
    .where(LIBRARY.c.tmdb_id == sa.bindparam("tmdb_id"), LIBRARY.c.is_4k == sa.bindparam("is_4k"))
    .scalar_subquery(),
    sa.select(_R.id)
    .where(
        _R.tmdb_id == sa.bindparam("tmdb_id"), _R.is_4k == sa.bindparam("is_4k"), active(_R.status)
    )
    .scalar_subquery(),
).where(USERS.c.id == sa.bindparam("user_id"))


@dataclass(frozen=True, slots=True)
class _Situation:
    """What is so when somebody asks."""

    asker: User
    allowance: Allowance | None
    known: Availability | None
    active_id: int | None


@dataclass(frozen=True, slots=True)
class Creation:
    """Somebody's wish, and when.

    Attributes:
        actor: Who asks.
        wish: For what.
        now: Aware.
        approving: Roles whose requests nobody needs to approve.
    """

    actor: Actor
    wish: Wish
    now: datetime
    approving: Collection[Role]

    async def run(self, connection: AsyncConnection) -> CreateOutcome:
        """Insert the request, or say why not.

        A request that stood in the way may be gone when it is looked at; then all begins anew.

        Raises:
            UpstreamUnavailableError: That happened several times in a row.
        """
        for _ in range(_ROUNDS):
            outcome = await self._round(connection)
            if outcome is not None:
                return outcome
        raise UpstreamUnavailableError(NAME, "create", "requests for this film come and go")

    async def _round(self, connection: AsyncConnection) -> CreateOutcome | None:
        found = await self._situation(connection)
        if found is None:  # an account that is gone
            return NotPermitted()
        if found.active_id is not None:
            return await self._existing(connection)
        if found.known is Availability.BLOCKLISTED:
            return Blocklisted(self.wish.tmdb_id)
        if found.allowance is not None and found.allowance.most is not None:
            await quotas.one_at_a_time(connection, self.actor)
            quota = await quotas.used(connection, self.actor, found.allowance, self.now)
            if quota.exhausted:
                return QuotaExceeded(quota)
        request = self._request(found)
        request_id = await self._insert(connection, request)
        if request_id is None:
            return await self._existing(connection)
        request = replace(request, request_id=request_id)
        await self._log(connection, request)
        return Created(request)

    async def _situation(self, connection: AsyncConnection) -> _Situation | None:
        parameters = quotas.parameters(self.actor) | self._track()
        row = (await connection.execute(_SITUATION, parameters)).one_or_none()
        if row is None:
            return None
        name, most, days, known, active_id = row
        return _Situation(
            asker=User(user_id=self.actor.user_id, display_name=name),
            allowance=quotas.to_allowance(most, days),
            known=known,
            active_id=active_id,
        )

    async def _existing(self, connection: AsyncConnection) -> CreateOutcome | None:
        """Asking twice is harmless; that somebody else has asked is worth telling."""
        existing = await reading.active_one(connection, self.wish.tmdb_id, is_4k=self.wish.is_4k)
        if existing is None:
            return None
        owner = existing.requested_by
        mine = owner is not None and owner.user_id == self.actor.user_id
        return Created(existing, created=False) if mine else Duplicate(existing)

    def _request(self, found: _Situation) -> MediaRequest:
        approved = self.actor.role in self.approving
        status = RequestStatus.APPROVED if approved else RequestStatus.PENDING
        return MediaRequest(
            request_id=0,
            tmdb_id=self.wish.tmdb_id,
            status=status,
            is_4k=self.wish.is_4k,
            created_at=self.now,
            updated_at=self.now,
            availability=availability_of(found.known, status),
            requested_by=found.asker,
            decided_by=found.asker if approved else None,
            version=1,
        )

    async def _insert(self, connection: AsyncConnection, request: MediaRequest) -> int | None:
        """The new id; ``None`` when another transaction was first, whose end was waited for."""
        user_id = self.actor.user_id
        values: dict[str, Any] = self._track() | {
            "status": request.status,
            "version": request.version,
            "requested_by": user_id,
            "decided_by": None if request.decided_by is None else user_id,
            "created_at": micros(self.now),
            "updated_at": micros(self.now),
        }
        statement = insert(connection, REQUESTS).on_conflict_do_nothing().returning(_R.id)
        found = await connection.execute(statement, values)
        request_id: int | None = found.scalar_one_or_none()
        return request_id

    async def _log(self, connection: AsyncConnection, request: MediaRequest) -> None:
        kinds = [RequestEventKind.CREATED]
        if request.decided_by is not None:
            kinds.append(RequestEventKind.APPROVED)
        await log(connection, kinds, request, now=self.now, actor_id=self.actor.user_id)

    def _track(self) -> dict[str, object]:
        return {"tmdb_id": self.wish.tmdb_id, "is_4k": self.wish.is_4k}
