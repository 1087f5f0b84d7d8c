"""Connections to Seerr that are cut while a write is on them: over sockets, at any moment."""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field

import pytest

from gateway.domain.request_outcomes import Changed, Conflict, Created, Unconfirmed
from gateway.domain.request_rules import Actor, Step
from gateway.domain.request_store import Wish
from gateway.domain.role import Role
from gateway.errors import UpstreamError
from gateway.sandbox.seerr import SandboxSeerr
from gateway.transport.pool import PoolLimits
from gateway.transport.port import HttpAnswer
from gateway.transport.socket_port import SocketPort
from gateway.upstreams.seerr import creating
from gateway.upstreams.seerr.store import SeerrStore
from tests.faults.house import serving
from tests.faults.proxy import ChaosProxy, proxied
from tests.upstreams.lossy import MeddledPort
from tests.upstreams.seerr_stage import PERMISSIONS, empty_seerr, http_to, seat, store_at

ANN = Actor(user_id=10, role=Role.REQUESTER)
MAX = Actor(user_id=11, role=Role.MANAGER)


@dataclass
class Storm:
    """Cuts every connection some time after a write has gone out, mostly before it is answered."""

    proxy: ChaosProxy
    rng: random.Random
    cuts: int = 0
    blows: bool = True
    usual_s: float = 0.006  # that a write takes; learned from those that came through
    _sent_at_s: float = 0.0
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    def before(self, method: str) -> None:
        """Hear of a call that is about to go out."""
        self._sent_at_s = time.perf_counter()
        if method != "GET" and self.blows:
            task = asyncio.create_task(self._cut(self.rng.random() * self.usual_s))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    def after(self, method: str, found: HttpAnswer) -> HttpAnswer:
        """Hear of an answer."""
        if method != "GET":
            took_s = time.perf_counter() - self._sent_at_s
            self.usual_s += (took_s - self.usual_s) / 8
        return found

    async def _cut(self, after_s: float) -> None:
        await asyncio.sleep(after_s)
        self.cuts += self.proxy.open_connections > 0
        await self.proxy.drop(reset=self.rng.random() < 0.5)

    async def over(self) -> None:
        """Blow no more."""
        self.blows = False
        await asyncio.gather(*self._tasks)


@dataclass
class Coast:
    """A Seerr, a storm, and a store that has to get along with it."""

    seerr: SandboxSeerr
    storm: Storm
    store: SeerrStore
    port: MeddledPort


async def blink(seconds: float) -> None:
    """A fiftieth of the time."""
    await asyncio.sleep(seconds / 50)


@asynccontextmanager
async def coast(seed: int) -> AsyncIterator[Coast]:
    """Seerr behind a proxy that cuts."""
    seerr = empty_seerr()
    seat(seerr, ANN.user_id, "Ann", PERMISSIONS[Role.REQUESTER])
    seat(seerr, MAX.user_id, "Max", PERMISSIONS[Role.MANAGER])
    async with AsyncExitStack() as stack:
        proxy = await stack.enter_async_context(
            proxied(await stack.enter_async_context(serving(seerr.app())))
        )
        storm = Storm(proxy, random.Random(seed))
        port = MeddledPort(
            SocketPort(PoolLimits(idle_s=4.0)), before=storm.before, after=storm.after
        )
        stack.push_async_callback(port.aclose)
        store = store_at(http_to(port, f"http://127.0.0.1:{proxy.port}"), sleep=blink)
        yield Coast(seerr, storm, store, port)
        await storm.over()
        await store.aclose()


def numbers(seerr: SandboxSeerr) -> dict[int, list[int]]:
    """Requests by film, as Seerr holds them."""
    found: dict[int, list[int]] = {}
    for row in seerr.world.store.requests.values():
        found.setdefault(row.media.tmdb_id, []).append(row.id)
    return found


async def asked(coast: Coast, tmdb_id: int, said: Counter[str]) -> None:
    """Ask with a key until the store knows; after each answer, hold it against what is so."""
    for _ in range(50):
        try:
            outcome = await coast.store.create(ANN, Wish(tmdb_id=tmdb_id), key=f"k{tmdb_id}")
        except UpstreamError as exc:
            said[f"{type(exc).__name__}: {exc.detail}"] += 1
            await coast.seerr.settled()
            if tmdb_id in numbers(coast.seerr):
                pytest.fail(f"a false failure: {exc}")
            await blink(1.0)
            continue
        said[type(outcome).__name__] += 1
        if isinstance(outcome, Unconfirmed):
            return
        assert isinstance(outcome, Created)
        assert outcome.created
        assert numbers(coast.seerr)[tmdb_id] == [outcome.request.request_id]
        return
    pytest.fail("no end")


async def weathered(films: int, seed: int) -> tuple[int, Counter[str]]:
    """Ask for films in a storm; then, in the calm, let what was unclear be told."""
    said: Counter[str] = Counter()
    async with coast(seed) as here:
        for tmdb_id in range(1, films + 1):
            await asked(here, tmdb_id, said)
        await here.storm.over()
        await here.seerr.settled()
        assert all(len(ids) == 1 for ids in numbers(here.seerr).values())
        here.store.desk.slips._clock = _later(here.store)
        for tmdb_id in range(1, films + 1):
            found = await here.store.create(ANN, Wish(tmdb_id=tmdb_id), key=f"k{tmdb_id}")
            assert isinstance(found, Created), tmdb_id
        held = numbers(here.seerr)
        assert sorted(held) == list(range(1, films + 1))
        assert all(len(ids) == 1 for ids in held.values())
        return here.storm.cuts, said


def _later(store: SeerrStore) -> object:
    """When no call that was cut can come to anything any more."""
    clock = store.desk.slips._clock
    return lambda: clock() + creating.DOUBT_S


def lost(caplog: pytest.LogCaptureFixture) -> int:
    """Writes that went out and had no answer."""
    return sum(each.message == "answer lost" for each in caplog.records)


async def test_cut_writes_are_neither_lost_nor_doubled(caplog: pytest.LogCaptureFixture) -> None:
    cuts, said = await weathered(40, seed=1)
    assert cuts >= 20
    assert lost(caplog) >= 5
    assert said["Created"] + said["Unconfirmed"] == 40


@pytest.mark.slow
@pytest.mark.timeout(900)
async def test_a_thousand_cut_connections(caplog: pytest.LogCaptureFixture) -> None:
    cuts, total = 0, Counter[str]()
    for seed in range(2, 60):
        more, said = await weathered(100, seed)
        cuts += more
        total += said
        if lost(caplog) >= 1000:
            break
    print(f"\n{cuts} cut, {lost(caplog)} answers lost: {dict(total)}")  # noqa: T201 - a figure
    assert lost(caplog) >= 1000


async def test_cut_decisions_are_taken_once() -> None:
    """Told as done they are; told as failed they can be sent again."""
    async with coast(seed=7) as here:
        here.storm.blows = False
        for tmdb_id in range(1, 9):
            assert isinstance(await here.store.create(ANN, Wish(tmdb_id=tmdb_id)), Created)
        here.storm.blows = True
        for request_id in sorted(here.seerr.world.store.requests):
            for _ in range(50):
                try:
                    done = await here.store.decide(MAX, request_id, Step.APPROVE)
                except UpstreamError:
                    await blink(1.0)
                    continue
                assert isinstance(done, Changed), done
                break
        here.storm.blows = False
        for request_id in sorted(here.seerr.world.store.requests):
            assert isinstance(await here.store.decide(MAX, request_id, Step.APPROVE), Conflict)


async def test_a_slow_tmdb_makes_no_second_request() -> None:
    """Seerr waits for TMDB for ever, and goes on when its caller has left."""
    async with coast(seed=8) as here:
        here.storm.blows = False
        gate = asyncio.Event()

        async def wait(_: float) -> None:
            await gate.wait()

        tmdb = here.seerr.world.tmdb
        tmdb.sleep, tmdb.delays_s = wait, {603: 60.0}

        def forget(method: str) -> None:
            """The film's page was known to Seerr; by now it has to ask again."""
            if method == "GET":
                tmdb.delays_s = {}
            else:
                tmdb.forget()
                tmdb.delays_s = {603: 60.0}
                loop.call_later(0.05, lambda: loop.create_task(here.storm.proxy.drop(reset=True)))

        loop = asyncio.get_running_loop()
        here.port.before = forget
        outcome = await here.store.create(ANN, Wish(tmdb_id=603))
        assert isinstance(outcome, Unconfirmed)
        assert numbers(here.seerr) == {}
        gate.set()
        await here.seerr.settled()
        outcome = await here.store.create(ANN, Wish(tmdb_id=603))
        assert isinstance(outcome, Created)
        assert outcome.created
        assert numbers(here.seerr) == {603: [outcome.request.request_id]}
