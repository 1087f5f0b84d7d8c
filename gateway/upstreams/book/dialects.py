"""What the two databases say differently."""

from __future__ import annotations

from typing import TypeAlias

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

Insert: TypeAlias = postgresql.Insert | sqlite.Insert

_ONE_BY_ONE = sa.text("SELECT pg_advisory_xact_lock(7301449)")  # any number that others do not use


def is_postgres(connection: AsyncConnection) -> bool:
    """Whether writers run side by side; SQLite has one at a time."""
    return connection.dialect.name == "postgresql"


def insert(connection: AsyncConnection, table: sa.Table) -> Insert:
    """An insert that knows ``ON CONFLICT``."""
    return postgresql.insert(table) if is_postgres(connection) else sqlite.insert(table)


async def queue_up(connection: AsyncConnection) -> None:
    """Wait until no other transaction is between here and the end of its commit."""
    if is_postgres(connection):
        await connection.execute(_ONE_BY_ONE)
