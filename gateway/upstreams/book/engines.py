"""The ways to the database: one to read, one to write."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeAlias

import sqlalchemy as sa
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry

from gateway.errors import ConfigError
from gateway.upstreams.book.location import Location, SqliteFile

if TYPE_CHECKING:
    import asyncpg

POOL_SIZE: Final = 8
CONNECT_S: Final = 2.0

_READERS: Final = 4
_KEEP_BYTES: Final = 268_435_456  # of the file, mapped into memory
_CACHE_KIB: Final = 16_384


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds that a statement may take, and of them those that it waits for other writers."""

    statement_s: float
    lock_s: float


USUAL: Final = Patience(4.0, 1.5)
PATIENT: Final = Patience(600.0, 60.0)
"""For walks from one shape of the tables to another."""


@dataclass(frozen=True, slots=True)
class Engines:
    """Connections for statements of their own, and for transactions that write."""

    read: AsyncEngine
    write: AsyncEngine

    @property
    def is_sqlite(self) -> bool:
        """Whether it is a file of this machine."""
        return self.write.dialect.name == "sqlite"

    async def aclose(self) -> None:
        """Close every connection."""
        await self.read.dispose()
        await self.write.dispose()


def open_engines(where: Location, patience: Patience = USUAL) -> Engines:
    """Make the engines; nothing is connected yet."""
    if isinstance(where, SqliteFile):
        return _sqlite(where.path, patience)
    return _postgres(where.url, patience)


_Pragmas: TypeAlias = Callable[[DBAPIConnection, ConnectionPoolEntry], None]


def _sqlite(path: Path, patience: Patience) -> Engines:
    """One writer, so that this process never waits for itself by polling; several readers."""
    write = _sqlite_engine(path, 1, _pragmas(patience))
    sa.event.listen(write.sync_engine, "begin", _begin_immediate)
    read = _sqlite_engine(path, _READERS, _pragmas(patience, "query_only=ON"))
    return Engines(read.execution_options(isolation_level="AUTOCOMMIT"), write)


def _sqlite_engine(path: Path, size: int, pragmas: _Pragmas) -> AsyncEngine:
    engine = create_async_engine(
        sa.URL.create("sqlite+aiosqlite", database=str(path)),
        # BEGIN is ours to say, see _begin_immediate.
        connect_args={"isolation_level": None, "timeout": CONNECT_S},
        pool_size=size,
        max_overflow=0,
        pool_timeout=USUAL.statement_s,
        hide_parameters=True,
    )
    sa.event.listen(engine.sync_engine, "connect", pragmas)
    return engine


def _pragmas(patience: Patience, *more: str) -> _Pragmas:
    """What every connection to the file must say anew."""
    wanted = (
        f"busy_timeout={round(patience.lock_s * 1000)}",
        "synchronous=FULL",  # an acknowledged write outlives a power cut, also in WAL mode
        "foreign_keys=ON",
        f"mmap_size={_KEEP_BYTES}",
        f"cache_size=-{_CACHE_KIB}",
        *more,
    )

    def say(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
        cursor = connection.cursor()
        for each in wanted:
            cursor.execute(f"PRAGMA {each}")
        cursor.close()

    return say


def _begin_immediate(connection: sa.Connection) -> None:
    """Take the write lock at once: one that is taken later cannot be waited for."""
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _postgres(url: str, patience: Patience) -> Engines:
    engine = create_async_engine(
        "postgresql+asyncpg://",
        # The driver reads the URL itself, so that all of libpq's parameters work and SQLAlchemy
        # never holds the password.
        async_creator=_connector(url, patience),
        pool_size=POOL_SIZE,
        max_overflow=0,
        pool_timeout=CONNECT_S,
        hide_parameters=True,
    )
    return Engines(engine.execution_options(isolation_level="AUTOCOMMIT"), engine)


def _connector(url: str, patience: Patience) -> Callable[[], object]:
    import asyncpg  # noqa: PLC0415 - 2 MB that a file on this machine needs nothing of

    settings = {
        "application_name": "marquee",
        "statement_timeout": f"{round(patience.statement_s * 1000)}",
        "lock_timeout": f"{round(patience.lock_s * 1000)}",
        "idle_in_transaction_session_timeout": "10000",
        # Each statement has one good plan, whatever its values; to plan costs more than to run.
        "plan_cache_mode": "force_generic_plan",
        "synchronous_commit": "on",  # whatever the role's default: acknowledged is kept
    }

    async def connect() -> asyncpg.Connection:
        try:
            return await asyncpg.connect(
                url,
                timeout=CONNECT_S,
                command_timeout=patience.statement_s,
                server_settings=settings,
            )
        except ValueError:
            # Told without its cause, which quotes parts of the URL.
            raise ConfigError("GATEWAY_DATABASE_URL: is no address of PostgreSQL") from None

    return connect
