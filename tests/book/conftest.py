"""The book on a file and on a server, empty for each test."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest

from gateway.upstreams.book import schema
from gateway.upstreams.book.client import Book
from gateway.upstreams.book.database import Database
from gateway.upstreams.book.engines import open_engines
from gateway.upstreams.book.location import Location, PostgresUrl, SqliteFile
from tests.book.stage import BookStage
from tests.furnished import furnish
from tests.postgres import PostgresServer, new_database, postgres_server
from tests.requests.behind import WallClock

pytest.register_assert_rewrite("tests.requests.conformance")

__all__ = ["postgres_server"]

TABLES = (
    "users, requests, events, quotas, library, replies, api_keys, observed_scopes, "
    "observed_requests, observed_deeds, observed_events, "
    "webhook_endpoints, webhook_positions, webhook_deliveries"
)
_templates: dict[str, Location] = {}


async def empty_file(folder: Path) -> SqliteFile:
    """A file with the tables and nothing in them."""
    where = SqliteFile(folder / "book.sqlite")
    await furnish(where)
    return where


async def empty_database(server: PostgresServer) -> PostgresUrl:
    """A database with the tables and nothing in them."""
    if "postgres" not in _templates:
        where = PostgresUrl(await new_database(server, "book"))
        await schema.walk(where)
        _templates["postgres"] = where
    found = _templates["postgres"]
    assert isinstance(found, PostgresUrl)
    connection = await asyncpg.connect(found.url)
    try:
        await connection.execute(f"TRUNCATE {TABLES} RESTART IDENTITY")
    finally:
        await connection.close()
    return found


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.slow)])
async def location(request: pytest.FixtureRequest, tmp_path: Path) -> Location:
    """An empty database with today's tables."""
    if request.param == "sqlite":
        return await empty_file(tmp_path)
    return await empty_database(request.getfixturevalue("postgres_server"))


@pytest.fixture
async def database(location: Location) -> AsyncIterator[Database]:
    """Connections to it."""
    found = Database(open_engines(location))
    yield found
    await found.aclose()


@pytest.fixture
async def stage(database: Database) -> BookStage:
    """A book in it."""
    clock = WallClock()
    return BookStage(Book(database, now=clock), clock)
