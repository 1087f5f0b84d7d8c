"""Where a database is; to know that takes no database."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class SqliteFile:
    """A database in a file of this machine."""

    path: Path


@dataclass(frozen=True, slots=True)
class PostgresUrl:
    """A database on a server; its URL holds a password, so it is never shown."""

    url: str

    def __repr__(self) -> str:
        return "PostgresUrl(***)"


Location: TypeAlias = SqliteFile | PostgresUrl
