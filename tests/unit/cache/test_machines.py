"""The small pure machines: what an entry is worth, when Redis is tried again."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from gateway.cache.entry import Lifetime
from gateway.cache.trip import LONGEST_PAUSE_S, TRIP_AFTER, Trip
from gateway.cache.verdict import HOT_ODDS, Verdict, judged

LIFE = Lifetime(stored_at=0, fresh_until=100, unasked_until=200, stale_until=300)


def test_an_entry_ages_through_its_verdicts() -> None:
    verdicts = [judged(LIFE, now=now, dice=1) for now in (0, 99, 100, 199, 200, 299, 300)]
    fresh, stale, ask, dead = Verdict.FRESH, Verdict.STALE, Verdict.ASK_FIRST, Verdict.DEAD
    assert verdicts == [fresh, fresh, stale, stale, ask, ask, dead]


def test_only_the_last_tenth_of_a_fresh_life_is_hot_and_only_by_chance() -> None:
    assert judged(LIFE, now=89, dice=0) is Verdict.FRESH
    assert judged(LIFE, now=91, dice=0) is Verdict.HOT
    assert judged(LIFE, now=91, dice=HOT_ODDS) is Verdict.FRESH


def test_what_is_never_served_stale_is_never_refreshed_early() -> None:
    life = Lifetime(stored_at=0, fresh_until=100, unasked_until=100, stale_until=100)
    assert judged(life, now=99, dice=0) is Verdict.FRESH


@given(st.lists(st.booleans(), max_size=30))
def test_the_switch_opens_on_failures_in_a_row(outcomes: list[bool]) -> None:
    trip, row = Trip(), 0
    for is_good in outcomes:
        was_open = trip.is_open
        if is_good:
            trip.succeeded()
            row = 0
        else:
            row += 1
            assert trip.failed() is (not was_open and row >= TRIP_AFTER)
        assert trip.is_open is (row >= TRIP_AFTER)


@given(st.floats(0, 1))
def test_probes_grow_apart_but_never_beyond_the_longest_pause(dice: float) -> None:
    trip = Trip()
    pauses = [trip.pause_s(dice) for _ in range(10)]
    assert pauses == sorted(pauses)
    assert max(pauses) <= LONGEST_PAUSE_S
    trip.succeeded()
    assert trip.pause_s(dice) == pauses[0]
