"""A process that sees what others see at the same time, and writes it down."""

from __future__ import annotations

import asyncio
import logging
from multiprocessing.connection import Connection

from gateway.domain.observed import Look
from gateway.domain.request import RequestStatus
from gateway.errors import UpstreamError
from gateway.upstreams.book.database import Database
from gateway.upstreams.book.engines import open_engines
from gateway.upstreams.book.location import Location
from tests.observed.conftest import log_in
from tests.observed.elsewhere import NOW, SCOPE, request

STATES = (RequestStatus.PENDING, RequestStatus.APPROVED, RequestStatus.COMPLETED)


async def main(line: Connection, where: Location, requests: int) -> None:
    """For each request see every state, when all witnesses are told to."""
    database = Database(open_engines(where), timeout_s=30.0)
    log = log_in(database)
    line.send_bytes(b"ready")
    while True:
        word = line.recv_bytes().decode()
        if word == "end":
            break
        since, state = map(int, word.split())
        seen = [request(n, STATES[state]) for n in range(1, requests + 1)]
        told = 0
        for each in seen:  # one at a time: there is more to fight for
            while True:
                try:
                    recorded = await log.record(SCOPE, Look(since=since, requests=[each]), now=NOW)
                except UpstreamError:
                    continue
                break
            told += recorded.events
        line.send_bytes(str(told).encode())
    await database.aclose()


def witness(line: Connection, where: Location, requests: int) -> None:
    """Run in a process of its own."""
    logging.disable()
    asyncio.run(main(line, where, requests))
