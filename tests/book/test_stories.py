"""Random stories: after each step the book holds what a simple model holds."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import Coroutine
from pathlib import Path
from typing import TypeVar

import asyncpg
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from gateway.domain.request import Availability, RequestStatus
from gateway.domain.request_outcomes import Created, Outcome
from gateway.domain.request_rules import Actor, Step
from gateway.domain.request_store import EVERYTHING, RequestFilter, RequestOrder, Wish
from gateway.domain.role import Role
from gateway.upstreams.book import schema
from gateway.upstreams.book.client import Book
from gateway.upstreams.book.database import Database
from gateway.upstreams.book.engines import open_engines
from gateway.upstreams.book.location import Location, PostgresUrl, SqliteFile
from tests.book.conftest import TABLES
from tests.book.model import Model
from tests.book.stage import BookStage
from tests.postgres import PostgresServer, new_database
from tests.requests.behind import WallClock

T = TypeVar("T")
ROLES = (Role.VIEWER, Role.REQUESTER, Role.REQUESTER, Role.MANAGER)
people = st.integers(0, len(ROLES) - 1)
films = st.integers(1, 3)
ids = st.integers(1, 12)
keys = st.none() | st.sampled_from(["a", "b"])


class Story(RuleBasedStateMachine):
    """Writes on both, and compares; ``where`` is set by a subclass."""

    where: Location
    template: Path | None = None

    @initialize(limit=st.none() | st.tuples(st.integers(0, 3), st.integers(1, 3)))
    def begin(self, limit: tuple[int, int] | None) -> None:
        self.loop = asyncio.new_event_loop()
        self.emptied()
        self.database = Database(open_engines(self.where))
        clock = WallClock()
        self.stage = BookStage(Book(self.database, now=clock), clock)
        self.model = Model()
        self.people = [self.run(self.stage.person(f"P{n}", r)) for n, r in enumerate(ROLES)]
        if limit is not None:
            self.run(self.stage.allow(self.people[1], *limit))
            self.model.limits[self.people[1].user_id] = limit

    def emptied(self) -> None:
        """Begin with no rows."""
        if isinstance(self.where, SqliteFile):
            for end in ("", "-wal", "-shm"):
                Path(f"{self.where.path}{end}").unlink(missing_ok=True)
            assert self.template is not None
            shutil.copy(self.template, self.where.path)
            return
        self.run(truncate(self.where.url))

    def run(self, work: Coroutine[None, None, T]) -> T:
        return self.loop.run_until_complete(work)

    def teardown(self) -> None:
        if hasattr(self, "database"):
            self.run(self.database.aclose())
        if hasattr(self, "loop"):
            self.loop.close()

    def replayed(self, actor: Actor, key: str | None, payload: object, found: Outcome) -> bool:
        """Whether the key had been used, and the answer is the one that it must get."""
        if key is None:
            return False
        before = self.model.replies.get((actor.user_id, key))
        if before is None:
            self.model.replies[actor.user_id, key] = (payload, found)
            return False
        if before[0] == payload:
            assert found == before[1]
        else:
            assert type(found).__name__ == "KeyReused"
        return True

    @rule(who=people, tmdb_id=films, is_4k=st.booleans(), key=keys)
    def create(self, who: int, tmdb_id: int, key: str | None, *, is_4k: bool) -> None:
        actor = self.people[who]
        found = self.run(
            self.stage.store.create(actor, Wish(tmdb_id=tmdb_id, is_4k=is_4k), key=key)
        )
        if actor.role is Role.VIEWER:
            assert type(found).__name__ == "NotPermitted"
            return
        if self.replayed(actor, key, ("create", tmdb_id, is_4k), found):
            return
        now = self.stage.clock()
        refusal = self.model.refusal(actor, tmdb_id, now, is_4k=is_4k)
        assert type(found).__name__ == (refusal or "Created")
        if refusal is None:
            assert isinstance(found, Created)
            assert found.created
            self.model.create(actor, found.request.request_id, tmdb_id, now, is_4k=is_4k)

    @rule(
        who=people,
        request_id=ids,
        step=st.sampled_from([Step.APPROVE, Step.DECLINE, Step.RETRY, Step.CANCEL]),
        key=keys,
    )
    def change(self, who: int, request_id: int, step: Step, key: str | None) -> None:
        actor = self.people[who]
        store = self.stage.store
        found: Outcome
        if step is Step.APPROVE or step is Step.DECLINE or step is Step.RETRY:
            found = self.run(store.decide(actor, request_id, step, key=key))
        else:
            found = self.run(store.cancel(actor, request_id, key=key))
        if not self.replayed(actor, key, (step, request_id), found):
            assert type(found).__name__ == self.model.change(actor, request_id, step)

    @rule(request_id=ids)
    def fail(self, request_id: int) -> None:
        self.run(self.stage.fail(request_id))
        self.model.change(None, request_id, Step.FAIL)

    @rule(
        tmdb_id=films,
        is_4k=st.booleans(),
        availability=st.sampled_from(
            [Availability.AVAILABLE, Availability.BLOCKLISTED, Availability.DELETED]
        ),
    )
    def shelve(self, tmdb_id: int, availability: Availability, *, is_4k: bool) -> None:
        self.run(self.stage.shelve(tmdb_id, availability, is_4k=is_4k))
        there = self.model.active(tmdb_id, is_4k=is_4k)
        if availability is Availability.AVAILABLE and there is not None:
            self.model.change(None, there.request_id, Step.COMPLETE)
        blocked = availability is Availability.BLOCKLISTED
        (self.model.blocked.add if blocked else self.model.blocked.discard)((tmdb_id, is_4k))

    @rule(hours=st.integers(1, 40))
    def wait(self, hours: int) -> None:
        self.stage.clock.advance(hours=hours)

    @invariant()
    def agree(self) -> None:
        """On every request, on the story, and on what is left of a quota."""
        if not hasattr(self, "people"):
            return
        store, model = self.stage.store, self.model
        page = self.run(store.page(EVERYTHING, first=100, order=RequestOrder.CREATED_AT_ASC))
        told = [(r.request_id, r.status, r.version) for r in page.requests]
        assert told == [(e.request_id, e.status, e.version) for e in model.kept.values()]
        pending = frozenset({RequestStatus.PENDING})
        waiting = [e for e in model.kept.values() if e.status is RequestStatus.PENDING]
        assert self.run(store.count(RequestFilter(statuses=pending))) == len(waiting)
        events = self.run(store.events(0, most=1000))
        assert [(e.request_id, e.kind.value) for e in events] == model.story
        limited = self.people[1]
        used = model.used(limited.user_id, self.stage.clock())
        assert self.run(store.quota(limited)).used == used


async def truncate(url: str) -> None:
    """Empty all tables."""
    connection = await asyncpg.connect(url)
    await connection.execute(f"TRUNCATE {TABLES} RESTART IDENTITY")
    await connection.close()


def tell(story: type[Story], examples: int, steps: int) -> None:
    """Run stories."""
    run_state_machine_as_test(
        story,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


def story_in_a_file(folder: Path) -> type[Story]:
    template = SqliteFile(folder / "template.sqlite")
    asyncio.run(schema.walk(template))

    class InAFile(Story):
        where = SqliteFile(folder / "book.sqlite")

    InAFile.template = template.path
    return InAFile


def test_a_few_stories_in_a_file(tmp_path: Path) -> None:
    tell(story_in_a_file(tmp_path), 3, 8)


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_many_stories_in_a_file() -> None:
    with tempfile.TemporaryDirectory() as folder:
        tell(story_in_a_file(Path(folder)), 60, 30)


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_many_stories_on_a_server(postgres_server: PostgresServer) -> None:
    url = asyncio.run(new_database(postgres_server, "stories"))
    asyncio.run(schema.walk(PostgresUrl(url)))

    class OnAServer(Story):
        where = PostgresUrl(url)

    tell(OnAServer, 60, 30)
