"""Every list that is offered is read from an index: in both databases, with their statistics."""

from __future__ import annotations

import itertools
import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.domain.request import RequestStatus
from gateway.domain.request_store import RequestFilter, RequestOrder
from gateway.upstreams.book import pages, reading
from gateway.upstreams.book.database import Database
from gateway.upstreams.book.engines import open_engines
from gateway.upstreams.book.location import PostgresUrl, SqliteFile
from tests.book.bulk import Bulk
from tests.postgres import PostgresServer, new_database

SMALL = Bulk(500)
LARGE = Bulk(40_000)
MOST = 21
STATUSES = [
    None,
    *(frozenset({each}) for each in RequestStatus if each is not RequestStatus.UNKNOWN),
    frozenset({RequestStatus.PENDING, RequestStatus.FAILED}),
    frozenset({RequestStatus.PENDING, RequestStatus.APPROVED, RequestStatus.COMPLETED}),
]


def statements(bulk: Bulk) -> Iterator[tuple[str, str, sa.Select[Any]]]:
    """Every filter and order, first page and later one; and the lists of several films."""
    rng = random.Random(1)
    for statuses, by_user, by_film, order, behind in itertools.product(
        STATUSES, (False, True), (False, True), RequestOrder, (False, True)
    ):
        which = RequestFilter(
            statuses=statuses,
            requested_by=bulk.person(rng) if by_user else None,
            tmdb_id=bulk.film(rng) if by_film else None,
        )
        statement = pages.page_statement(pages.Shape.of(which), order, MOST, behind=behind)
        place = pages.place_parameters(bulk.place(rng) if behind else None)
        values = pages.parameters(which) | place
        yield "page", f"{which} {order} {behind}", statement.params(values)
    for size in (1, 20, 100):
        films = {f"movie_{n}": bulk.film(rng) for n in range(size)}
        yield "films", f"{size} films", reading.newest_of(size, 11).params(films)


async def explained(
    connection: AsyncConnection, words: str, statement: sa.Select[Any]
) -> list[str]:
    """What the database says of a statement with its values."""
    text = statement.compile(dialect=connection.dialect, compile_kwargs={"literal_binds": True})
    found = await connection.exec_driver_sql(f"{words} {text}")
    return [row[-1] if isinstance(row[-1], str) else json.dumps(row[-1]) for row in found]


def check_sqlite(what: str, plan: list[str]) -> None:
    """Requests are found by an index that gives them in order."""
    steps = zip(plan, [*plan[1:], ""], strict=True)
    for step, following in steps:
        if " requests" in step and "PRIMARY KEY" not in step:
            assert "INDEX ix_requests_" in step, (what, plan)
            assert step.startswith("SEARCH") or "ix_requests_created_at_id" in step, (what, plan)
            assert "TEMP B-TREE" not in following, (what, plan)


@pytest.mark.parametrize("bulk", [SMALL, pytest.param(LARGE, marks=pytest.mark.slow)])
async def test_a_file_reads_every_list_from_an_index(tmp_path: Path, bulk: Bulk) -> None:
    where = SqliteFile(tmp_path / "book.sqlite")
    await bulk.write(where)

    async def work(connection: AsyncConnection) -> int:
        seen = 0
        for _, what, statement in statements(bulk):
            check_sqlite(what, await explained(connection, "EXPLAIN QUERY PLAN", statement))
            seen += 1
        return seen

    database = Database(open_engines(where), timeout_s=60)
    assert await database.read("plans", work) == len(STATUSES) * 16 + 3
    await database.aclose()


def rows_read(node: dict[str, Any]) -> float:
    """How many requests a plan has looked at, index entries that were left out included."""
    own = 0.0
    if node.get("Relation Name") == "requests":
        own = node["Actual Rows"] + node.get("Rows Removed by Filter", 0)
        own += node.get("Rows Removed by Index Recheck", 0)
    if node["Node Type"] == "Bitmap Index Scan":
        own = node["Actual Rows"]
    return own * node["Actual Loops"] + sum(map(rows_read, node.get("Plans", ())))


def scans(node: dict[str, Any]) -> set[str]:
    """In which ways a plan reads requests."""
    own = {node["Node Type"]} if node.get("Relation Name") == "requests" else set()
    return own.union(*map(scans, node.get("Plans", ())))


@pytest.mark.slow
async def test_a_server_reads_every_list_from_an_index(postgres_server: PostgresServer) -> None:
    where = PostgresUrl(await new_database(postgres_server, "plans"))
    await LARGE.write(where)

    async def work(connection: AsyncConnection) -> int:
        seen = 0
        for kind, what, statement in statements(LARGE):
            (text,) = await explained(
                connection, "EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON)", statement
            )
            plan = json.loads(text)[0]["Plan"]
            if what != "100 films":  # of a table this small, all of it
                assert "Seq Scan" not in scans(plan), (what, plan)
            if kind == "page":
                assert rows_read(plan) <= LARGE.requests / 25, (what, rows_read(plan), plan)
            seen += 1
        return seen

    database = Database(open_engines(where), timeout_s=60)
    assert await database.read("plans", work) == len(STATUSES) * 16 + 3
    await database.aclose()
