"""The breaker against a model that keeps every event and counts anew each time."""

from __future__ import annotations

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from gateway.transport.breaker import Breaker, BreakerLimits
from gateway.transport.health import BreakerState

LIMITS = BreakerLimits(window_calls=8)


def make(roll: float = 0.5) -> Breaker:
    return Breaker(lambda: roll, LIMITS)


class BreakerAgainstModel(RuleBasedStateMachine):
    """While closed, the model decides from its list of events alone."""

    def __init__(self) -> None:
        super().__init__()
        self.now_s = 5000.0
        self.breaker = make()
        self.events: list[tuple[float, bool]] = []
        self.flying: list[int] = []
        self.stale: list[int] = []
        self.opened_at_s: float | None = None
        self.newest = -1

    @rule(seconds=st.sampled_from([0.0, 0.1, 0.5, 1.0, 3.0, 9.0, 11.0]))
    def wait(self, seconds: float) -> None:
        self.now_s += seconds

    @rule()
    def call(self) -> None:
        ticket = self.breaker.admit(self.now_s)
        if self.opened_at_s is None:
            assert ticket is not None
        elif self.now_s < self.opened_at_s + 0.5:
            assert ticket is None
        if ticket is not None:
            self.flying.append(ticket)
            self.newest = ticket

    @precondition(lambda self: self.flying and self.opened_at_s is None)
    @rule(data=st.data(), success=st.booleans())
    def end(self, data: st.DataObject, success: bool) -> None:
        ticket = self.flying.pop(data.draw(st.integers(0, len(self.flying) - 1)))
        self.events.append((self.now_s, success))
        (self.breaker.succeed if success else self.breaker.fail)(ticket, self.now_s)
        if self.is_bad():
            self.opened_at_s = self.now_s
            self.stale += self.flying
            self.flying = []

    @precondition(lambda self: self.flying and self.opened_at_s is not None)
    @rule(data=st.data(), success=st.booleans())
    def end_probe(self, data: st.DataObject, success: bool) -> None:
        """Any probe's success closes; only the newest one's failure opens anew."""
        ticket = self.flying.pop(data.draw(st.integers(0, len(self.flying) - 1)))
        (self.breaker.succeed if success else self.breaker.fail)(ticket, self.now_s)
        if success:
            self.stale += self.flying
            self.flying = []
            self.events = []
            self.opened_at_s = None
        elif ticket == self.newest:
            self.opened_at_s = self.now_s

    @precondition(lambda self: self.stale)
    @rule()
    def fail_from_another_time(self) -> None:
        """A call from before the last change cannot testify against the upstream."""
        before = self.breaker.state, self.breaker.wait_s(self.now_s)
        self.breaker.fail(self.stale.pop(), self.now_s)
        assert (self.breaker.state, self.breaker.wait_s(self.now_s)) == before

    @precondition(lambda self: self.flying)
    @rule()
    def cancel(self) -> None:
        self.breaker.forget(self.flying.pop(), self.now_s)

    @invariant()
    def same_state(self) -> None:
        is_closed = self.breaker.state is BreakerState.CLOSED
        assert is_closed is (self.opened_at_s is None)

    def is_bad(self) -> bool:
        results = [success for _, success in self.events]
        row = next((n for n, good in enumerate(reversed(results)) if good), len(results))
        oldest = int(self.now_s) - LIMITS.window_s
        window = [success for at_s, success in self.events if int(at_s) > oldest]
        share_is_low = len(window) >= LIMITS.window_calls and 2 * sum(window) < len(window)
        return row >= LIMITS.consecutive or (not results[-1] and share_is_low)


TestBreakerAgainstModel = BreakerAgainstModel.TestCase
TestBreakerAgainstModel.settings = settings(max_examples=80, stateful_step_count=60, deadline=None)


def opened(breaker: Breaker, now_s: float = 0.0) -> Breaker:
    for _ in range(5):
        ticket = breaker.admit(now_s)
        assert ticket is not None
        breaker.fail(ticket, now_s)
    assert breaker.state is BreakerState.OPEN
    return breaker


def test_one_probe_at_a_time_and_its_success_closes() -> None:
    breaker = opened(make())
    assert breaker.wait_s(0.0) == pytest.approx(0.75)
    probe = breaker.admit(0.75)
    assert probe is not None
    assert breaker.state is BreakerState.HALF_OPEN
    assert breaker.admit(1.0) is None
    breaker.succeed(probe, 1.0)
    assert breaker.state is BreakerState.CLOSED
    assert breaker.wait_s(1.0) == 0.0


def test_a_hanging_probe_gets_a_successor_and_may_still_succeed() -> None:
    breaker = opened(make())
    first = breaker.admit(1.0)
    assert breaker.admit(3.9) is None
    second = breaker.admit(4.0)
    assert first is not None
    assert second is not None
    breaker.fail(first, 4.5)  # the older one no longer decides on failure
    assert breaker.state is BreakerState.HALF_OPEN
    breaker.succeed(first, 4.6)
    assert breaker.state is BreakerState.CLOSED


def test_a_cancelled_probe_leaves_its_place() -> None:
    breaker = opened(make())
    probe = breaker.admit(1.0)
    assert probe is not None
    breaker.forget(probe, 1.1)
    assert breaker.admit(1.1) is not None


@pytest.mark.parametrize("roll", [0.0, 0.5, 0.999])
def test_open_times_double_with_jitter_between_half_a_second_and_four(roll: float) -> None:
    breaker = opened(make(roll))
    now_s, waits = 0.0, []
    for _ in range(5):
        waits.append(breaker.wait_s(now_s))
        now_s += waits[-1]
        probe = breaker.admit(now_s)
        assert probe is not None
        breaker.fail(probe, now_s)
    bounds = [1.0, 2.0, 3.5, 3.5, 3.5]
    assert waits == pytest.approx([bound * (0.5 + roll / 2) for bound in bounds])
    assert all(0.5 <= wait <= 4.0 for wait in waits)


def test_an_outage_longer_than_the_window_is_forgotten_on_closing() -> None:
    breaker = opened(make())
    probe = breaker.admit(2.0)
    assert probe is not None
    breaker.succeed(probe, 2.0)
    ticket = breaker.admit(2.0)
    assert ticket is not None
    breaker.fail(ticket, 2.0)
    assert breaker.state is BreakerState.CLOSED
