"""The tables: as the code reads them, walked up and down with data, once for all processes."""

from __future__ import annotations

import asyncio
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from gateway.domain.request_outcomes import Created
from gateway.domain.request_rules import Step
from gateway.domain.request_store import EVERYTHING, Wish
from gateway.domain.role import Role
from gateway.errors import ConfigError
from gateway.upstreams.book import schema
from gateway.upstreams.book.client import Book
from gateway.upstreams.book.database import Database
from gateway.upstreams.book.engines import open_engines
from gateway.upstreams.book.location import Location, PostgresUrl, SqliteFile
from gateway.upstreams.book.opening import make_ready
from gateway.upstreams.book.tables import METADATA
from gateway.upstreams.book.tables_observed import OBSERVED_REQUESTS
from gateway.upstreams.book.tables_webhooks import WEBHOOK_ENDPOINTS
from tests.book.stage import BookStage
from tests.postgres import PostgresServer, new_database
from tests.requests.behind import WallClock

HEAD = schema.empty().head
assert {OBSERVED_REQUESTS.name, WEBHOOK_ENDPOINTS.name} <= METADATA.tables.keys()


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.slow)])
async def nothing(request: pytest.FixtureRequest, tmp_path: Path) -> Location:
    """A database without tables."""
    if request.param == "sqlite":
        return SqliteFile(tmp_path / "book.sqlite")
    server: PostgresServer = request.getfixturevalue("postgres_server")
    return PostgresUrl(await new_database(server, "walked"))


async def test_the_tables_are_those_of_the_code(database: Database) -> None:
    def differences(connection: sa.Connection) -> list[object]:
        return list(compare_metadata(MigrationContext.configure(connection), METADATA))

    assert await database.read("compare", lambda c: c.run_sync(differences)) == []


async def test_the_checks_are_those_of_the_code(database: Database) -> None:
    """Alembic compares no check constraints and no conditions of indexes."""

    def checks(connection: sa.Connection) -> dict[str, set[str]]:
        seen = sa.inspect(connection)
        return {
            table: {str(each["name"]) for each in seen.get_check_constraints(table)}
            for table in METADATA.tables
        }

    wanted = {
        name: {str(c.name) for c in table.constraints if isinstance(c, sa.CheckConstraint)}
        for name, table in METADATA.tables.items()
    }
    assert await database.read("checks", lambda c: c.run_sync(checks)) == wanted


async def test_data_outlives_the_walk_down_and_up(nothing: Location) -> None:
    await schema.walk(nothing)
    database = Database(open_engines(nothing))
    clock = WallClock()
    stage = BookStage(Book(database, now=clock), clock)
    ann = await stage.person("Ann", Role.REQUESTER)
    max_ = await stage.person("Max", Role.MANAGER)
    made = await stage.store.create(ann, Wish(tmdb_id=603), key="k")
    assert isinstance(made, Created)
    await stage.store.decide(max_, made.request.request_id, Step.APPROVE, reason="yes")
    await stage.allow(ann, 3, 7)
    before = await stage.store.page(EVERYTHING, first=9)
    told = await stage.store.events(0, most=9)

    assert await schema.walk(nothing, "0001") == schema.Revision("0001", HEAD)
    assert await stage.store.page(EVERYTHING, first=9) == before
    assert (await schema.walk(nothing)).is_current
    assert await stage.store.page(EVERYTHING, first=9) == before
    assert await stage.store.events(0, most=9) == told
    assert (await stage.store.quota(ann)).used == 1
    again = await stage.store.create(ann, Wish(tmdb_id=604), key="k")  # the keys were forgotten
    assert isinstance(again, Created)

    assert (await schema.walk(nothing, "base")).current is None
    assert (await schema.walk(nothing)).is_current
    assert await stage.store.count(EVERYTHING) == 0
    await database.aclose()


async def test_a_newer_release_s_tables_are_left_alone(nothing: Location) -> None:
    await schema.walk(nothing)
    database = Database(open_engines(nothing))
    await database.write(
        "newer", lambda c: c.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    )
    with pytest.raises(ConfigError, match="newer release"):
        await schema.walk(nothing)
    with pytest.raises(ConfigError, match="newer release"):
        await make_ready(database, nothing)
    await database.aclose()


@pytest.mark.slow
async def test_a_server_behind_stops_the_start(postgres_server: PostgresServer) -> None:
    where = PostgresUrl(await new_database(postgres_server, "walked"))
    database = Database(open_engines(where))
    with pytest.raises(
        ConfigError, match=f"revision none, this release needs {HEAD}: run `gateway db"
    ):
        await make_ready(database, where)
    await schema.walk(where)
    await make_ready(database, where)
    await schema.walk(where, "0001")
    with pytest.raises(ConfigError, match=f"revision 0001, this release needs {HEAD}"):
        await make_ready(database, where)
    await database.aclose()


async def test_a_file_that_is_behind_is_walked_at_the_start(tmp_path: Path) -> None:
    where = SqliteFile(tmp_path / "book.sqlite")
    database = Database(open_engines(where))
    await make_ready(database, where)
    assert (await schema.revision(database)).is_current
    await database.aclose()


async def test_a_walk_that_fails_leaves_the_tables_as_they_were(tmp_path: Path) -> None:
    """A table stands in the way of the second step: the first one is undone with it."""
    where = SqliteFile(tmp_path / "book.sqlite")
    with sqlite3.connect(where.path) as file:
        file.execute("CREATE TABLE replies (x)")
    with pytest.raises(Exception, match="book: walk"):
        await schema.walk(where)
    with sqlite3.connect(where.path) as file:
        tables = {name for (name,) in file.execute("SELECT name FROM sqlite_master")}
    file.close()
    assert tables == {"replies"}


STARTER = """
import asyncio, sys
from pathlib import Path
from gateway.upstreams.book import schema
from gateway.upstreams.book.location import PostgresUrl, SqliteFile
kind, where = sys.argv[1:]
asyncio.run(schema.walk(SqliteFile(Path(where)) if kind == "sqlite" else PostgresUrl(where)))
"""


@pytest.mark.slow
async def test_eight_processes_may_start_at_once(nothing: Location) -> None:
    kind = "sqlite" if isinstance(nothing, SqliteFile) else "postgres"
    where = str(nothing.path) if isinstance(nothing, SqliteFile) else nothing.url
    command = [sys.executable, "-c", STARTER, kind, where]
    starting = [
        await asyncio.create_subprocess_exec(*command, stderr=subprocess.PIPE) for _ in range(8)
    ]
    for process in starting:
        _, complaint = await process.communicate()
        assert (process.returncode, complaint) == (0, b"")
    database = Database(open_engines(nothing))
    assert (await schema.revision(database)).is_current
    await database.aclose()


def test_every_migration_is_a_step() -> None:
    """What a start compares with is what Alembic would walk."""
    config = Config()
    config.set_main_option("script_location", str(Path(schema.__file__).parent / "migrations"))
    config.set_main_option("path_separator", "os")
    walked = ScriptDirectory.from_config(config).walk_revisions()
    assert [each.revision for each in walked][::-1] == list(schema.STEPS)
