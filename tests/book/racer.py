"""A process that asks for films and tells, line by line, what it was answered.

A line is written when the store has answered, so what it says must stay true.
"""

from __future__ import annotations

import asyncio
import logging
import random
from dataclasses import dataclass
from multiprocessing.connection import Connection

from gateway.domain.request_outcomes import Created, Duplicate
from gateway.domain.request_rules import Actor
from gateway.domain.request_store import Wish
from gateway.domain.role import Role
from gateway.errors import UpstreamError
from gateway.upstreams.book.client import Book
from gateway.upstreams.book.database import Database
from gateway.upstreams.book.engines import open_engines
from gateway.upstreams.book.location import Location

AT_ONCE = 4


@dataclass
class Mouth:
    """Says whole lines; a kill cannot cut one."""

    line: Connection

    def __call__(self, *words: object) -> None:
        """Say one."""
        self.line.send_bytes(" ".join(map(str, words)).encode())


async def ask(say: Mouth, book: Book, actor: Actor, tmdb_id: int, key: str) -> None:
    """Ask until the store answers; with a key that is safe."""
    while True:
        try:
            outcome = await book.create(actor, Wish(tmdb_id=tmdb_id), key=key)
        except UpstreamError as exc:
            say("error", tmdb_id, exc.code, exc.detail.replace(" ", "_"))
            await asyncio.sleep(0.05)
            continue
        match outcome:
            case Created(request=request, created=made):
                say("mine" if made else "again", tmdb_id, request.request_id)
            case Duplicate(existing=request):
                say("theirs", tmdb_id, request.request_id)
            case other:
                say("other", tmdb_id, type(other).__name__)
        return


async def enrolled(book: Book, name: str) -> Actor:
    """Be known to the store, once it answers."""
    while True:
        try:
            user = await book.enrol(f"race:{name}", name)
        except UpstreamError:
            await asyncio.sleep(0.05)
        else:
            return Actor(user_id=user.user_id, role=Role.REQUESTER)


async def main(say: Mouth, name: str, where: Location, films: list[int]) -> None:
    """Ask for the films in an order of this process's own."""
    database = Database(open_engines(where))
    book = Book(database)
    actor = await enrolled(book, name)
    random.Random(name).shuffle(films)
    say("ready")
    todo = iter(films)

    async def work() -> None:
        for tmdb_id in todo:
            await ask(say, book, actor, tmdb_id, f"{name}:{tmdb_id}")

    await asyncio.gather(*(work() for _ in range(AT_ONCE)))
    say("done")
    await database.aclose()


def race(line: Connection, name: str, where: Location, films: range) -> None:
    """Run in a process of its own."""
    logging.disable()
    asyncio.run(main(Mouth(line), name, where, list(films)))
