"""The transport asks its budget before every try, and gives back what was not sent."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from typing import TypeVar

import pytest

from gateway.errors import (
    QuotaExhaustedError,
    UpstreamError,
    UpstreamRateLimitedError,
    UpstreamUnavailableError,
)
from gateway.quota.budget import UpstreamBudget
from gateway.quota.ledger import Ledger
from gateway.quota.spec import BudgetSpec, DailySpec, RateSpec
from gateway.transport import deadline
from gateway.transport.http import UpstreamHttp
from gateway.transport.limits import CallLimits
from gateway.transport.port import HttpAnswer, NotConnectedError
from tests.unit.quota.test_gcra import most_at_once
from tests.unit.transport.conftest import Film, PlayedPort, Script, VirtualLoop, answer

T = TypeVar("T")
NOON_S = 1_784_142_000.0
DAY = DailySpec(name="units", per_day=10, zone="America/Los_Angeles")
RATE = RateSpec(name="calls", per_s=40)


def virtually(main: Callable[[], Coroutine[None, None, T]]) -> T:
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        return runner.run(main())


class World:
    """One process without Redis and its upstream, in virtual time."""

    def __init__(
        self,
        *specs: BudgetSpec,
        script: Script = lambda _now_s, _n: (0.03, answer()),
        limits: CallLimits = CallLimits(),  # noqa: B008 - frozen
        classify: Callable[[HttpAnswer], UpstreamError | None] | None = None,
        hedged: Sequence[str] = (),
    ) -> None:
        clock = asyncio.get_running_loop().time
        self.clock = clock
        self.port = PlayedPort(script)
        self.budget = UpstreamBudget(
            "tmdb",
            specs,
            ledger=Ledger(None, clock=clock),
            clock=clock,
            now=lambda: NOON_S + clock(),
        )
        self.http = UpstreamHttp(
            "tmdb",
            self.port,
            base_url="http://x",
            limits=limits,
            classify=classify,
            hedged=hedged,
            budget=self.budget,
            clock=clock,
            dice=lambda: 0.5,
        )

    async def call(self, operation: str = "movie") -> Film | None:
        with deadline.limit(5.0, clock=self.clock):
            return await self.http.get(operation, "/m", Film)

    async def calls(self, count: int) -> list[Film | BaseException | None]:
        return await asyncio.gather(*(self.call() for _ in range(count)), return_exceptions=True)

    @property
    def left(self) -> int:
        state = self.http.quota()
        assert state is not None
        return state.left


def test_a_crowd_is_spread_over_time_and_the_rest_is_refused() -> None:
    async def main() -> None:
        world = World(RATE)
        found = await world.calls(400)
        refused = [each for each in found if isinstance(each, UpstreamRateLimitedError)]
        assert len(refused) + len(world.port.sent_at_s) == 400
        assert 150 <= len(world.port.sent_at_s) <= 211  # nearly five seconds of it
        assert not any(isinstance(each, QuotaExhaustedError) for each in refused)
        assert all(each.retry_after_s and each.retry_after_s > 0 for each in refused)
        for window_s in (0.0, 0.1, 1.0):
            most = most_at_once(world.port.sent_at_s, window_s)
            assert most <= RATE.per_s * (window_s + RATE.burst_s) + 1.001

    virtually(main)


def test_a_spent_day_refuses_without_a_call_and_names_midnight() -> None:
    async def main() -> None:
        world = World(DAY)
        found = await world.calls(13)
        assert len(world.port.sent_at_s) == DAY.per_day
        refused = [each for each in found if isinstance(each, QuotaExhaustedError)]
        assert len(refused) == 3
        state = world.http.quota()
        assert state is not None
        wait_s = state.resets_at.timestamp() - NOON_S - world.clock()
        assert refused[0].extensions["retryAfterMs"] == pytest.approx(1000 * wait_s, abs=100)
        assert refused[0].extensions["code"] == "QUOTA_EXHAUSTED"
        assert world.left == 0
        status = world.http.status()
        assert (status.in_flight, status.breaker.value) == (0, "CLOSED")

    virtually(main)


def test_a_retry_is_a_call_too() -> None:
    async def main() -> None:
        world = World(DAY, script=lambda _, n: (0.03, answer(500 if n < 2 else 200)))
        assert await world.call() == Film(id=603)
        assert (len(world.port.sent_at_s), world.left) == (3, DAY.per_day - 3)

    virtually(main)


def test_a_hedge_is_a_call_too_and_never_takes_the_last_turn() -> None:
    async def main() -> None:
        script: Script = lambda _, n: (0.03 + 0.001 * (n * 37 % 100), answer())  # noqa: E731
        world = World(DailySpec(name="units", per_day=1000), script=script, hedged=("movie",))
        for _ in range(300):
            await world.call()
        assert 305 <= len(world.port.sent_at_s) <= 315
        assert world.left == 1000 - len(world.port.sent_at_s)
        slow = RateSpec(name="calls", per_s=1, burst_s=0.2)
        tight = World(slow, script=script, hedged=("movie",))
        for _ in range(300):
            await tight.call()
        assert len(tight.port.sent_at_s) == 300

    virtually(main)


def test_what_never_left_costs_nothing_what_left_does() -> None:
    async def main() -> None:
        limits = CallLimits(retries=0)
        unsent = World(DAY, script=lambda _, __: (0.0, NotConnectedError("refused")), limits=limits)
        with pytest.raises(UpstreamUnavailableError):
            await unsent.call()
        assert unsent.left == DAY.per_day
        invalid = World(DAY, script=lambda _, __: (0.0, answer(400)), limits=limits)
        with pytest.raises(UpstreamError):
            await invalid.call()
        assert invalid.left == DAY.per_day - 1

    virtually(main)


def test_the_upstreams_own_refusal_spends_the_day() -> None:
    def classify(found: HttpAnswer) -> UpstreamError | None:
        spent = QuotaExhaustedError("tmdb", "answer", "spent", retry_after_s=3600.0)
        return spent if found.status == 403 else None

    async def main() -> None:
        world = World(
            DAY, script=lambda _, n: (0.0, answer(403 if n == 1 else 200)), classify=classify
        )
        await world.call()
        with pytest.raises(QuotaExhaustedError):
            await world.call()
        with pytest.raises(QuotaExhaustedError) as caught:
            await world.call("another")  # the guard's gate is the first operation's own
        assert caught.value.retry_after_s == pytest.approx(3600, abs=1)
        assert (len(world.port.sent_at_s), world.left) == (2, 0)

    virtually(main)


def test_each_operation_pays_its_own_budget() -> None:
    async def main() -> None:
        searches = DailySpec(name="searches", per_day=2, only={"search"})
        units = DailySpec(name="units", per_day=10, but={"search"})
        world = World(units, searches)
        await world.call("videos")
        assert world.left == 9
        await world.call("search")
        await world.call("search")
        with pytest.raises(QuotaExhaustedError, match="searches"):
            await world.call("search")
        await world.call("videos")
        assert len(world.port.sent_at_s) == 4

    virtually(main)


@pytest.mark.parametrize("pace_s", [0.0, 0.007])
@pytest.mark.parametrize("kind", ["healthy", "unsent"])
def test_nothing_leaks_whenever_callers_are_cancelled(kind: str, pace_s: float) -> None:
    """Thirty callers share two permits, forty turns a second and a day; some of them go."""
    day = DailySpec(name="units", per_day=1000)

    async def run_to(step: int) -> None:
        unsent = NotConnectedError("refused")
        world = World(
            day,
            RATE,
            script=lambda _, n: (0.02, unsent if kind == "unsent" and n % 3 else answer()),
            limits=CallLimits(
                max_concurrency=20, start_concurrency=20, min_concurrency=1, retries=0
            ),
        )
        calls = [asyncio.create_task(world.call()) for _ in range(30)]
        for _ in range(step):
            await asyncio.sleep(pace_s)
        for call in calls[step % 3 :: 2]:
            call.cancel()
        await asyncio.gather(*calls, return_exceptions=True)
        sent = len(world.port.sent_at_s)
        most, fewest = sent, 0 if kind == "unsent" else sent
        assert day.per_day - most <= world.left <= day.per_day - fewest
        status = world.http.status()
        assert (status.in_flight, status.queued, world.port.open) == (0, 0, 0)
        await world.budget.aclose()
        assert asyncio.all_tasks() == {asyncio.current_task()}

    for step in range(40):
        virtually(lambda step=step: run_to(step))  # type: ignore[misc] # bound now
