"""A book of any size, written at once; what is in it is told by a seed."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime

import asyncpg

from gateway.domain.request import RequestStatus
from gateway.domain.request_rules import ACTIVE
from gateway.domain.request_store import Place
from gateway.upstreams.book import schema
from gateway.upstreams.book.location import Location, SqliteFile
from gateway.upstreams.book.tables import micros, moment

BEGAN = micros(datetime.fromisoformat("2023-11-14T22:13:20+00:00"))
_STEP_US = 20_000_000
_STATES = ("PENDING", "APPROVED", "DECLINED", "FAILED", "COMPLETED")
_SHARES = (20, 30, 200, 10, 740)
_REQUEST = "INSERT INTO requests VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"

Row = tuple[int, int, bool, str, int, int, int | None, str | None, int, int]


@dataclass(frozen=True)
class Bulk:
    """So many requests: a few films and people have most of them, some share a moment."""

    requests: int

    @property
    def people(self) -> int:
        """Who ask."""
        return max(20, self.requests // 500)

    @property
    def films(self) -> int:
        """That they ask for."""
        return max(100, self.requests // 16)

    def rows(self) -> Iterator[Row]:
        """Requests, oldest first."""
        rng = random.Random(7)
        made_at, asked = BEGAN, set()
        for number in range(1, self.requests + 1):
            made_at += rng.randrange(2 * _STEP_US) if number % 5 else 0
            film = (self._film(rng), rng.random() < 0.1)
            state = rng.choices(_STATES, _SHARES)[0]
            if RequestStatus(state) in ACTIVE:
                state = "COMPLETED" if film in asked else state
                asked.add(film)
            decider = None if state == "PENDING" else 1
            person = self.person(rng)
            version = 1 + (decider or 0)
            yield (number, *film, state, version, person, decider, None, made_at, made_at)

    def person(self, rng: random.Random) -> int:
        """Somebody, more likely one who asks often."""
        return min(1 + int(rng.expovariate(10 / self.people)), self.people)

    def film(self, rng: random.Random) -> int:
        """A film, more likely one that is asked for often."""
        return self._film(rng)

    def _film(self, rng: random.Random) -> int:
        popular = rng.random() < 0.3
        return (
            int(rng.paretovariate(0.6)) % self.films + 1
            if popular
            else rng.randrange(1, self.films)
        )

    def place(self, rng: random.Random) -> Place:
        """Anywhere in the list."""
        at = BEGAN + rng.randrange(_STEP_US * self.requests)
        return Place(moment(at), rng.randrange(1, self.requests))

    async def write(self, where: Location) -> None:
        """Make the tables, fill them, and let the database look at them."""
        await schema.walk(where)
        people = [(n, f"test:{n}", f"P{n}", 0) for n in range(1, self.people + 1)]
        library = [(n, False, "AVAILABLE", 0) for n in range(1, self.films, 3)]
        if isinstance(where, SqliteFile):
            with closing(sqlite3.connect(where.path)) as file:
                file.execute("PRAGMA synchronous=OFF")
                file.executemany("INSERT INTO users VALUES (?, ?, ?, ?)", people)
                file.executemany(_REQUEST, self.rows())
                file.executemany("INSERT INTO library VALUES (?, ?, ?, ?)", library)
                file.commit()
                file.execute("ANALYZE")
                file.commit()
            return
        connection = await asyncpg.connect(where.url)
        await connection.copy_records_to_table("users", records=people)
        await connection.copy_records_to_table("requests", records=self.rows())
        await connection.copy_records_to_table("library", records=library)
        await connection.execute(f"SELECT setval('users_id_seq', {self.people})")
        await connection.execute(f"SELECT setval('requests_id_seq', {self.requests})")
        await connection.execute("VACUUM ANALYZE")
        await connection.close()
