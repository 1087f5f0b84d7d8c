"""What a database's exception means for the caller; pure."""

from __future__ import annotations

import sqlite3
import sys
from enum import Enum
from typing import Final

import sqlalchemy.exc as sa

_ERRORS: Final = (sa.SQLAlchemyError, OSError)


def database_errors() -> tuple[type[Exception], ...]:
    """Everything that a statement or a connection may raise; a timeout is an ``OSError`` too.

    PostgreSQL's driver tells of its own while SQLAlchemy sets a connection up; whoever keeps
    requests in a file never loads it.
    """
    driver = sys.modules.get("asyncpg")
    return _ERRORS if driver is None else (*_ERRORS, driver.PostgresError, driver.InterfaceError)


class Failure(Enum):
    """Why there was no answer; the text is for clients."""

    BUSY = "other writers are in the way"
    SLOW = "no answer in time"
    AWAY = "the database cannot be reached"
    FULL = "the database cannot store anything"
    WRONG = "the database is not as this release expects it"


# SQLSTATE codes, or their classes of two letters.
_SQLSTATES: Final = {
    "40": Failure.BUSY,  # serialization failure, deadlock
    "55P03": Failure.BUSY,  # lock_timeout
    "57014": Failure.SLOW,  # statement_timeout
    "08": Failure.AWAY,
    "25P03": Failure.AWAY,  # idle_in_transaction_session_timeout
    "28": Failure.AWAY,  # refused: a matter for whoever runs the gateway
    "3D": Failure.AWAY,
    "57": Failure.AWAY,  # shutting down, starting up, crashed
    "53": Failure.FULL,
    "53300": Failure.AWAY,  # too many connections
    "25006": Failure.FULL,  # read-only: a standby
    "58": Failure.FULL,
}
_SQLITE: Final = {
    sqlite3.SQLITE_BUSY: Failure.BUSY,
    sqlite3.SQLITE_LOCKED: Failure.BUSY,
    sqlite3.SQLITE_CANTOPEN: Failure.AWAY,
    sqlite3.SQLITE_PERM: Failure.AWAY,
    sqlite3.SQLITE_FULL: Failure.FULL,
    sqlite3.SQLITE_IOERR: Failure.FULL,
    sqlite3.SQLITE_READONLY: Failure.FULL,
}
_PRIMARY_CODE: Final = 0xFF  # of SQLite's extended ones


def failure_of(exc: BaseException) -> Failure:
    """Read an exception, whichever layer raised it."""
    cause = exc.orig if isinstance(exc, sa.DBAPIError) else exc
    state = getattr(cause, "sqlstate", None)
    if isinstance(state, str):
        return _SQLSTATES.get(state) or _SQLSTATES.get(state[:2]) or Failure.WRONG
    if isinstance(cause, sqlite3.Error):
        code = getattr(cause, "sqlite_errorcode", sqlite3.SQLITE_ERROR)
        return _SQLITE.get(code & _PRIMARY_CODE, Failure.WRONG)
    if isinstance(cause, TimeoutError | sa.TimeoutError):
        return Failure.SLOW
    if isinstance(cause, OSError) or _lost(exc):
        return Failure.AWAY
    return Failure.WRONG


def _lost(exc: BaseException) -> bool:
    if isinstance(exc, sa.SQLAlchemyError):
        return isinstance(exc, sa.DBAPIError) and exc.connection_invalidated
    return isinstance(exc, database_errors())  # the driver's, and no answer of the server
