"""How many requests somebody may make, and how many they made."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.domain.request import RequestStatus
from gateway.domain.request_quota import Allowance, Quota, reckon
from gateway.domain.request_rules import Actor
from gateway.domain.role import Role
from gateway.upstreams.book.dialects import insert, is_postgres
from gateway.upstreams.book.tables import QUOTAS, REQUESTS, USERS, micros, moment

_R: Final = REQUESTS.c
_USER_ID: Final = sa.bindparam("user_id", type_=sa.BigInteger)
_ROLE: Final = sa.bindparam("role", type_=QUOTAS.c.role.type)


def of_actor(column: sa.Column[Any]) -> sa.ScalarSelect[Any]:
    """A column of ``QUOTAS`` for an actor: their own row's, else their role's."""
    return (
        sa.select(column)
        .where(sa.or_(QUOTAS.c.user_id == _USER_ID, QUOTAS.c.role == _ROLE))
        .order_by(QUOTAS.c.user_id.is_(None))
        .limit(1)
        .scalar_subquery()
    )


_ALLOWANCE: Final = sa.select(of_actor(QUOTAS.c.most), of_actor(QUOTAS.c.days))
_MADE: Final = (
    sa.select(_R.created_at)
    .where(
        _R.requested_by == _USER_ID,
        _R.created_at > sa.bindparam("since", type_=sa.BigInteger),
        _R.status != RequestStatus.DECLINED,
    )
    .order_by(_R.created_at)
)
_LOCK: Final = sa.select(USERS.c.id).where(USERS.c.id == _USER_ID).with_for_update(key_share=True)


def to_allowance(most: int | None, days: int | None) -> Allowance | None:
    """Read both columns; without a row there is no limit."""
    return None if days is None else Allowance(most=most, days=days)


def parameters(actor: Actor) -> dict[str, object]:
    """What ``of_actor`` is run with."""
    return {"user_id": actor.user_id, "role": actor.role}


async def quota(connection: AsyncConnection, actor: Actor, now: datetime) -> Quota:
    """What somebody may still ask for."""
    row = (await connection.execute(_ALLOWANCE, parameters(actor))).one()
    return await used(connection, actor, to_allowance(*row), now)


async def used(
    connection: AsyncConnection, actor: Actor, allowance: Allowance | None, now: datetime
) -> Quota:
    """Hold an allowance against what somebody asked for."""
    if allowance is None or allowance.most is None:
        return Quota()
    since = micros(allowance.since(now))
    found = await connection.execute(_MADE, {"user_id": actor.user_id, "since": since})
    return reckon(allowance, [moment(made_at) for made_at in found.scalars()])


async def one_at_a_time(connection: AsyncConnection, actor: Actor) -> None:
    """Wait until nobody else creates requests of this person: else two could take one place."""
    if is_postgres(connection):
        await connection.execute(_LOCK, {"user_id": actor.user_id})


async def allow(connection: AsyncConnection, whom: int | Role, allowance: Allowance | None) -> None:
    """Set what a user, or everybody with a role, may ask for; ``None`` forgets it."""
    column = QUOTAS.c.role if isinstance(whom, Role) else QUOTAS.c.user_id
    if allowance is None:
        await connection.execute(sa.delete(QUOTAS).where(column == whom))
        return
    values = {"most": allowance.most, "days": allowance.days}
    statement = insert(connection, QUOTAS).values({column.name: whom} | values)
    await connection.execute(statement.on_conflict_do_update(index_elements=[column], set_=values))


@dataclass(frozen=True, slots=True)
class Allowed:
    """What was set for a role, or for a user; ``None``: nothing."""

    who: str
    name: str | None
    allowance: Allowance | None


_ROLES: Final = sa.select(QUOTAS).where(QUOTAS.c.role.is_not(None)).order_by(QUOTAS.c.role)
_PEOPLE: Final = (
    sa.select(USERS.c.id, USERS.c.display_name, QUOTAS.c.most, QUOTAS.c.days)
    .outerjoin_from(USERS, QUOTAS, QUOTAS.c.user_id == USERS.c.id)
    .order_by(USERS.c.id)
)


async def every(connection: AsyncConnection) -> Sequence[Allowed]:
    """What was set for roles, then all people with what was set for them."""
    roles = await connection.execute(_ROLES)
    found = [Allowed(row.role.value, None, to_allowance(row.most, row.days)) for row in roles]
    people = await connection.execute(_PEOPLE)
    return found + [
        Allowed(str(row.id), row.display_name, to_allowance(row.most, row.days)) for row in people
    ]


async def is_somebody(connection: AsyncConnection, user_id: int) -> bool:
    """Whether there is a user of this number."""
    found = await connection.execute(sa.select(USERS.c.id).where(USERS.c.id == user_id))
    return found.first() is not None
