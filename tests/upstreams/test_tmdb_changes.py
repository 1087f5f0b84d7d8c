"""Following the list of edited films as the sandbox plays it, through days of virtual time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest

from gateway.cache.leader import Leader
from gateway.cache.notes import Notes
from gateway.errors import UpstreamUnavailableError
from gateway.sandbox import Fault, SandboxTmdb
from gateway.subgraph import BackgroundContext
from gateway.upstreams.tmdb.changes import (
    CHUNK,
    MAX_PAGE,
    START_PAUSE_S,
    ChangeFollower,
    follow_changes,
)
from gateway.upstreams.tmdb.client import TmdbClient, classify
from gateway.upstreams.tmdb.settings import TmdbSettings
from tests.upstreams.played import Dial, given

A_DAY = 450  # films that the sandbox edits by itself where nothing is said of their number
EDITED, DELETED = 2_000_000_001, 2_000_000_002  # films that it does not


class World:
    """TMDB, a cache that only listens, and a clock that sleeping moves."""

    def __init__(self, dial: Dial, a_day: int = A_DAY) -> None:
        self.now = datetime(2026, 3, 2, 12, tzinfo=UTC)
        self.tmdb = SandboxTmdb(today=self.today, changes_a_day=a_day)
        self.client = TmdbClient(dial(self.tmdb, classify, {"Authorization": "Bearer token"}))
        self.notes = Notes(None)
        self.purges: list[tuple[str, ...]] = []
        self.slept_s: list[float] = []
        self.redis_is_up = True
        self.turns = 1_000_000

    def today(self) -> date:
        return self.now.date()

    async def purge(self, *tags: str) -> bool:
        self.purges.append(tags)
        return self.redis_is_up

    async def sleep(self, seconds: float) -> None:
        """End the run once its turns are used up; a turn ends with a long sleep."""
        self.slept_s.append(seconds)
        self.now += timedelta(seconds=seconds)
        if seconds >= START_PAUSE_S:
            self.turns -= 1
            if self.turns < 0:
                raise asyncio.CancelledError

    def follower(self, interval_s: float = 900) -> ChangeFollower:
        return ChangeFollower(
            self.client,
            self.purge,
            self.notes,
            name="tmdb:one",
            interval_s=interval_s,
            now=lambda: self.now,
            sleep=self.sleep,
        )

    def purged(self) -> set[str]:
        """What was purged since the last look."""
        found = {tag for tags in self.purges for tag in tags}
        self.purges.clear()
        return found

    def days_read(self) -> list[date]:
        """The days asked for since the last look, each once."""
        starts = [call.query.partition("&")[0].partition("=")[2] for call in self.tmdb.calls]
        self.tmdb.log.clear()
        return [date.fromisoformat(day) for day in dict.fromkeys(starts)]


@pytest.fixture
def world(dial: Dial) -> World:
    """Monday noon."""
    return World(dial)


async def test_a_turn_purges_every_film_of_the_day_in_few_steps(dial: Dial) -> None:
    a_day = 6_950  # as at TMDB
    world = World(dial, a_day)
    world.tmdb.touch(EDITED)
    world.tmdb.touch(DELETED, deleted=True)
    assert await world.follower().turn()
    assert world.days_read() == [date(2026, 3, 2)]
    assert max(map(len, world.purges)) == CHUNK
    assert len(world.purges) <= a_day / CHUNK + 1
    purged = world.purged()
    assert {"movie:2000000001", "movie:2000000002"} <= purged
    assert a_day * 0.9 < len(purged) <= a_day + 2


async def test_a_film_is_purged_when_first_named_and_once_its_day_is_over(world: World) -> None:
    follower = world.follower()
    await follower.turn()
    world.purged()
    world.tmdb.touch(EDITED)
    await follower.turn()
    assert world.purged() == {"movie:2000000001"}
    await follower.turn()
    assert world.purged() == set()
    world.now = datetime(2026, 3, 3, 0, 10, tzinfo=UTC)
    await follower.turn()
    assert "movie:2000000001" in world.purged()
    assert world.days_read() == [date(2026, 3, 2), date(2026, 3, 3)]
    world.now = datetime(2026, 3, 3, 1, tzinfo=UTC)
    await follower.turn()
    assert world.purged() == set()
    assert world.days_read() == [date(2026, 3, 2), date(2026, 3, 3)], "late edits may still come"
    world.now = datetime(2026, 3, 3, 1, 15, tzinfo=UTC)
    await follower.turn()
    assert world.days_read() == [date(2026, 3, 3)]


async def test_a_successor_goes_on_where_the_one_before_ended(world: World) -> None:
    world.tmdb.touch(EDITED)
    await world.follower().turn()
    world.days_read()
    world.now += timedelta(days=2)
    world.purged()
    await world.follower().turn()
    assert world.days_read() == [date(2026, 3, day) for day in (2, 3, 4)]
    assert "movie:2000000001" in world.purged()


async def test_after_a_long_absence_a_fortnight_is_read(world: World) -> None:
    await world.notes.write("tmdb:one", "2025-12-24T00:00:00+00:00")
    world.tmdb.faults.set([Fault.of({"kind": "server_error", "count": 1})])
    with pytest.raises(UpstreamUnavailableError):
        await world.follower().turn()
    assert world.days_read() == [date(2026, 2, 17)]


@pytest.mark.parametrize("note", [None, "yesterday", ""])
async def test_where_nothing_is_known_the_last_hour_is_read(world: World, note: str | None) -> None:
    if note is not None:
        await world.notes.write("tmdb:one", note)
    world.now = datetime(2026, 3, 2, 0, 30, tzinfo=UTC)
    await world.follower().turn()
    assert world.days_read() == [date(2026, 3, 1), date(2026, 3, 2)]


async def test_a_failure_is_told_and_made_good_by_the_next_turn(
    world: World, fail: Callable[..., None], caplog: pytest.LogCaptureFixture
) -> None:
    world.tmdb.touch(EDITED)
    fail(world.tmdb, "server_error", count=1)
    world.turns = 2
    with pytest.raises(asyncio.CancelledError):
        await world.follower().run()
    (record,) = [record for record in caplog.records if record.msg == "changes not read"]
    assert (record.levelname, vars(record)["code"]) == ("WARNING", "UPSTREAM_UNAVAILABLE")
    assert "movie:2000000001" in world.purged()


async def test_what_redis_did_not_hear_is_purged_again(world: World) -> None:
    world.tmdb.touch(EDITED)
    follower = world.follower()
    world.redis_is_up = False
    assert not await follower.turn()
    assert len(world.purges) == 1, "what is owed to Redis stays small"
    assert (await world.notes.read("tmdb:one")).text is None  # type: ignore[union-attr]  # in memory
    world.redis_is_up = True
    assert await follower.turn()
    assert "movie:2000000001" in world.purged()


async def test_pages_are_read_slowly_and_five_hundred_at_most() -> None:
    body = '{"results": [{"id": 2000000001, "adult": null}], "total_pages": 58326}'
    world = World(lambda *_: given("tmdb", classify, 200, body))
    await world.follower().turn()
    assert len(world.slept_s) == MAX_PAGE
    assert min(world.slept_s) >= 0.2
    assert world.purged() == {"movie:2000000001"}


async def test_a_start_waits_for_the_turn_that_is_due(world: World) -> None:
    for since_s, pause_s in ((0, 900.0), (600, 300.0), (890, START_PAUSE_S), (9000, START_PAUSE_S)):
        until = world.now - timedelta(seconds=since_s)
        await world.notes.write("tmdb:one", until.isoformat())
        world.slept_s.clear()
        world.turns = 0
        with pytest.raises(asyncio.CancelledError):
            await world.follower().run()
        assert world.slept_s == [pause_s]


async def test_it_can_be_switched_off(world: World) -> None:
    context = BackgroundContext(
        settings=TmdbSettings.from_environ({"TMDB_CHANGES_INTERVAL_S": "0"}),
        name="tmdb:one",
        leader=Leader(None, "tmdb:one"),
        notes=world.notes,
        purge=world.purge,
    )
    await asyncio.wait_for(follow_changes(world.client, context), timeout=10)
    assert world.tmdb.calls == []
