"""Brings the database to the shape that this release expects, and tells which one it has."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.errors import ConfigError
from gateway.upstreams.book.database import Database
from gateway.upstreams.book.dialects import queue_up
from gateway.upstreams.book.engines import PATIENT, open_engines
from gateway.upstreams.book.location import Location, SqliteFile

STEPS: Final = ("0001", "0002", "0003", "0004", "0005", "0006")
"""All revisions in ``migrations/versions``, the first one first."""
_FOLDER: Final = Path(__file__).parent / "migrations"
_VERSIONS: Final = sa.table("alembic_version", sa.column("version_num", sa.String))  # Alembic's


@dataclass(frozen=True, slots=True)
class Revision:
    """How far a database has come; ``None`` is an empty one."""

    current: str | None
    head: str

    @property
    def known(self) -> bool:
        """Whether this release knows how to go on from there."""
        return self.current is None or self.current in STEPS

    @property
    def is_current(self) -> bool:
        """Whether it is as this release expects it."""
        return self.current == self.head


def empty() -> Revision:
    """Of a database that is not there yet."""
    return Revision(None, STEPS[-1])


async def revision(database: Database) -> Revision:
    """Ask a database how far it has come.

    Raises:
        UpstreamError: It does not answer.
    """
    found = await database.read("revision", lambda c: c.run_sync(_current))
    return Revision(found, STEPS[-1])


async def walk(where: Location, target: str | None = None) -> Revision:
    """Go up to the newest shape, or down to an older one; ``base`` is an empty database.

    One process at a time: others wait, and then find nothing left to do.

    Raises:
        ConfigError: There is no such revision, the database is of a newer release, or its folder
            cannot be used.
        UpstreamError: The database does not answer.
    """
    database = Database(open_engines(where, PATIENT), timeout_s=PATIENT.statement_s)
    try:
        if not isinstance(where, SqliteFile):
            return await _walk(database, target)
        held = await asyncio.to_thread(_alone, where.path)
        with closing(held):
            return await _walk(database, target)
    finally:
        await database.aclose()


async def _walk(database: Database, target: str | None) -> Revision:
    before = await revision(database)
    if not before.known:
        raise ConfigError(
            f"the book is at revision {before.current}, of a newer release; this one knows "
            f"{before.head}"
        )
    if target is None and before.is_current:
        return before

    async def work(connection: AsyncConnection) -> None:
        await queue_up(connection)
        await connection.run_sync(_migrate, target)

    if target not in {None, "base", *STEPS}:
        raise ConfigError(f"the book has no revision {target}")
    await database.write("walk", work)
    return await revision(database)


def _migrate(connection: sa.Connection, target: str | None) -> None:
    # Loaded to walk only: it takes more memory than all the book's rows of a day.
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(_FOLDER).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    current, steps = _current(connection), STEPS
    if target is None or (target in steps and steps.index(target) > _place(current, steps)):
        command.upgrade(config, target or "head")
    else:
        command.downgrade(config, target)


def _place(current: str | None, steps: Sequence[str]) -> int:
    return -1 if current is None else steps.index(current)


def _current(connection: sa.Connection) -> str | None:
    if not sa.inspect(connection).has_table(_VERSIONS.name):
        return None
    return connection.execute(sa.select(_VERSIONS.c.version_num)).scalar_one_or_none()


def _alone(path: Path) -> sqlite3.Connection:
    """Lock the other processes out until the connection is closed, or this process dies.

    The lock is SQLite's own, on an empty file beside the book's: it works wherever the book does.
    """
    folder = path.parent
    lock: sqlite3.Connection | None = None
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = sqlite3.connect(
            folder / f"{path.name}.lock",
            timeout=PATIENT.lock_s,
            isolation_level=None,
            check_same_thread=False,
        )
        lock.execute("BEGIN EXCLUSIVE")
        _keep_a_wal(path)
    except (OSError, sqlite3.Error) as exc:
        if lock is not None:
            lock.close()
        raise ConfigError(f"GATEWAY_DATA_DIR: {folder} cannot hold the book: {exc}") from exc
    return lock


def _keep_a_wal(path: Path) -> None:
    """Let readers and the writer work side by side; the file remembers it."""
    with closing(sqlite3.connect(path, timeout=PATIENT.lock_s)) as connection:
        (mode,) = connection.execute("PRAGMA journal_mode=WAL").fetchone()
    if mode != "wal":
        raise OSError("its file system has no shared memory")
