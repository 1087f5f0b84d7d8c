"""Looking at Seerr: what it costs when nothing happens, and what a missing request means."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final

import pytest

from gateway.domain.observed import Deed
from gateway.domain.request import User
from gateway.domain.request_log import RequestEventKind
from gateway.domain.request_outcomes import Changed, Created
from gateway.domain.request_rules import Actor, Step
from gateway.domain.request_store import Wish
from gateway.domain.role import Role
from gateway.errors import UpstreamError, UpstreamUnavailableError
from gateway.sandbox.faults import Fault
from gateway.sandbox.seerr.states import MediaStatus, Permission, RequestStatus
from gateway.upstreams.book.database import Database
from gateway.upstreams.book.observed import RecordedLog
from gateway.upstreams.seerr.following import follow_hints, take_turns
from gateway.upstreams.seerr.watching import HIDDEN_S, MISSING_MOST
from tests.upstreams.lossy import Loss
from tests.upstreams.seerr_stage import SeerrStage, seat

K = RequestEventKind
LIST, COUNT, ONE = "/request", "/request/count", "/request/{requestId}"
EVERY_S: Final = 15.0


class EnoughError(Exception):
    """The test has seen what it wanted."""


@dataclass
class Scene:
    """A Seerr, an eye on it, and a clock."""

    stage: SeerrStage
    now_s: float = 0.0
    nudges: int = 0
    told_after: int = 0
    ann: Actor = field(default_factory=lambda: Actor(user_id=10, role=Role.REQUESTER))

    def __post_init__(self) -> None:
        self.watch = self.stage.watch
        self.watch.clock = lambda: self.now_s
        self.watch.nudge = self._nudge

    def _nudge(self) -> None:
        self.nudges += 1

    async def sleep(self, seconds: float) -> None:
        """Let time pass at once."""
        self.now_s += seconds
        await asyncio.sleep(0)

    def reads(self) -> dict[str, int]:
        """Calls since the last look."""
        found = Counter(call.route for call in self.stage.seerr.calls)
        self.stage.seerr.log.clear()
        return dict(found)

    def seen(self, route: str) -> int:
        """Calls so far."""
        return sum(call.route == route for call in self.stage.seerr.calls)

    async def asked(self, tmdb_id: int) -> int:
        """Somebody asks for a film at Seerr itself."""
        world = self.stage.seerr.world
        media = world.store.add_media("movie", tmdb_id, world.now())
        media.status = MediaStatus.PENDING
        user = world.store.users[10]
        return world.store.add_request(media, user, RequestStatus.PENDING, world.now()).id

    async def told(self) -> list[tuple[int, str]]:
        """What the log tells since the last question."""
        events = await self.stage.store.events(self.told_after, most=500)
        self.told_after = await self.stage.store.last_event()
        return [(each.request_id, each.kind.value) for each in events]


@pytest.fixture
async def scene(log: RecordedLog) -> AsyncIterator[Scene]:
    stage = SeerrStage.new(log=log)
    await stage.person("Ann", Role.REQUESTER)
    yield Scene(stage)
    await stage.aclose()


async def hours(scene: Scene, turns: int) -> None:
    """Take some turns."""
    left = iter(range(turns))

    async def sleep(seconds: float) -> None:
        await scene.sleep(seconds)
        if next(left, None) is None:
            raise EnoughError

    with pytest.raises(EnoughError):
        await take_turns(scene.watch, interval_s=EVERY_S, sleep=sleep)


async def test_an_hour_in_which_nothing_happens(scene: Scene) -> None:
    """Four small calls and half a list a minute; nothing is written, nothing purged."""
    for tmdb_id in range(1, 21):
        await scene.asked(tmdb_id)
    await scene.watch.turn()
    scene.reads()
    purged = scene.stage.cache.stats()["purge"]
    journal = scene.watch.journal
    mark = await journal.log.mark(journal.scope)
    await hours(scene, 239)
    assert scene.reads() == {COUNT: 240, LIST: 30}
    assert await journal.log.mark(journal.scope) == mark
    assert (scene.nudges, await scene.told()) == (0, [])
    assert scene.stage.cache.stats()["purge"] == purged


async def test_a_change_is_seen_in_the_next_turn(scene: Scene) -> None:
    first, second = await scene.asked(1), await scene.asked(2)
    await scene.watch.turn()
    scene.stage.seerr.world.store.requests[first].status = RequestStatus.DECLINED
    third = await scene.asked(3)
    await scene.watch.turn()
    assert await scene.told() == [(first, "DECLINED"), (third, "CREATED")]
    assert scene.nudges == 1
    scene.reads()
    await scene.watch.turn()
    assert scene.reads() == {COUNT: 1}
    # Two changes that leave the counts as they were are seen when everything is read.
    requests = scene.stage.seerr.world.store.requests
    requests[first].status, requests[second].status = RequestStatus.PENDING, RequestStatus.DECLINED
    for _ in range(7):
        await scene.watch.turn()
    assert await scene.told() == [(first, "CREATED"), (second, "DECLINED")]


async def test_what_is_deleted_is_asked_for_before_it_is_told(scene: Scene) -> None:
    first, second = await scene.asked(1), await scene.asked(2)
    await scene.watch.turn()
    store = scene.stage.seerr.world.store
    store.remove_request(store.requests[first])
    scene.reads()
    await scene.watch.turn()
    assert scene.reads() == {COUNT: 1, LIST: 1, ONE: 1}
    assert await scene.told() == [(first, "CANCELLED")]
    await scene.watch.whole()
    assert scene.reads() == {LIST: 1}
    assert second in store.requests


async def test_what_is_hidden_is_not_gone(scene: Scene) -> None:
    """Requests for blocklisted films vanish from the list alone: each is asked for by itself."""
    first = await scene.asked(1)
    await scene.watch.turn()
    store = scene.stage.seerr.world.store
    store.requests[first].media.status = MediaStatus.BLOCKLISTED
    scene.reads()
    for _ in range(3):
        await scene.watch.whole()
    assert scene.reads() == {LIST: 3, ONE: 1}
    assert await scene.told() == []
    scene.now_s += HIDDEN_S
    store.remove_request(store.requests[first])
    await scene.watch.whole()
    assert await scene.told() == [(first, "CANCELLED")]


async def test_a_lost_permission_is_no_deletion(scene: Scene) -> None:
    """Whoever may see their own requests alone gets a short list, and is refused the others."""
    first = await scene.asked(1)
    await scene.watch.turn()
    seat(scene.stage.seerr, 1, "Owner", Permission.REQUEST)
    await scene.watch.whole()
    assert await scene.told() == []
    seat(scene.stage.seerr, 1, "Owner", Permission.ADMIN)
    await scene.watch.whole()
    assert await scene.told() == []
    assert first in scene.stage.seerr.world.store.requests


async def test_many_deletions_take_several_looks(scene: Scene) -> None:
    numbers = [await scene.asked(n) for n in range(1, MISSING_MOST + 3)]
    await scene.watch.turn()
    store = scene.stage.seerr.world.store
    for number in numbers:
        store.remove_request(store.requests[number])
    scene.reads()
    await scene.watch.turn()
    assert scene.reads()[ONE] == MISSING_MOST
    await scene.watch.turn()
    assert sorted(await scene.told()) == [(number, "CANCELLED") for number in numbers]


@pytest.mark.parametrize("route", [LIST, COUNT, ONE])
async def test_an_outage_is_no_change(scene: Scene, route: str) -> None:
    first, second = await scene.asked(1), await scene.asked(2)
    await scene.watch.turn()
    store = scene.stage.seerr.world.store
    store.requests[first].status = RequestStatus.DECLINED
    store.remove_request(store.requests[second])
    scene.stage.seerr.faults.set([Fault(kind="server_error", route=route)])
    with pytest.raises(UpstreamError):
        await scene.watch.turn()
    assert await scene.told() == []
    scene.stage.seerr.faults.set([])
    await scene.watch.turn()
    assert await scene.told() == [(first, "DECLINED"), (second, "CANCELLED")]


async def test_one_answer_that_it_is_unknown_is_not_believed(scene: Scene) -> None:
    """Seerr answers 404 too when its database is busy."""
    first = await scene.asked(1)
    await scene.watch.turn()
    fault = Fault(kind="status", status=404, route=ONE)
    scene.stage.seerr.faults.set([fault])
    assert await scene.watch.one(first)
    scene.stage.seerr.faults.set([])
    assert await scene.told() == []
    assert await scene.watch.journal.hints.next() is None
    await scene.watch.whole()
    assert await scene.told() == []


async def test_a_change_is_somebody_s_though_their_process_was_killed(scene: Scene) -> None:
    """After the call at Seerr and before it could write down that it was done."""
    max_ = await scene.stage.person("Max", Role.MANAGER)
    first, second = await scene.asked(1), await scene.asked(2)
    requests = scene.stage.seerr.world.store.requests
    requests[first].status = RequestStatus.FAILED
    await scene.watch.turn()
    journal, person = scene.watch.journal, scene.watch.client.person(max_.user_id)
    actor = User(user_id=max_.user_id, display_name="Max")
    for number, kind in ((first, K.RETRIED), (second, K.CANCELLED)):
        deed = Deed(request_id=number, kind=kind, actor=actor, reason="because")
        await journal.log.intend(journal.scope, deed, now=journal.now())
    await person.decide(first, Step.RETRY)
    await person.delete(second)
    await scene.watch.turn()
    retried, cancelled = await scene.stage.store.events(0, most=9)
    assert (retried.kind, retried.actor, retried.reason) == (K.RETRIED, actor, "because")
    assert (cancelled.kind, cancelled.actor) == (K.CANCELLED, actor)


async def test_a_hint_is_followed_and_doubted_once(scene: Scene) -> None:
    """Seerr tells of a change before it has written it: it is looked at a second time."""
    first = await scene.asked(1)
    await scene.watch.turn()
    hints = scene.watch.journal.hints
    hints._clock, hints._sleep = lambda: scene.now_s, scene.sleep
    following = asyncio.create_task(follow_hints(scene.watch, hints))
    scene.reads()
    hints.hear(first)
    await until(lambda: scene.seen(ONE) == 1)
    scene.stage.seerr.world.store.requests[first].status = RequestStatus.DECLINED
    await until(lambda: scene.nudges == 1)
    assert await scene.told() == [(first, "DECLINED")]
    scene.reads()
    hints.hear(first)
    await until(lambda: scene.seen(ONE) == 2)
    for _ in range(20):
        await asyncio.sleep(0)
    assert scene.reads() == {ONE: 2}
    following.cancel()
    await asyncio.gather(following, return_exceptions=True)


async def test_own_writes_are_told_though_nobody_has_looked_yet(scene: Scene) -> None:
    old = await scene.asked(1)
    made = await scene.stage.store.create(scene.ann, Wish(tmdb_id=2))
    assert isinstance(made, Created)
    await scene.watch.turn()
    assert await scene.told() == [(made.request.request_id, "CREATED")]
    assert old in scene.stage.seerr.world.store.requests


async def test_nobody_waits_for_a_log_that_is_away(database: Database) -> None:
    """What is done meanwhile is seen when it is back, by what Seerr itself tells of it."""
    is_away = False

    async def ready() -> Database:
        if is_away:
            raise UpstreamUnavailableError("book", "connect", "away")
        return database

    stage = SeerrStage.new(log=RecordedLog(ready))
    scene = Scene(stage)
    ann = await stage.person("Ann", Role.REQUESTER)
    max_ = await stage.person("Max", Role.MANAGER)
    await scene.watch.turn()
    is_away = True
    made = await stage.store.create(ann, Wish(tmdb_id=2))
    assert isinstance(made, Created)
    number = made.request.request_id
    assert isinstance(await stage.store.decide(max_, number, Step.DECLINE), Changed)
    with pytest.raises(UpstreamError):
        await scene.watch.turn()
    is_away = False
    await scene.watch.turn()
    events = await stage.store.events(0, most=9)
    assert [(e.kind, e.actor and e.actor.user_id) for e in events] == [
        (K.CREATED, ann.user_id),
        (K.DECLINED, max_.user_id),
    ]
    await stage.aclose()


async def test_a_lost_answer_is_looked_for(scene: Scene) -> None:
    """Nobody knows whether it was done: somebody looks soon."""
    first = await scene.asked(1)
    max_ = await scene.stage.person("Max", Role.MANAGER)
    await scene.watch.turn()
    scene.stage.port.losses = [Loss.TIME]
    with suppress(UpstreamError):
        await scene.stage.store.decide(max_, first, Step.APPROVE)
    await scene.watch.turn()
    (approved,) = await scene.stage.store.events(0, most=9)
    assert (approved.kind, approved.actor and approved.actor.display_name) == (K.APPROVED, "Max")


async def until(done: object) -> None:
    """Let others run until something is so."""
    assert callable(done)
    async with asyncio.timeout(20):
        while not done():  # noqa: ASYNC110 - a played Seerr sets no event
            await asyncio.sleep(0.001)
