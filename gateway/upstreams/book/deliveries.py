"""Deliveries of webhooks: who may send which one now, and how it went."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.domain.webhook import Delivery, DeliveryState, Failure, WebhookStore
from gateway.upstreams.book.database import Database
from gateway.upstreams.book.tables import micros
from gateway.upstreams.book.tables_webhooks import (
    IS_WAITING,
    WEBHOOK_DELIVERIES,
    WEBHOOK_ENDPOINTS,
)
from gateway.upstreams.book.webhook_rows import to_delivery

WAKES_AFTER: Final = timedelta(minutes=10)
"""Of failures alone: then a success is news, and what waits need not wait any longer."""

MOST_FORGOTTEN: Final = 5000
"""At once: writers of requests wait meanwhile."""

_E: Final = WEBHOOK_ENDPOINTS.c
_D: Final = WEBHOOK_DELIVERIES.c
_KEY: Final = (_D.endpoint_id, _D.scope, _D.sequence)
_OLDER: Final = WEBHOOK_DELIVERIES.alias("older")
_IS_OLDEST: Final = ~(
    sa.exists()
    .where(
        _OLDER.c.endpoint_id == _D.endpoint_id,
        _OLDER.c.scope == _D.scope,
        _OLDER.c.request_id == _D.request_id,
        _OLDER.c.state == sa.literal_column(f"'{DeliveryState.WAITING.value}'"),
        _OLDER.c.sequence < _D.sequence,
    )
    .correlate(WEBHOOK_DELIVERIES)
)
_NOW: Final = sa.bindparam("now", type_=sa.BigInteger)
_IS_TOLD: Final = (
    sa.exists()
    .where(_E.id == _D.endpoint_id, _E.disabled_at.is_(None))
    .correlate(WEBHOOK_DELIVERIES)
)
_IS_DUE: Final = sa.and_(IS_WAITING, _D.due_at <= _NOW, _D.held_until <= _NOW, _IS_OLDEST, _IS_TOLD)
_DUE: Final = sa.select(_D.endpoint_id).where(_IS_DUE).distinct()
_NEXT: Final = (
    sa.select(WEBHOOK_DELIVERIES)
    .where(_D.endpoint_id == sa.bindparam("whose"), _IS_DUE)
    .order_by(_D.due_at, _D.sequence)
    .limit(1)
    .with_for_update(skip_locked=True, of=WEBHOOK_DELIVERIES)  # of SQLite's writers there is one
)
_WAITING: Final = (
    sa.select(_D.endpoint_id, sa.func.count().label("many"))
    .where(IS_WAITING)
    .group_by(_D.endpoint_id)
)


@dataclass(frozen=True)
class Deliveries(WebhookStore):
    """Keeps deliveries, as ``WebhookStore`` says.

    Attributes:
        database: Where.
    """

    database: Database

    async def due(self, now: datetime) -> Collection[str]:
        """Endpoints for which there is something to hold."""

        async def work(connection: AsyncConnection) -> Collection[str]:
            found = await connection.execute(_DUE, {"now": micros(now)})
            return frozenset(found.scalars())

        return await self.database.read("due_webhooks", work)

    async def hold(self, endpoint_id: str, now: datetime, until: datetime) -> Delivery | None:
        """Take the next one."""
        wanted = {"whose": endpoint_id, "now": micros(now)}

        async def work(connection: AsyncConnection) -> Delivery | None:
            row = (await connection.execute(_NEXT, wanted)).one_or_none()
            if row is None:
                return None
            found = replace(to_delivery(row), held_until=until)
            mark = sa.update(WEBHOOK_DELIVERIES).where(*_at(found))
            await connection.execute(mark.values(held_until=micros(until)))
            return found

        return await self.database.write("hold_webhook", work)

    async def delivered(self, delivery: Delivery, status_code: int, now: datetime) -> None:
        """Note that it arrived."""
        values = {
            "state": DeliveryState.DELIVERED.value,
            "status_code": status_code,
            "problem": None,
            "ended_at": micros(now),
        }

        async def work(connection: AsyncConnection) -> None:
            failing_since = await _failing_since(connection, delivery.endpoint_id)
            if await _settled(connection, delivery, values) and failing_since is not None:
                await _recovered(connection, delivery.endpoint_id, failing_since, now)

        await self.database.write("webhook_delivered", work)

    async def failed(self, delivery: Delivery, failure: Failure, now: datetime) -> None:
        """Note that it did not."""
        values: dict[str, object] = {
            "status_code": failure.status_code,
            "problem": failure.problem,
        }
        if failure.again_at is not None:
            values["due_at"] = micros(failure.again_at)
        else:
            values |= {"state": DeliveryState.GIVEN_UP.value, "ended_at": micros(now)}

        async def work(connection: AsyncConnection) -> None:
            await _failing_since(connection, delivery.endpoint_id)
            if await _settled(connection, delivery, values):
                await connection.execute(_worse(delivery.endpoint_id, failure, now))

        await self.database.write("webhook_failed", work)

    async def deliveries(self, endpoint_id: str, *, most: int) -> Sequence[Delivery]:
        """The newest ones."""
        wanted = (
            sa.select(WEBHOOK_DELIVERIES)
            .where(_D.endpoint_id == endpoint_id)
            .order_by(_D.sequence.desc(), _D.scope)
            .limit(most)
        )

        async def work(connection: AsyncConnection) -> Sequence[Delivery]:
            return tuple(map(to_delivery, await connection.execute(wanted)))

        return await self.database.read("webhook_deliveries", work)

    async def waiting(self) -> Mapping[str, int]:
        """How many wait."""

        async def work(connection: AsyncConnection) -> Mapping[str, int]:
            return {row.endpoint_id: row.many for row in await connection.execute(_WAITING)}

        return await self.database.read("webhooks_waiting", work)

    async def forget(self, before: datetime) -> None:
        """Drop old ones; if there are very many, some of them."""
        old = sa.select(*_KEY).where(_D.ended_at < micros(before)).limit(MOST_FORGOTTEN)
        drop = sa.delete(WEBHOOK_DELIVERIES).where(sa.tuple_(*_KEY).in_(old))
        await self.database.write("forget_webhooks", lambda c: c.execute(drop))


def _at(delivery: Delivery) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        _D.endpoint_id == delivery.endpoint_id,
        _D.scope == delivery.scope,
        _D.sequence == delivery.sequence,
    )


async def _failing_since(connection: AsyncConnection, endpoint_id: str) -> int | None:
    """Since when it fails; whoever settles another of its deliveries waits here for our commit."""
    asked = sa.select(_E.failing_since).where(_E.id == endpoint_id)
    asked = asked.with_for_update(key_share=True)
    return (await connection.execute(asked)).scalar_one_or_none()


async def _settled(
    connection: AsyncConnection, delivery: Delivery, values: Mapping[str, Any]
) -> bool:
    """Write down how a try ended; ``False`` if it was somebody else's by then."""
    assert delivery.held_until is not None  # noqa: S101 - as ``hold`` gave it out
    ours = (*_at(delivery), IS_WAITING, _D.held_until == micros(delivery.held_until))
    update = sa.update(WEBHOOK_DELIVERIES).where(*ours)
    told = update.values(**values, attempts=_D.attempts + 1, held_until=0)
    return (await connection.execute(told)).rowcount > 0


async def _recovered(
    connection: AsyncConnection, endpoint_id: str, failing_since: int, now: datetime
) -> None:
    well = sa.update(WEBHOOK_ENDPOINTS).where(_E.id == endpoint_id).values(failing_since=None)
    await connection.execute(well)
    if failing_since <= micros(now - WAKES_AFTER):
        later = (_D.endpoint_id == endpoint_id, IS_WAITING, _D.due_at > micros(now))
        update = sa.update(WEBHOOK_DELIVERIES).where(*later)
        await connection.execute(update.values(due_at=micros(now)))


def _worse(endpoint_id: str, failure: Failure, now: datetime) -> sa.Update:
    values: dict[str, object] = {
        "failing_since": sa.func.coalesce(_E.failing_since, sa.literal(micros(now), sa.BigInteger))
    }
    update = sa.update(WEBHOOK_ENDPOINTS).where(_E.id == endpoint_id)
    if failure.disable_why is not None:
        values |= {"disabled_at": micros(now), "disabled_why": failure.disable_why}
    return update.values(values)
