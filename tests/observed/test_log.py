"""The log in a database: the same rules, whoever writes at the same time."""

from __future__ import annotations

import asyncio
import shutil
from contextlib import ExitStack
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from gateway.domain.observed import Deed, Look
from gateway.domain.request import RequestStatus
from gateway.domain.request_log import RequestEventKind
from gateway.upstreams.book import schema
from gateway.upstreams.book.database import Database
from gateway.upstreams.book.engines import open_engines
from gateway.upstreams.book.location import Location, SqliteFile
from gateway.upstreams.book.observed import RecordedLog
from gateway.upstreams.book.observed_rows import DEED_LASTS
from tests.children import child
from tests.observed import stories
from tests.observed.conftest import log_in
from tests.observed.elsewhere import ANN, MAX, NOW, SCOPE, request
from tests.observed.witness import STATES, witness

K, S = RequestEventKind, RequestStatus


async def begun(log: RecordedLog, *requests: int) -> None:
    look = Look(since=0, requests=[request(n) for n in requests], is_whole=True)
    assert (await log.record(SCOPE, look, now=NOW)).events == 0


async def test_what_is_told_is_kept_as_it_was(log: RecordedLog) -> None:
    await begun(log, 1)
    since = await log.mark(SCOPE)
    deed = Deed(request_id=1, kind=K.DECLINED, actor=MAX, reason="no")
    assert await log.intend(SCOPE, deed, now=NOW) == since
    look = Look(since=since, requests=[request(1, S.DECLINED), request(2)], deed=deed)
    assert (await log.record(SCOPE, look, now=NOW)).events == 2
    declined, created = await log.events(SCOPE, 0, most=9)
    assert (declined.kind, declined.status, declined.reason) == (K.DECLINED, S.DECLINED, "no")
    assert (declined.actor, declined.requested_by, declined.occurred_at) == (MAX, 7, NOW)
    assert (created.kind, created.actor, created.tmdb_id) == (K.CREATED, ANN, 602)
    assert await log.events(SCOPE, declined.sequence, most=9) == (created,)
    assert await log.events(SCOPE, 0, most=1) == (declined,)
    assert await log.history(SCOPE, 1) == (declined,)
    assert await log.last_event(SCOPE) == created.sequence
    assert len({declined.event_id, created.event_id}) == 2


async def test_scopes_know_nothing_of_each_other(log: RecordedLog) -> None:
    await begun(log, 1)
    await log.record(SCOPE, Look(since=1, requests=[request(1, S.APPROVED)]), now=NOW)
    assert await log.mark("other") == await log.last_event("other") == 0
    assert (await log.known("other")).rows == {}
    assert await log.events("other", 0, most=9) == await log.history("other", 1) == ()
    seen = Look(since=0, requests=[request(1)], is_whole=True)
    assert (await log.record("other", seen, now=NOW)).events == 0
    assert (await log.known(SCOPE)).rows[1].status is S.APPROVED


async def test_what_is_the_same_writes_nothing(log: RecordedLog) -> None:
    await begun(log, 1, 2)
    mark = await log.mark(SCOPE)
    for _ in range(3):
        look = Look(since=mark, requests=[request(1), request(2)], is_whole=True)
        assert (await log.record(SCOPE, look, now=NOW)).events == 0
    assert await log.mark(SCOPE) == mark
    known = await log.known(SCOPE, [2, 9])
    assert (known.mark, known.newest, list(known.rows)) == (mark, 2, [2])


async def test_an_empty_store_s_first_request_is_news(log: RecordedLog) -> None:
    await begun(log)
    mark = await log.mark(SCOPE)
    look = Look(since=mark, requests=[request(1)])
    assert (await log.record(SCOPE, look, now=NOW)).events == 1


async def test_a_deed_is_believed_for_a_while(log: RecordedLog) -> None:
    await begun(log, 1, 2, 3)
    for number, ago in ((1, DEED_LASTS), (2, DEED_LASTS - timedelta(seconds=1))):
        deed = Deed(request_id=number, kind=K.CANCELLED, actor=MAX)
        await log.intend(SCOPE, deed, now=NOW - ago)
    await log.intend(SCOPE, Deed(request_id=3, kind=K.CANCELLED, actor=MAX), now=NOW)
    await log.withdraw(SCOPE, 3)
    mark = await log.mark(SCOPE)
    assert (await log.record(SCOPE, Look(since=mark, gone=[1, 2, 3]), now=NOW)).events == 3
    assert [each.actor for each in await log.events(SCOPE, 0, most=9)] == [None, MAX, None]


async def test_many_requests_at_once(log: RecordedLog) -> None:
    """More than one statement takes."""
    await begun(log, *range(1, 511))
    known = await log.known(SCOPE)
    assert (len(known.rows), known.newest) == (510, 510)
    seen = [request(n, S.APPROVED) for n in range(1, 511)]
    assert (await log.record(SCOPE, Look(since=known.mark, requests=seen), now=NOW)).events == 510
    told = await log.events(SCOPE, 0, most=2000)
    assert [each.request_id for each in told] == list(range(1, 511))


async def test_two_who_see_the_same_tell_it_once(location: Location) -> None:
    ways = [Database(open_engines(location)) for _ in range(2)]
    logs = [log_in(each) for each in ways]
    await begun(logs[0], 1)
    for state in (S.APPROVED, S.FAILED, S.APPROVED, S.COMPLETED):
        mark = await logs[0].mark(SCOPE)
        look = Look(since=mark, requests=[request(1, state)])
        recorded = await asyncio.gather(*(log.record(SCOPE, look, now=NOW) for log in logs * 2))
        assert sum(each.events for each in recorded) == 1
    told = await logs[1].history(SCOPE, 1)
    assert [each.kind for each in told] == [K.APPROVED, K.FAILED, K.RETRIED, K.COMPLETED]
    for each in ways:
        await each.aclose()


def story_on_a_file(folder: Path, examples: int) -> None:
    """Random stories, each on a file of its own."""
    template = SqliteFile(folder / "template.sqlite")
    asyncio.run(schema.walk(template))

    @settings(
        max_examples=examples, deadline=None, suppress_health_check=list(HealthCheck), database=None
    )
    @given(stories.before, stories.steps)
    def story(requests: int, steps: list[stories.Step]) -> None:
        where = SqliteFile(folder / "book.sqlite")
        for end in ("", "-wal", "-shm"):
            Path(f"{where.path}{end}").unlink(missing_ok=True)
        shutil.copy(template.path, where.path)

        async def work() -> None:
            database = Database(open_engines(where))
            try:
                await stories.tell(log_in(database), requests, steps)
            finally:
                await database.aclose()

        stories.run(work())

    story()


def test_a_few_stories_on_a_file(tmp_path: Path) -> None:
    story_on_a_file(tmp_path, 2)


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_many_stories_on_a_file(tmp_path: Path) -> None:
    story_on_a_file(tmp_path, 150)


@pytest.mark.slow
async def test_processes_that_see_the_same_tell_it_once(location: Location) -> None:
    """Four processes, forty requests, every state of each seen by all at the same moment."""
    requests, processes = 40, 4
    database = Database(open_engines(location))
    log = log_in(database)
    await begun(log)
    with ExitStack() as stack:
        see = partial(child, witness, location, requests)
        seers = [stack.enter_context(see()) for _ in range(processes)]
        assert {await asyncio.to_thread(each.word) for each in seers} == {"ready"}
        for number in range(len(STATES)):
            mark = await log.mark(SCOPE)
            for each in seers:
                each.say(f"{mark} {number}")
            told = [int(await asyncio.to_thread(each.word)) for each in seers]
            assert sum(told) == requests, told
        for each in seers:
            each.say("end")
            assert await asyncio.to_thread(each.exit_code) == 0
    events = await log.events(SCOPE, 0, most=1000)
    assert len(events) == requests * len(STATES)
    for number in range(1, requests + 1):
        mine = [each.kind for each in events if each.request_id == number]
        assert mine == [K.CREATED, K.APPROVED, K.COMPLETED]
    await database.aclose()
