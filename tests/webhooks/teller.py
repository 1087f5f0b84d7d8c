"""A process that asks for films, decides, and tells endpoints, until it is killed."""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from multiprocessing.connection import Connection

from gateway.domain.request_outcomes import Changed, Created
from gateway.domain.request_rules import Actor, Step
from gateway.domain.request_store import Wish
from gateway.domain.role import Role
from gateway.errors import UpstreamError
from gateway.graph.ids import global_id
from gateway.transport.pinned import PinnedSender
from gateway.upstreams.book.client import Book
from gateway.upstreams.book.database import Database
from gateway.upstreams.book.engines import open_engines
from gateway.upstreams.book.location import Location
from gateway.upstreams.book.webhooks import Webhooks
from gateway.webhooks.courier import Courier, Hold
from gateway.webhooks.signing import key_of
from gateway.webhooks.takeover import Takeover
from gateway.webhooks.worker import Worker

SECRET = b"server-secret-server-secret-1234"
HOLD = Hold(held_s=2.0, sent_s=1.0)
LOOK_S = 0.01
WRITERS = 3


def worker_of(
    database: Database, now: Callable[[], datetime] = lambda: datetime.now(UTC)
) -> Worker:
    """As a gateway makes it, with less patience."""
    store = Webhooks(database)
    takeover = Takeover(outbox=Book(database), scope="book", store=store, name=global_id)
    sender = PinnedSender(private=True, timeout_s=0.8)
    courier = Courier(store, sender, partial(key_of, SECRET), now=now, hold=HOLD)

    async def wait(seconds: float) -> None:
        await asyncio.sleep(min(seconds, LOOK_S))

    return Worker(takeover, courier, store, now=now, wait=wait)


async def live(book: Book, people: tuple[Actor, Actor], tmdb_id: int) -> None:
    """All that happens to one request: asked for, approved, taken back."""
    asker, manager = people
    made = await book.create(asker, Wish(tmdb_id=tmdb_id))
    if not isinstance(made, Created):
        return
    whose = made.request.request_id
    if isinstance(await book.decide(manager, whose, Step.APPROVE), Changed):
        await book.cancel(manager, whose)


async def write(book: Book, people: tuple[Actor, Actor], films: range) -> None:
    """Make things happen until the end."""
    rng, todo = random.Random(films.start), iter(films)

    async def work() -> None:
        for tmdb_id in todo:
            with suppress(UpstreamError):
                await live(book, people, tmdb_id)
            await asyncio.sleep(rng.random() * 0.02)

    await asyncio.gather(*(work() for _ in range(WRITERS)))


async def enrolled(book: Book, role: Role) -> Actor:
    """Be known to the store, once it answers."""
    while True:
        with suppress(UpstreamError):
            user = await book.enrol(f"kills:{role.value}", role.value)
            return Actor(user_id=user.user_id, role=role)
        await asyncio.sleep(0.05)


async def main(line: Connection, where: Location, films: range) -> None:
    """Write and tell."""
    database = Database(open_engines(where))
    book = Book(database)
    people = (await enrolled(book, Role.REQUESTER), await enrolled(book, Role.MANAGER))
    line.send_bytes(b"ready")
    telling = asyncio.create_task(worker_of(database).run())
    await write(book, people, films)
    await telling


def tell(line: Connection, where: Location, films: range) -> None:
    """Run in a process of its own."""
    logging.disable()
    asyncio.run(main(line, where, films))


class LaterAndLater:
    """A clock that runs ahead when there is nothing to do before."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead
