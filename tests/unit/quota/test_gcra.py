"""No window of time holds more calls than the rate allows, however turns are booked and held."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.quota.gcra import Gcra, Turn, Turns
from gateway.quota.spec import HOLD_S, RateSpec

SPEC = RateSpec(name="calls", per_s=40)


def most_at_once(times_s: list[float], window_s: float) -> int:
    """The fullest window, both of its ends included."""
    ordered = sorted(times_s)
    return max(
        (sum(at <= other <= at + window_s for other in ordered) for at in ordered), default=0
    )


@given(
    steps=st.lists(
        st.tuples(
            st.floats(0, 0.4),  # the pause before a booking
            st.integers(1, 12),  # turns that are wanted
            st.lists(st.floats(0, 1), min_size=12, max_size=12),  # when each is used
        ),
        max_size=30,
    ),
    window_s=st.floats(0, 2),
)
def test_any_window_is_bounded(
    steps: list[tuple[float, int, list[float]]], window_s: float
) -> None:
    rate, now_s, used = Gcra(SPEC), 100.0, []
    for pause_s, wanted, uses in steps:
        now_s += pause_s
        booking = rate.book(now_s, wanted, horizon_s=1.0)
        for at, use in zip(range(booking.turns), uses, strict=False):
            opens_s = booking.starts_at_s + at * rate.step_s
            earliest_s = max(now_s, opens_s)
            used.append(earliest_s + use * (opens_s + SPEC.burst_s - earliest_s))
    assert most_at_once(used, window_s) <= SPEC.per_s * (window_s + SPEC.burst_s) + 1 + 1e-6


def test_a_rested_rate_gives_a_burst_and_then_a_steady_pace() -> None:
    rate = Gcra(SPEC)
    booking = rate.book(10.0, 50, horizon_s=0.5)
    opens_s = [booking.starts_at_s + at * rate.step_s for at in range(booking.turns)]
    at_once = [at for at in opens_s if at <= 10.0]
    assert len(at_once) == int((SPEC.burst_s - HOLD_S) * SPEC.per_s) + 1
    assert all(at + SPEC.burst_s >= 10.0 + HOLD_S - 1e-9 for at in at_once)
    assert {round(after - before, 9) for before, after in pairwise(opens_s)} == {0.025}
    assert opens_s[-1] <= 10.5 + 1e-9


def test_no_turn_opens_beyond_the_horizon_or_within_a_pause() -> None:
    rate = Gcra(SPEC)
    rate.pause(20.0)
    refused = rate.book(10.0, 5, horizon_s=9.0)
    assert (refused.turns, refused.starts_at_s) == (0, 20.0)
    booked = rate.book(10.0, 5, horizon_s=10.0)
    assert (booked.turns, booked.starts_at_s) == (1, 20.0)


@pytest.mark.parametrize("share", [1.0, 0.25])
def test_a_share_is_that_much_slower(share: float) -> None:
    rate = Gcra(SPEC, share=share)
    rate.book(0.0, 1000, horizon_s=10.0)
    found = rate.book(10.0, 10_000, horizon_s=10.0).turns
    assert found == pytest.approx(400 * share, abs=1)


def test_turns_are_taken_in_order_while_they_are_good() -> None:
    turns = Turns()
    for opens_s in (3.0, 1.0, 2.0):
        turns.add(Turn(opens_s, opens_s + 0.25))
    assert turns.take(0.0, 0.5) is None
    assert turns.take(0.0, 1.5) == Turn(1.0, 1.25)
    turns.drop_passed(2.5)
    assert turns.opens_at_s(2.5) == 3.0
    assert turns.take(3.1, 0.0) == Turn(3.0, 3.25)
