"""The day ends at midnight in California, also when the clocks change."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.upstreams.youtube.client_quota import next_reset, reset_in_s


@pytest.mark.parametrize(
    ("now", "reset"),
    [
        ("2026-01-15T12:00Z", "2026-01-16T08:00Z"),  # winter: UTC-8
        ("2026-07-15T12:00Z", "2026-07-16T07:00Z"),  # summer: UTC-7
        ("2026-01-15T07:59Z", "2026-01-15T08:00Z"),
        ("2026-01-15T08:00Z", "2026-01-16T08:00Z"),
        ("2026-03-08T08:00Z", "2026-03-09T07:00Z"),  # the day of 23 hours
        ("2026-11-01T07:00Z", "2026-11-02T08:00Z"),  # the day of 25 hours
        ("2026-11-01T09:30Z", "2026-11-02T08:00Z"),  # in the hour that comes twice
    ],
)
def test_reset(now: str, reset: str) -> None:
    assert next_reset(datetime.fromisoformat(now)) == datetime.fromisoformat(reset)


@given(st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001 - hypothesis adds the zone
def test_the_wait_is_above_zero_and_at_most_a_long_day(now: datetime) -> None:
    assert 0 < reset_in_s(now) <= timedelta(hours=25).total_seconds()
    assert next_reset(now) > now
