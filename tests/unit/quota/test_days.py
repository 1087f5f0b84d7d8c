"""Days follow each other without a gap, whatever the clocks do."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.quota.days import Day, day_of, midnights

PACIFIC = ZoneInfo("America/Los_Angeles")
HOUR_S = 3600


def at(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()


@pytest.mark.parametrize(
    ("now", "starts", "hours"),
    [
        ("2026-01-15T12:00Z", "2026-01-15T08:00Z", 24),
        ("2026-07-15T12:00Z", "2026-07-15T07:00Z", 24),
        ("2026-03-08T08:00Z", "2026-03-08T08:00Z", 23),
        ("2026-03-09T06:59Z", "2026-03-08T08:00Z", 23),
        ("2026-03-09T07:00Z", "2026-03-09T07:00Z", 24),
        ("2026-11-01T09:30Z", "2026-11-01T07:00Z", 25),  # in the hour that comes twice
        ("2026-11-02T07:59Z", "2026-11-01T07:00Z", 25),
        ("2026-11-02T08:00Z", "2026-11-02T08:00Z", 24),
    ],
)
def test_a_day_in_california(now: str, starts: str, hours: int) -> None:
    day = day_of(at(now), PACIFIC)
    assert day.starts_at_s == at(starts)
    assert day.ends_at_s - day.starts_at_s == hours * HOUR_S
    assert day.ends_at == datetime.fromtimestamp(day.ends_at_s, UTC)


@given(
    st.floats(at("2020-01-01T00:00Z"), at("2037-01-01T00:00Z")),
    st.sampled_from([PACIFIC, ZoneInfo("UTC"), ZoneInfo("Asia/Kolkata")]),
)
def test_each_moment_has_one_day_and_its_neighbours_touch(now_s: float, zone: ZoneInfo) -> None:
    before_s, start_s, end_s, after_s = midnights(now_s, zone)
    assert now_s in Day(start_s, end_s)
    assert day_of(start_s, zone) == Day(start_s, end_s)
    assert day_of(start_s - 0.001, zone) == Day(before_s, start_s)
    assert day_of(end_s, zone) == Day(end_s, after_s)
    assert 23 * HOUR_S <= end_s - start_s <= 25 * HOUR_S
    local = datetime.fromtimestamp(start_s, zone)
    assert (local.hour, local.minute, local.second) == (0, 0, 0)
