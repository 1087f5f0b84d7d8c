"""How many at a time, and in which order."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.transport.limiter import AimdLimit
from gateway.transport.turnstile import QueueFullError, Turnstile


@given(st.lists(st.tuples(st.booleans(), st.floats(0, 3)), max_size=300))
def test_the_limit_stays_in_bounds_and_one_burst_is_one_sign(
    events: list[tuple[bool, float]],
) -> None:
    limit = AimdLimit(32, least=4, most=64)
    now_s = 0.0
    for eased, later_s in events:
        now_s += later_s
        before = limit.permits
        if eased:
            limit.eased(before)
            assert before <= limit.permits <= before + 1
        else:
            limit.jammed(now_s)
            after = limit.permits
            limit.jammed(now_s)
            assert limit.permits == after >= int(before * 0.75)
        assert 4 <= limit.permits <= 64


def test_the_limit_grows_only_where_it_is_needed() -> None:
    limit = AimdLimit(8, least=4, most=64)
    for _ in range(100):
        limit.eased(3)
    assert limit.permits == 8
    for _ in range(3000):
        limit.eased(limit.permits)
    assert limit.permits == 64


def test_a_start_outside_its_bounds_is_clamped() -> None:
    assert AimdLimit(32, least=4, most=2).permits == 2
    assert AimdLimit(1, least=4, most=8).permits == 4


class Visitors:
    """Come, wait, lose patience and leave again, as a list of actions says."""

    def __init__(self) -> None:
        self.turnstile = Turnstile(AimdLimit(2, least=1, most=2), queue=5)
        self.arrivals: list[int] = []
        self.tasks: list[asyncio.Task[None]] = []
        self.held = 0

    async def enter(self) -> None:
        self.tasks.append(asyncio.create_task(self.visit(len(self.tasks))))
        await asyncio.sleep(0)

    async def visit(self, number: int) -> None:
        await self.turnstile.enter()
        self.arrivals.append(number)
        self.held += 1

    async def leave(self) -> None:
        if self.held:
            self.held -= 1
            self.turnstile.leave()

    async def cancel(self) -> None:
        for task in [task for task in self.tasks if not task.done()][:1]:
            task.cancel()

    async def cancel_on_arrival(self) -> None:
        await self.leave()
        await self.cancel()

    async def settle(self) -> None:
        for _ in range(4):
            await asyncio.sleep(0)


ACTIONS = (
    Visitors.enter,
    Visitors.leave,
    Visitors.cancel,
    Visitors.cancel_on_arrival,
    Visitors.settle,
)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.sampled_from(ACTIONS), max_size=80))
def test_first_come_first_served_and_no_permit_is_lost(
    actions: list[Callable[[Visitors], Awaitable[None]]],
) -> None:
    async def main() -> None:
        visitors = Visitors()
        for action in actions:
            await action(visitors)
        await visitors.settle()
        assert visitors.turnstile.in_flight == visitors.held <= 2
        while visitors.held:
            await visitors.leave()
            await visitors.settle()
        found = await asyncio.gather(*visitors.tasks, return_exceptions=True)
        refused = (QueueFullError, asyncio.CancelledError)
        assert all(result is None or isinstance(result, refused) for result in found)
        assert visitors.arrivals == sorted(visitors.arrivals)
        assert (visitors.turnstile.in_flight, visitors.turnstile.queued) == (0, 0)

    asyncio.run(main())


async def test_a_full_line_refuses_and_a_late_turn_times_out() -> None:
    turnstile = Turnstile(AimdLimit(1, least=1, most=1), queue=1)
    assert turnstile.try_enter()
    waiting = asyncio.ensure_future(turnstile.enter(0.0))
    await asyncio.sleep(0)
    with pytest.raises(QueueFullError):
        await turnstile.enter()
    with pytest.raises(TimeoutError):
        await waiting
    turnstile.leave()
    assert turnstile.try_enter()
    assert turnstile.queued == 0


async def test_nobody_overtakes_those_who_wait() -> None:
    turnstile = Turnstile(AimdLimit(1, least=1, most=1), queue=5)
    assert turnstile.try_enter()
    waiting = asyncio.ensure_future(turnstile.enter())
    await asyncio.sleep(0)
    turnstile.leave()  # the permit is promised from here on
    assert not turnstile.try_enter()
    await waiting
    assert turnstile.in_flight == 1


@pytest.mark.parametrize("is_late", [True, False])
async def test_a_turn_and_its_end_in_the_same_moment(is_late: bool) -> None:
    """Whichever came first counts, and the permit is held once or not at all."""
    turnstile = Turnstile(AimdLimit(1, least=1, most=1), queue=5)
    assert turnstile.try_enter()
    waiting = asyncio.ensure_future(turnstile.enter(60.0))
    await asyncio.sleep(0)
    (waiter,) = turnstile._waiting
    steps = [lambda: turnstile._expire(waiter), turnstile.leave]
    for step in steps if is_late else reversed(steps):
        step()
    await asyncio.wait([waiting])
    assert isinstance(waiting.exception(), TimeoutError) is is_late
    assert (turnstile.in_flight, turnstile.queued) == (0 if is_late else 1, 0)
