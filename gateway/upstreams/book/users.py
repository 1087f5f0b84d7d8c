"""The people whom the book knows."""

from __future__ import annotations

from datetime import datetime
from typing import Final

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.domain.request import User
from gateway.upstreams.book.dialects import insert
from gateway.upstreams.book.tables import USERS, micros

_FIND: Final = sa.select(USERS.c.id, USERS.c.display_name).where(
    USERS.c.subject == sa.bindparam("subject")
)


async def find(connection: AsyncConnection, subject: str) -> User | None:
    """A user by the name that the gateway has for them."""
    row = (await connection.execute(_FIND, {"subject": subject})).one_or_none()
    return None if row is None else User(user_id=row.id, display_name=row.display_name)


async def write(
    connection: AsyncConnection, subject: str, display_name: str, *, now: datetime
) -> User:
    """Make a user, or rename one."""
    values = {"subject": subject, "display_name": display_name, "created_at": micros(now)}
    statement = (
        insert(connection, USERS)
        .values(values)
        .on_conflict_do_update(
            index_elements=[USERS.c.subject], set_={"display_name": display_name}
        )
        .returning(USERS.c.id)
    )
    user_id: int = (await connection.execute(statement)).scalar_one()
    return User(user_id=user_id, display_name=display_name)
