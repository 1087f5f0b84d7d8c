"""A process on its own: its share of a day, and a new day at midnight in California."""

from __future__ import annotations

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.quota.ledger import Grant
from gateway.quota.purse import Purse
from gateway.quota.spec import DailySpec

UNITS = DailySpec(name="units", per_day=100, zone="America/Los_Angeles", block=20)


def at(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()


NOON_S = at("2026-07-15T19:00Z")
MIDNIGHT_S = at("2026-07-16T07:00Z")


def alone(replicas: int = 1, at_s: float = NOON_S) -> Purse:
    purse = Purse(UNITS, replicas=replicas, at_s=at_s)
    purse.go_alone(at_s, 1)
    return purse


def spend(purse: Purse, at_s: float) -> int:
    """Units that can be taken one by one until there is no more."""
    count = 0
    while purse.take(at_s, 1) is not None:
        count += 1
        assert count <= 10 * UNITS.per_day
    return count


def granted(purse: Purse, *, units: int, used: int, spent_until_s: int = 0) -> Grant:
    return Grant(
        units=units,
        now_s=NOON_S,
        day=purse.day,
        book_id="1.0",
        used=used,
        spent_until_s=spent_until_s,
    )


@given(st.integers(1, 150))
def test_shares_together_stay_within_the_day(replicas: int) -> None:
    shares = [spend(alone(replicas), NOON_S) for _ in range(replicas)]
    assert sum(shares) <= UNITS.per_day
    assert UNITS.per_day - sum(shares) < replicas


@pytest.mark.parametrize(
    ("starts", "ends"),
    [
        ("2026-07-15T07:00Z", "2026-07-16T07:00Z"),
        ("2026-03-08T08:00Z", "2026-03-09T07:00Z"),  # 23 hours
        ("2026-11-01T07:00Z", "2026-11-02T08:00Z"),  # 25 hours
    ],
)
def test_a_spent_day_is_spent_to_its_last_second(starts: str, ends: str) -> None:
    purse = alone(at_s=at(starts))
    assert spend(purse, at(starts)) == 100
    assert spend(purse, at(ends) - 0.001) == 0
    assert purse.wait_s(at(starts)) == at(ends) - at(starts)
    assert purse.left(at(ends)) == 100
    assert not purse.is_empty(at(ends))


def test_units_of_yesterday_are_worth_nothing_today() -> None:
    purse = Purse(UNITS, replicas=1, at_s=NOON_S)
    purse.receive(NOON_S, granted(purse, units=20, used=20))
    day = purse.take(NOON_S, 5)
    assert day is not None
    assert purse.take(MIDNIGHT_S, 1) is None
    purse.give_back(day, 5)
    assert purse.take(MIDNIGHT_S, 1) is None


def test_alone_means_a_share_of_what_was_left() -> None:
    purse = Purse(UNITS, replicas=4, at_s=NOON_S)
    purse.receive(NOON_S, granted(purse, units=10, used=60))
    purse.go_alone(NOON_S, 1)
    assert spend(purse, NOON_S) == 10 + 40 // 4


def test_the_ledger_hears_once_of_what_was_spent_without_it() -> None:
    purse = alone()
    for _ in range(7):
        purse.take(NOON_S, 1)
    order, _ = purse.order(NOON_S, 1)
    assert order.added == 7
    purse.take(NOON_S, 2)  # while the order is on its way
    assert purse.order(NOON_S, 3) == (order, purse.order(NOON_S, 3)[1])
    purse.receive(NOON_S, granted(purse, units=21, used=28))
    assert purse.order(NOON_S, 1)[0].added == 2
    assert purse.order(NOON_S, 1)[0].number == order.number + 1


def test_what_was_lent_from_another_day_is_not_told() -> None:
    purse = alone()
    purse.take(NOON_S, 7)
    assert purse.order(MIDNIGHT_S, 1)[0].added == 0


def test_the_upstreams_word_ends_the_day_of_its_call_only() -> None:
    purse = alone()
    yesterday = purse.day
    assert purse.take(MIDNIGHT_S, 1) is None
    purse.exhaust(MIDNIGHT_S, yesterday, 24 * 3600)  # the answer came after midnight
    assert not purse.is_empty(MIDNIGHT_S)
    assert purse.left(MIDNIGHT_S) == 100
    purse.exhaust(MIDNIGHT_S, purse.day, None)
    assert purse.left(MIDNIGHT_S) == 0
    assert purse.is_empty(purse.day.ends_at_s - 0.001)
    assert not purse.is_empty(purse.day.ends_at_s)


def test_an_upstream_that_names_an_hour_is_asked_again_after_it() -> None:
    purse = Purse(UNITS, replicas=1, at_s=NOON_S)
    purse.receive(NOON_S, granted(purse, units=20, used=20))
    purse.exhaust(NOON_S, purse.day, 3600)
    assert purse.take(NOON_S + 3599, 1) is None
    assert purse.wait_s(NOON_S) == 3600
    assert purse.take(NOON_S + 3600, 1) == purse.day


def test_at_the_end_what_is_in_hand_goes_back() -> None:
    purse = Purse(UNITS, replicas=1, at_s=NOON_S)
    assert purse.last_order(NOON_S) is None
    purse.receive(NOON_S, granted(purse, units=20, used=20))
    purse.take(NOON_S, 3)
    last = purse.last_order(NOON_S)
    assert last is not None
    assert (last[0].added, last[0].needed) == (-17, 0)
    assert purse.take(NOON_S, 1) is None
