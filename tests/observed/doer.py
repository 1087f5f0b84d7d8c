"""A process that asks, declines with a reason and takes back at Seerr, until it is killed."""

from __future__ import annotations

import asyncio
import logging
from multiprocessing.connection import Connection
from pathlib import Path

from gateway.domain.request_outcomes import Created
from gateway.domain.request_rules import Actor, Step
from gateway.domain.request_store import Wish
from gateway.domain.role import Role
from gateway.transport.socket_port import SocketPort
from gateway.upstreams.book.database import Database
from gateway.upstreams.book.engines import open_engines
from gateway.upstreams.book.location import SqliteFile
from gateway.upstreams.seerr.store import SeerrStore
from tests.observed.conftest import log_in
from tests.upstreams.seerr_stage import http_to, store_at

AT_ONCE = 3


def reason_of(request_id: int) -> str:
    """What this process writes when it declines a request."""
    return f"because of {request_id}"


async def do(store: SeerrStore, actor: Actor, tmdb_id: int) -> None:
    """Let one request have a story: made, declined, and every second one taken back."""
    made = await store.create(actor, Wish(tmdb_id=tmdb_id, is_4k=False))
    if not isinstance(made, Created):
        return
    number = made.request.request_id
    await store.decide(actor, number, Step.DECLINE, reason=reason_of(number))
    if number % 2:
        await store.cancel(actor, number)


async def main(line: Connection, url: str, file: Path, user_id: int, first: int) -> None:
    """Go on for ever, with films that nobody else asks for."""
    database = Database(open_engines(SqliteFile(file)))
    store = store_at(http_to(SocketPort(), url), sleep=asyncio.sleep, log=log_in(database))
    actor = Actor(user_id=user_id, role=Role.MANAGER)
    films = iter(range(first, first + 100_000))

    async def work() -> None:
        for tmdb_id in films:
            await do(store, actor, tmdb_id)

    line.send_bytes(b"ready")
    await asyncio.gather(*(work() for _ in range(AT_ONCE)))


def run(line: Connection, url: str, file: Path, user_id: int, first: int) -> None:
    """Run in a process of its own."""
    logging.disable()
    asyncio.run(main(line, url, file, user_id, first))
