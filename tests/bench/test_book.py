"""A million requests: what a page of every kind takes in the store. Prints, asserts no time."""

from __future__ import annotations

import itertools
import random
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from pathlib import Path

import pytest

from gateway.domain.request import RequestStatus
from gateway.domain.request_outcomes import Created
from gateway.domain.request_rules import Actor
from gateway.domain.request_store import RequestFilter, RequestOrder, Wish
from gateway.domain.role import Role
from gateway.upstreams.book.client import Book
from gateway.upstreams.book.database import Database
from gateway.upstreams.book.engines import open_engines
from gateway.upstreams.book.location import Location, PostgresUrl, SqliteFile
from tests.book.bulk import Bulk
from tests.postgres import running

pytestmark = [pytest.mark.bench, pytest.mark.timeout(1800)]

MILLION = Bulk(1_000_000)
WARM = 10  # statements are compiled, prepared and planned
RUNS = 200
S = RequestStatus
STATUSES: Sequence[frozenset[RequestStatus] | None] = (
    None,
    frozenset({S.PENDING}),
    frozenset({S.COMPLETED}),
    frozenset({S.PENDING, S.FAILED}),
    frozenset({S.PENDING, S.APPROVED, S.DECLINED, S.FAILED}),
)


@pytest.fixture(params=["sqlite", "postgres"])
async def book(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Book]:
    """A book with a million requests."""
    if request.param == "sqlite":
        async for found in _filled(SqliteFile(tmp_path / "book.sqlite")):
            yield found
        return
    with running(shared_buffers="512MB", max_wal_size="4GB") as server:
        async for found in _filled(PostgresUrl(server.url())):
            yield found


async def _filled(where: Location) -> AsyncIterator[Book]:
    await MILLION.write(where)
    database = Database(open_engines(where))
    yield Book(database)
    await database.aclose()


async def times_ms(call: Callable[[], Awaitable[object]]) -> list[float]:
    """What each of many calls took, shortest first."""
    found = []
    for run in range(WARM + RUNS):
        began = time.perf_counter()
        await call()
        if run >= WARM:
            found.append((time.perf_counter() - began) * 1000)
    return sorted(found)


def shown(what: str, found: Sequence[float]) -> str:
    """Percentiles of sorted times."""
    p50, p99 = found[len(found) // 2], found[int(len(found) * 0.99)]
    return f"{what:<64}{p50:>8.2f}{p99:>8.2f}{found[-1]:>8.2f}"


async def test_any_page_of_a_million(book: Book) -> None:
    rng = random.Random(5)
    every: list[float] = []
    lines = []
    for statuses, by_user, by_film, order in itertools.product(
        STATUSES, (False, True), (False, True), RequestOrder
    ):

        async def page() -> None:
            which = RequestFilter(
                statuses=statuses,  # noqa: B023 - run before the next round
                requested_by=MILLION.person(rng) if by_user else None,  # noqa: B023 - ditto
                tmdb_id=MILLION.film(rng) if by_film else None,  # noqa: B023 - ditto
            )
            after = None if rng.random() < 0.2 else MILLION.place(rng)
            await book.page(which, first=20, after=after, order=order)  # noqa: B023 - ditto

        found = await times_ms(page)
        every += found
        words = "all" if statuses is None else "+".join(sorted(s.value for s in statuses))
        what = f"{words}{' user' * by_user}{' film' * by_film} {order.value[-4:]}"
        lines.append(shown(what, found))
    lines.append(shown("any page", sorted(every)))
    lines += [shown(*each) for each in await _others(book, rng)]
    header = f"{book.database.engines.write.dialect.name:<64}{'p50':>8}{'p99':>8}{'max':>8} ms"
    print("\n".join(["", header, *lines]))  # noqa: T201 - what this test is for


async def _others(book: Book, rng: random.Random) -> list[tuple[str, list[float]]]:
    def films() -> list[int]:
        return [MILLION.film(rng) for _ in range(20)]

    user = await book.enrol("bench", "Bench")
    actor = Actor(user_id=user.user_id, role=Role.REQUESTER)
    unasked = itertools.count(MILLION.films + 1)

    async def create() -> None:
        assert isinstance(await book.create(actor, Wish(tmdb_id=next(unasked))), Created)

    async def create_once() -> None:
        tmdb_id = next(unasked)
        made = await book.create(actor, Wish(tmdb_id=tmdb_id), key=f"key-{tmdb_id}")
        assert isinstance(made, Created)

    calls: dict[str, Callable[[], Awaitable[object]]] = {
        "by_movie, 20 films, 10 of each": lambda: book.by_movie(films(), most=11),
        "by_movie, 20 films, the newest of each": lambda: book.by_movie(films(), most=1),
        "own, 20 films": lambda: book.own(MILLION.person(rng), films()),
        "media, 20 films": lambda: book.media(films()),
        "get_many, 20 ids": lambda: book.get_many(
            [rng.randrange(1, MILLION.requests) for _ in range(20)]
        ),
        "create": create,
        "create with a key": create_once,
    }
    return [(what, await times_ms(call)) for what, call in calls.items()]
