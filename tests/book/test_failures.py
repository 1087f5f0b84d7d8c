"""A database that is away, slow, locked or breaks in the middle: a typed error soon, no secret."""

from __future__ import annotations

import asyncio
import gc
import logging
import signal
import sqlite3
import time

import asyncpg
import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.domain.request_outcomes import Created
from gateway.domain.request_store import EVERYTHING, Wish
from gateway.domain.role import Role
from gateway.errors import (
    CircuitOpenError,
    DeadlineExceededError,
    UpstreamContractError,
    UpstreamError,
    UpstreamTimeoutError,
    UpstreamUnavailableError,
)
from gateway.transport.deadline import limit
from gateway.transport.health import BreakerState
from gateway.upstreams.book import schema
from gateway.upstreams.book.client import Book
from gateway.upstreams.book.database import Database
from gateway.upstreams.book.engines import Patience, open_engines
from gateway.upstreams.book.failures import Failure, failure_of
from gateway.upstreams.book.location import Location, PostgresUrl, SqliteFile
from tests.book.stage import BookStage
from tests.postgres import running

CANARY = "canary-pg-password"
ON_A_SERVER = pytest.mark.parametrize(
    "location", [pytest.param("postgres", marks=pytest.mark.slow)], indirect=True
)
IN_A_FILE = pytest.mark.parametrize("location", ["sqlite"], indirect=True)


async def refusal(book: Book) -> UpstreamError:
    """What a read meets."""
    with pytest.raises(UpstreamError) as caught:
        await book.count(EVERYTHING)
    return caught.value


async def test_a_server_that_is_away_is_told_soon(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    database = Database(open_engines(PostgresUrl(f"postgresql://u:{CANARY}@127.0.0.1:1/x")))
    began = time.monotonic()
    found = [await refusal(Book(database)) for _ in range(6)]
    assert time.monotonic() - began < 4
    assert {each.upstream for each in found} == {"book"}
    assert all(each.retryable for each in found)
    assert isinstance(found[0], UpstreamUnavailableError)
    assert isinstance(found[-1], CircuitOpenError)
    assert found[-1].extensions["retryAfterMs"] >= 100  # type: ignore[operator]
    await database.aclose()
    told = caplog.text + "".join(map(str, found)) + repr(database.engines)
    assert CANARY not in told
    assert "127.0.0.1" not in "".join(map(str, found))


@ON_A_SERVER
async def test_a_connection_that_is_dropped_behind_the_login_is_tried_again(
    stage: BookStage, location: Location, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What SQLAlchemy asks of a new one meets the driver's own errors."""
    assert isinstance(location, PostgresUrl)
    connect, made = asyncpg.connect, []

    async def dropped(*args: object, **options: object) -> asyncpg.Connection:
        made.append(await connect(*args, **options))  # type: ignore[arg-type] # handed on
        if len(made) == 1:
            other = await connect(location.url)
            await other.execute("SELECT pg_terminate_backend($1)", made[0].get_server_pid())
            await other.close()
            while not made[0].is_closed():  # noqa: ASYNC110 - asyncpg tells nobody
                await asyncio.sleep(0)
        return made[-1]

    monkeypatch.setattr(asyncpg, "connect", dropped)
    database = Database(open_engines(location))
    assert not await Book(database).count(EVERYTHING)
    assert len(made) > 1
    await database.aclose()


@ON_A_SERVER
async def test_connections_that_died_while_idle_are_replaced(
    stage: BookStage, location: Location
) -> None:
    assert isinstance(location, PostgresUrl)
    ann = await stage.person("Ann", Role.REQUESTER)
    await asyncio.gather(*(stage.store.count(EVERYTHING) for _ in range(8)))
    connection = await asyncpg.connect(location.url)
    kill = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
    await connection.execute(kill + " AND datname = current_database()")
    assert isinstance(await stage.store.create(ann, Wish(tmdb_id=1)), Created)
    await connection.execute(kill + " AND datname = current_database()")
    assert await stage.store.count(EVERYTHING) == 1
    await connection.close()


DIE_AT_COMMIT = """
CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END $$;
CREATE CONSTRAINT TRIGGER die AFTER INSERT ON requests DEFERRABLE INITIALLY DEFERRED
FOR EACH ROW EXECUTE FUNCTION die();
"""


@ON_A_SERVER
async def test_a_commit_without_an_answer_is_not_tried_again(
    stage: BookStage, location: Location
) -> None:
    """Nobody knows whether it happened; trying again could do it twice."""
    assert isinstance(location, PostgresUrl)
    ann = await stage.person("Ann", Role.REQUESTER)
    connection = await asyncpg.connect(location.url)
    await connection.execute(DIE_AT_COMMIT)
    try:
        with pytest.raises(UpstreamUnavailableError, match="it may have happened"):
            await stage.store.create(ann, Wish(tmdb_id=1), key="k")
        deaths = await connection.fetchval("SELECT last_value FROM requests_id_seq")
    finally:
        await connection.execute("DROP FUNCTION die CASCADE")
        await connection.close()
    assert deaths == 1
    assert isinstance(await stage.store.create(ann, Wish(tmdb_id=1), key="k"), Created)


@IN_A_FILE
async def test_a_locked_file_refuses_writes_and_serves_reads(
    stage: BookStage, location: Location
) -> None:
    assert isinstance(location, SqliteFile)
    ann = await stage.person("Ann", Role.REQUESTER)
    database = Database(open_engines(location, Patience(4.0, 0.02)))
    impatient = Book(database)
    other = sqlite3.connect(location.path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(UpstreamUnavailableError, match="other writers") as caught:
        await impatient.create(ann, Wish(tmdb_id=1))
    assert caught.value.retryable
    assert await impatient.count(EVERYTHING) == 0
    assert database.breaker.state is BreakerState.CLOSED
    other.execute("ROLLBACK")
    other.close()
    assert isinstance(await impatient.create(ann, Wish(tmdb_id=1)), Created)
    await database.aclose()


@IN_A_FILE
async def test_a_lock_that_is_let_go_is_waited_for(stage: BookStage, location: Location) -> None:
    """More than one wait is needed here, so it is a retry that succeeds."""
    assert isinstance(location, SqliteFile)
    ann = await stage.person("Ann", Role.REQUESTER)
    other = sqlite3.connect(location.path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    pauses: list[float] = []

    async def let_go(pause_s: float) -> None:
        pauses.append(pause_s)
        other.rollback()

    database = Database(open_engines(location, Patience(4.0, 0.02)), sleep=let_go)
    assert isinstance(await Book(database).create(ann, Wish(tmdb_id=1)), Created)
    assert len(pauses) == 1
    assert 0 < pauses[0] < 1
    other.close()
    await database.aclose()


async def test_work_that_takes_too_long_is_cut(database: Database) -> None:
    async def slow(connection: AsyncConnection) -> None:
        await connection.execute(sa.text("SELECT 1"))
        await asyncio.Event().wait()

    hasty = Database(database.engines, timeout_s=0.05)
    with pytest.raises(UpstreamTimeoutError):
        await hasty.read("slow", slow)
    with pytest.raises(UpstreamTimeoutError), limit(0.05):
        await database.write("slow", slow)
    with pytest.raises(DeadlineExceededError), limit(0):
        await database.read("late", slow)
    assert await Book(database).count(EVERYTHING) == 0


async def test_a_caller_who_goes_leaves_no_trace(stage: BookStage) -> None:
    """Cancelled anywhere: the row is there or not, and the connections are good."""
    ann = await stage.person("Ann", Role.REQUESTER)
    for tmdb_id in range(1, 25):
        call = asyncio.ensure_future(stage.store.create(ann, Wish(tmdb_id=tmdb_id)))
        for _ in range(tmdb_id):
            await asyncio.sleep(0)
        call.cancel()
        await asyncio.wait([call])
    await asyncio.gather(*stage.store.database._leaving, return_exceptions=True)
    made = await stage.store.count(EVERYTHING)
    assert len(await stage.store.events(0, most=99)) == made
    outcomes = [await stage.store.create(ann, Wish(tmdb_id=n)) for n in range(1, 25)]
    assert all(isinstance(each, Created) for each in outcomes)
    assert await stage.store.count(EVERYTHING) == 24


async def test_who_goes_leaves_no_lock_behind(location: Location) -> None:
    """Not even until the garbage is collected, nor while connections are made."""

    async def write(connection: AsyncConnection) -> None:
        await connection.execute(sa.text("DELETE FROM replies"))

    gc.disable()
    try:
        for turn in range(16):
            database = Database(open_engines(location))
            for _ in range(2):
                calls = [asyncio.ensure_future(database.write("x", write)) for _ in range(3)]
                await asyncio.sleep(turn * 0.00025)  # threads are at work
                for each in calls:
                    each.cancel()
                await asyncio.wait(calls)
                await asyncio.wait_for(database.write("y", write), 3.0)
            await database.aclose()
    finally:
        gc.enable()


async def test_tables_that_are_missing_are_no_outage(stage: BookStage) -> None:
    database = stage.store.database
    with pytest.raises(UpstreamContractError, match="not as this release expects"):
        await database.read("wrong", lambda c: c.execute(sa.text("SELECT * FROM nowhere")))
    assert database.breaker.state is BreakerState.CLOSED


@pytest.mark.parametrize(
    ("state", "failure"),
    [
        ("40001", Failure.BUSY),
        ("40P01", Failure.BUSY),
        ("55P03", Failure.BUSY),
        ("57014", Failure.SLOW),
        ("57P01", Failure.AWAY),
        ("57P03", Failure.AWAY),
        ("08006", Failure.AWAY),
        ("28P01", Failure.AWAY),
        ("53300", Failure.AWAY),
        ("53100", Failure.FULL),
        ("25006", Failure.FULL),
        ("42P01", Failure.WRONG),
        ("23505", Failure.WRONG),
    ],
)
def test_what_a_server_s_code_means(state: str, failure: Failure) -> None:
    error = asyncpg.PostgresError.new({"C": state, "M": "text"})
    assert failure_of(error) is failure
    assert failure_of(sa.exc.DBAPIError("SELECT 1", {}, error)) is failure


@pytest.mark.slow
async def test_a_frozen_server_is_left_in_time_and_found_again() -> None:
    with running(fsync="off") as server:
        where = PostgresUrl(server.url())
        await schema.walk(where)
        database = Database(open_engines(where), timeout_s=1.0)
        book = Book(database)
        await asyncio.gather(*(book.count(EVERYTHING) for _ in range(8)))
        server.signal(signal.SIGSTOP)
        began = time.monotonic()
        found = await asyncio.gather(*(refusal(book) for _ in range(20)))
        assert time.monotonic() - began < 2.5
        assert {type(each) for each in found} <= {UpstreamTimeoutError, CircuitOpenError}
        assert isinstance(await refusal(book), CircuitOpenError)
        server.signal(signal.SIGCONT)
        await answers_again(book)
        await database.aclose()


@pytest.mark.slow
async def test_a_server_that_is_killed_is_found_again() -> None:
    with running(fsync="off") as server:
        where = PostgresUrl(server.url())
        await schema.walk(where)
        database = Database(open_engines(where))
        book = Book(database)
        assert await book.count(EVERYTHING) == 0
        server.kill()
        assert isinstance(await refusal(book), UpstreamUnavailableError)
        server.start()
        await answers_again(book)
        await database.aclose()


async def answers_again(book: Book, *, within_s: float = 8.0) -> None:
    """Until it does."""
    began = time.monotonic()
    while True:
        try:
            await book.count(EVERYTHING)
        except UpstreamError:
            assert time.monotonic() - began < within_s
            await asyncio.sleep(0.1)
        else:
            return
