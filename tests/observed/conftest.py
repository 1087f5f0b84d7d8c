"""The log on a file and on a server."""

from __future__ import annotations

import pytest

from gateway.upstreams.book.database import Database
from gateway.upstreams.book.observed import RecordedLog
from tests.book.conftest import database, location
from tests.postgres import postgres_server

__all__ = ["database", "location", "postgres_server"]


def log_in(database: Database) -> RecordedLog:
    """The log that a database keeps."""

    async def ready() -> Database:
        return database

    return RecordedLog(ready)


@pytest.fixture
def log(database: Database) -> RecordedLog:
    return log_in(database)
