"""Processes that race for the same films, and processes that are killed at any moment."""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter, defaultdict
from dataclasses import dataclass
from pathlib import Path

import pytest

from gateway.domain.request import MediaRequest
from gateway.domain.request_store import EVERYTHING, Place
from gateway.upstreams.book import schema
from gateway.upstreams.book.client import Book
from gateway.upstreams.book.database import Database
from gateway.upstreams.book.engines import open_engines
from gateway.upstreams.book.location import Location, PostgresUrl, SqliteFile
from tests.book.racer import race
from tests.children import child, preload
from tests.postgres import PostgresServer, running
from tests.sizes import sized

pytestmark = [pytest.mark.slow, pytest.mark.timeout(sized(300, full=1200))]

PROCESSES = 8
FILMS = sized(250, full=1250)  # each is asked for by all processes: 10,000 creates
KILLS = sized(40, full=200)


preload("tests.book.racer")


@dataclass
class Racer:
    """A process that races, and what it says."""

    name: str
    where: Location
    films: range

    def raced(self) -> list[list[str]]:
        """From start to end."""
        with child(race, self.name, self.where, self.films) as process:
            said = [word.split() for word in process.words()]
            assert process.exit_code() == 0
            return said

    def killed(self, after_s: float) -> list[list[str]]:
        """Kill it some time into its work."""
        with child(race, self.name, self.where, self.films) as process:
            assert process.word() == "ready"
            time.sleep(after_s)
            process.kill()
            return [word.split() for word in process.words()]


async def everything(book: Book) -> list[MediaRequest]:
    """Every request there is."""
    found: list[MediaRequest] = []
    after = None
    while True:
        page = await book.page(EVERYTHING, first=100, after=after)
        found += page.requests
        if not page.has_next:
            return found
        after = Place.of(found[-1])


async def test_racing_creates_make_no_duplicate(location: Location) -> None:
    began = time.monotonic()
    racers = [Racer(f"P{n}", location, range(1, FILMS + 1)) for n in range(PROCESSES)]
    raced = await asyncio.gather(*(asyncio.to_thread(racer.raced) for racer in racers))
    said = [line for lines in raced for line in lines]
    spent_s = time.monotonic() - began
    answers = defaultdict(list)
    for word, *rest in said:
        if word in {"mine", "again", "theirs", "other"}:
            answers[int(rest[0])].append((word, rest[1]))
    assert set(answers) == set(range(1, FILMS + 1))
    for tmdb_id, got in answers.items():
        words = Counter(word for word, _ in got)
        assert words == {"mine": 1, "theirs": PROCESSES - 1}, (tmdb_id, got)
        assert len({request_id for _, request_id in got}) == 1, (tmdb_id, got)
    database = Database(open_engines(location))
    book = Book(database)
    kept = await everything(book)
    assert sorted(each.tmdb_id for each in kept) == list(range(1, FILMS + 1))
    told = await every_event(book)
    assert sorted(each for each in told) == list(range(1, FILMS + 1))
    await database.aclose()
    errors = Counter(" ".join(line[2:]) for line in said if line[0] == "error")
    print(f"\n{FILMS * PROCESSES} creates in {spent_s:.1f} s, told to try again: {dict(errors)}")  # noqa: T201 - a figure


async def every_event(book: Book) -> list[int]:
    """The film of every event, in order."""
    found: list[int] = []
    after = 0
    while news := await book.events(after, most=100):
        found += [each.tmdb_id for each in news]
        after = news[-1].sequence
    return found


async def check_kept(where: Location, said: list[list[str]]) -> int:
    """Whatever was acknowledged is there, once, with its event; how much that is."""
    mine = {int(line[2]): int(line[1]) for line in said if line[0] == "mine"}
    database = Database(open_engines(where))
    book = Book(database)
    kept = {each.request_id: each.tmdb_id for each in await everything(book)}
    assert {number: kept.get(number) for number in mine} == mine
    assert len(set(kept.values())) == len(kept)
    assert sorted(await every_event(book)) == sorted(kept.values())
    await database.aclose()
    return len(mine)


async def rounds(where: Location, server: PostgresServer | None = None) -> int:
    """Kill racers, four at a time, and now and then the server; how many acknowledgements."""
    rng = random.Random(11)
    said: list[list[str]] = []
    for number in range(0, KILLS, 4):
        racers = [
            Racer(f"K{n}", where, range(n * 1000, n * 1000 + 1000))
            for n in range(number, number + 4)
        ]
        killed = [asyncio.to_thread(racer.killed, rng.random() * 0.3) for racer in racers]
        if server is not None and number % 20 == 0:
            killed.append(asyncio.to_thread(killed_and_started, server, rng.random() * 0.5))
        said += [line for lines in await asyncio.gather(*killed) for line in lines]
    return await check_kept(where, said)


def killed_and_started(server: PostgresServer, after_s: float) -> list[list[str]]:
    """Kill all of the server's processes while racers begin or work, and start it again."""
    time.sleep(after_s)
    server.kill()
    server.start()
    return []


async def test_nothing_acknowledged_is_lost_in_a_file(tmp_path: Path) -> None:
    where = SqliteFile(tmp_path / "book.sqlite")
    await schema.walk(where)
    kept = await rounds(where)
    print(f"\n{KILLS} kills, {kept} acknowledged, none lost")  # noqa: T201 - a figure
    assert kept > KILLS / 4


async def test_nothing_acknowledged_is_lost_on_a_server() -> None:
    with running() as server:
        where = PostgresUrl(server.url())
        await schema.walk(where)
        kept = await rounds(where, server)
    print(f"\n{KILLS} kills, 10 of the server, {kept} acknowledged, none lost")  # noqa: T201 - ditto
    assert kept > KILLS / 4
