"""Endpoints of webhooks in the gateway's own database, and whatever an operator does with them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.domain.webhook import Delivery, Endpoint
from gateway.upstreams.book import logs
from gateway.upstreams.book.database import Database
from gateway.upstreams.book.deliveries import Deliveries
from gateway.upstreams.book.dialects import insert, queue_up
from gateway.upstreams.book.tables import micros
from gateway.upstreams.book.tables_webhooks import (
    IS_WAITING,
    WEBHOOK_DELIVERIES,
    WEBHOOK_ENDPOINTS,
    WEBHOOK_POSITIONS,
)
from gateway.upstreams.book.webhook_rows import of_delivery, of_endpoint, to_endpoint

MOST: Final = 50
"""Endpoints at the same time: each has connections of its own."""

_E: Final = WEBHOOK_ENDPOINTS.c
_P: Final = WEBHOOK_POSITIONS.c
_D: Final = WEBHOOK_DELIVERIES.c
_ALL: Final = sa.select(WEBHOOK_ENDPOINTS).order_by(_E.created_at, _E.id)
_COUNT: Final = sa.select(sa.func.count()).select_from(WEBHOOK_ENDPOINTS)
_ENABLED: Final[Mapping[str, None]] = {
    "disabled_at": None,
    "disabled_why": None,
    "failing_since": None,
}


@dataclass(frozen=True)
class Webhooks(Deliveries):
    """Keeps endpoints, as ``WebhookStore`` says.

    Attributes:
        database: Where.
    """

    database: Database

    async def add(self, endpoint: Endpoint) -> bool:
        """Keep one more; writers of events wait meanwhile."""

        async def work(connection: AsyncConnection) -> bool:
            await queue_up(connection)
            if (await connection.execute(_COUNT)).scalar_one() >= MOST:
                return False
            await connection.execute(sa.insert(WEBHOOK_ENDPOINTS).values(of_endpoint(endpoint)))
            await logs.at_the_end(connection, endpoint.endpoint_id)
            return True

        return await self.database.write("add_webhook", work)

    async def endpoints(self) -> Sequence[Endpoint]:
        """All of them."""

        async def work(connection: AsyncConnection) -> Sequence[Endpoint]:
            return tuple(map(to_endpoint, await connection.execute(_ALL)))

        return await self.database.read("webhooks", work)

    async def remove(self, endpoint_id: str) -> bool:
        """Forget one; the tables let go of the rest."""
        gone = sa.delete(WEBHOOK_ENDPOINTS).where(_E.id == endpoint_id)

        async def work(connection: AsyncConnection) -> bool:
            return (await connection.execute(gone)).rowcount > 0

        return await self.database.write("remove_webhook", work)

    async def enable(self, endpoint_id: str, now: datetime) -> bool:
        """Go on where it was disabled."""

        async def work(connection: AsyncConnection) -> bool:
            return await _enabled(connection, endpoint_id, now)

        return await self.database.write("enable_webhook", work)

    async def rewind(self, endpoint_id: str, since: datetime, now: datetime) -> bool:
        """Tell it again; what waits behind the new position is taken over anew."""

        async def work(connection: AsyncConnection) -> bool:
            if not await _enabled(connection, endpoint_id, now):
                return False
            for scope, position in (await logs.before(connection, since)).items():
                await _moved_back(connection, endpoint_id, scope, position)
            return True

        return await self.database.write("rewind_webhook", work)

    async def positions(self, scope: str) -> Mapping[str, int]:
        """Up to which event each endpoint's were taken over."""
        wanted = sa.select(_P.endpoint_id, _P.position).where(_P.scope == scope)

        async def work(connection: AsyncConnection) -> Mapping[str, int]:
            return {row.endpoint_id: row.position for row in await connection.execute(wanted)}

        return await self.database.read("webhook_positions", work)

    async def take_over(
        self, endpoint_id: str, scope: str, reach: tuple[int, int], found: Sequence[Delivery]
    ) -> bool:
        """Add deliveries and move the position."""
        before, after = reach
        move = (
            sa.update(WEBHOOK_POSITIONS)
            .where(*_place(endpoint_id, scope), _P.position == before)
            .values(position=after)
        )

        async def work(connection: AsyncConnection) -> bool:
            if before == 0 and not await _begun(connection, endpoint_id, scope):
                return False
            if not (await connection.execute(move)).rowcount:
                return False
            if found:
                await connection.execute(_added(connection), [of_delivery(d) for d in found])
            return True

        return await self.database.write("take_over", work)


def _place(endpoint_id: str, scope: str) -> tuple[sa.ColumnElement[bool], ...]:
    return (_P.endpoint_id == endpoint_id, _P.scope == scope)


async def _enabled(connection: AsyncConnection, endpoint_id: str, now: datetime) -> bool:
    """All that waits for it is due, and has all its tries before it; whether it is there."""
    well = sa.update(WEBHOOK_ENDPOINTS).where(_E.id == endpoint_id).values(_ENABLED)
    if not (await connection.execute(well)).rowcount:
        return False
    anew = sa.update(WEBHOOK_DELIVERIES).where(_D.endpoint_id == endpoint_id, IS_WAITING)
    await connection.execute(anew.values(attempts=0, due_at=micros(now)))
    return True


async def _moved_back(
    connection: AsyncConnection, endpoint_id: str, scope: str, position: int
) -> None:
    """Never forwards: what was not told yet is not left out."""
    move = (
        sa.update(WEBHOOK_POSITIONS)
        .where(*_place(endpoint_id, scope), _P.position > position)
        .values(position=position)
    )
    if (await connection.execute(move)).rowcount:
        behind = (_D.endpoint_id == endpoint_id, _D.scope == scope, _D.sequence > position)
        await connection.execute(sa.delete(WEBHOOK_DELIVERIES).where(*behind, IS_WAITING))


async def _begun(connection: AsyncConnection, endpoint_id: str, scope: str) -> bool:
    """Make the position of a log that is newer than the endpoint; whether that is there."""
    asked = sa.select(_E.id).where(_E.id == endpoint_id).with_for_update(key_share=True, read=True)
    if (await connection.execute(asked)).one_or_none() is None:
        return False
    values = {"endpoint_id": endpoint_id, "scope": scope, "position": 0}
    added = insert(connection, WEBHOOK_POSITIONS).values(values)
    await connection.execute(added.on_conflict_do_nothing())
    return True


def _added(connection: AsyncConnection) -> Any:  # noqa: ANN401 - of one dialect or the other
    """What was told before is told again from the first try on."""
    statement = insert(connection, WEBHOOK_DELIVERIES)
    fresh = {name: statement.excluded[name] for name in ("payload", "state", "attempts", "due_at")}
    return statement.on_conflict_do_update(
        index_elements=[_D.endpoint_id, _D.scope, _D.sequence],
        set_={
            **fresh,
            "held_until": 0,
            "status_code": None,
            "problem": None,
            "ended_at": None,
        },
    )
