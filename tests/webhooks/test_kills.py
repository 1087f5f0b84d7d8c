"""Processes that are killed around commits and deliveries: every event arrives, in order."""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from gateway.domain.request_log import RequestEvent
from gateway.domain.webhook import Endpoint
from gateway.upstreams.book import schema
from gateway.upstreams.book.client import Book
from gateway.upstreams.book.database import Database
from gateway.upstreams.book.engines import open_engines
from gateway.upstreams.book.location import Location, PostgresUrl, SqliteFile
from gateway.upstreams.book.webhooks import Webhooks
from gateway.webhooks.signing import key_of, shown
from tests.book.test_races import killed_and_started
from tests.children import child, preload
from tests.postgres import PostgresServer, running
from tests.sizes import sized
from tests.webhooks.receiver import Receiver, Told, receiving, status, verify
from tests.webhooks.teller import HOLD, SECRET, LaterAndLater, tell, worker_of

pytestmark = [pytest.mark.slow, pytest.mark.timeout(sized(300, full=1200))]

KILLS = sized(40, full=200)
AT_ONCE = 4
PATHS = ("/steady", "/shaky")

preload("tests.webhooks.teller")


@dataclass
class Teller:
    """A process that writes and tells."""

    where: Location
    films: range

    def killed(self, after_s: float, still_s: float) -> None:
        """Kill it some time into its work.

        Args:
            after_s: Of work.
            still_s: For which it stands still and then goes on; its holds may end meanwhile.
        """
        with child(tell, self.where, self.films) as process:
            assert process.word() == "ready"
            time.sleep(after_s)
            if still_s:
                process.halt(still_s)
                time.sleep(after_s)
            process.kill()


def shaky(rng: random.Random) -> bytes:
    """Now and then an error, a cut, or both; most of the time all is well."""
    roll = rng.random()
    if roll < 0.03:
        return status(500)
    return b"" if roll < 0.06 else status(204)


async def endpoints(where: Location, receiver: Receiver) -> dict[str, Endpoint]:
    """One that always takes what it is told, one that does not."""
    database, now = Database(open_engines(where)), datetime.now(UTC)
    url = f"http://127.0.0.1:{receiver.port}"
    made = {
        path: Endpoint(endpoint_id=path[1:], url=f"{url}{path}", created_at=now) for path in PATHS
    }
    for each in made.values():
        assert await Webhooks(database).add(each)
    await database.aclose()
    return made


async def kill_around(where: Location, server: PostgresServer | None) -> None:
    """Kill tellers, four at a time, some after they stood still, and now and then the server."""
    rng = random.Random(6)
    for number in range(0, KILLS, AT_ONCE):
        tellers = [Teller(where, range(n * 1000 + 1, (n + 1) * 1000)) for n in _next(number)]
        still_s = [
            HOLD.held_s * 1.2 if number % 40 == 0 and n == 0 else 0.0 for n in range(AT_ONCE)
        ]
        ends = [
            asyncio.to_thread(each.killed, 0.1 + rng.random() * 0.5, still_s[n])
            for n, each in enumerate(tellers)
        ]
        if server is not None and number % 20 == 0:
            await asyncio.gather(
                *ends, asyncio.to_thread(killed_and_started, server, rng.random() * 0.5)
            )
        else:
            await asyncio.gather(*ends)


def _next(number: int) -> range:
    return range(number, number + AT_ONCE)


async def finish(where: Location) -> list[RequestEvent]:
    """One more process tells what is left; all that ever happened."""
    database = Database(open_engines(where))
    clock = LaterAndLater()
    worker, store = worker_of(database, clock), Webhooks(database)
    await asyncio.sleep(HOLD.held_s)
    while True:
        while await worker.look() == 0.0:
            pass
        await worker.settled()
        if not await store.waiting():
            break
        clock.ahead += timedelta(seconds=30)
    assert [each.disabled_at for each in await store.endpoints()] == [None, None]
    found: list[RequestEvent] = []
    book = Book(database)
    while news := await book.events(found[-1].sequence if found else 0, most=500):
        found += news
    await database.aclose()
    return found


def check(told: list[Told], events: list[RequestEvent]) -> str:
    """What the receiver heard against what happened; the figures."""
    wanted = {each.event_id: each for each in events}
    by_path: dict[str, list[Told]] = defaultdict(list)
    bodies: dict[str, set[bytes]] = defaultdict(set)
    for each in told:
        key = shown(key_of(SECRET, each.path[1:]))
        verify(key, each, now_s=float(each.headers["webhook-timestamp"]))
        by_path[each.path].append(each)
        bodies[each.id].add(each.body)
    assert set(bodies) == set(wanted)
    assert {len(found) for found in bodies.values()} == {1}  # one id, one event
    assert len(set.union(*bodies.values())) == len(wanted)  # one event, one id
    for path in PATHS:
        missing = set(wanted) - {each.id for each in by_path[path]}
        assert missing == set(), path
        order: dict[int, list[int]] = defaultdict(list)
        for each in by_path[path]:
            event = wanted[each.id]
            order[event.request_id].append(event.sequence)
        late = {r: found for r, found in order.items() if found != sorted(found)}
        assert late == {}, path
    again = {path: len(by_path[path]) - len(wanted) for path in PATHS}
    return f"{len(wanted)} events, told again: {again}"


async def prove(where: Location, server: PostgresServer | None = None) -> None:
    rng = random.Random(7)
    async with receiving(lambda t: status(204) if t.path == "/steady" else shaky(rng)) as receiver:
        await endpoints(where, receiver)
        await kill_around(where, server)
        during = len(receiver.told)
        events = await finish(where)
        figures = check(receiver.told, events)
    versions = Counter(each.kind.value for each in events)
    print(f"\n{KILLS} kills, {figures}; {during} deliveries before the last worker; {versions}")  # noqa: T201 - a figure
    assert len(events) > KILLS / 4
    assert during > 0


async def test_every_event_arrives_from_a_file(tmp_path: Path) -> None:
    where = SqliteFile(tmp_path / "book.sqlite")
    await schema.walk(where)
    await prove(where)


async def test_every_event_arrives_from_a_server() -> None:
    with running() as server:
        where = PostgresUrl(server.url())
        await schema.walk(where)
        await prove(where, server)
