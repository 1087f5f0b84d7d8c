"""Databases as the book's own tests have them."""

from __future__ import annotations

import pytest

from gateway.upstreams.book.database import Database
from tests.book.conftest import database, location
from tests.postgres import postgres_server
from tests.webhooks.stage import Stage

__all__ = ["database", "location", "postgres_server"]


@pytest.fixture
async def stage(database: Database) -> Stage:
    return Stage(database)
