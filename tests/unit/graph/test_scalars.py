"""The graph's own scalars, in and out."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.graph.scalars import SCALARS, URL, BigInt

DATE, MOMENT = SCALARS[date], SCALARS[datetime]
SAFE = 2**53 - 1


@given(st.dates(min_value=date(1000, 1, 1)))
def test_dates_come_back(day: date) -> None:
    assert DATE.parse_value(DATE.serialize(day)) == day


@pytest.mark.parametrize(
    "value",
    ["1999-3-31", "19990331", "1999-W13-3", "1999-02-30", "", "x", "1999-03-31T00", 5, None],
)
def test_what_is_no_date_is_refused(value: object) -> None:
    with pytest.raises((TypeError, ValueError), match="Date"):
        DATE.parse_value(value)


@given(st.datetimes(timezones=st.just(timezone(timedelta(hours=5, minutes=30)))))
def test_moments_go_out_in_utc(moment: datetime) -> None:
    text = MOMENT.serialize(moment)
    assert text.endswith("Z")
    assert MOMENT.parse_value(text) == moment


@pytest.mark.parametrize("value", ["2026-01-31T12:00:00", "now", "", 0])
def test_what_is_no_moment_is_refused(value: object) -> None:
    with pytest.raises((TypeError, ValueError), match="DateTime"):
        MOMENT.parse_value(value)


def test_a_moment_is_read_into_utc() -> None:
    found = MOMENT.parse_value("2026-01-31T12:00:00+02:00")
    assert found == datetime(2026, 1, 31, 10, tzinfo=UTC)
    assert found.tzinfo is UTC


@given(st.integers(-SAFE, SAFE))
def test_big_numbers_keep_every_digit(number: int) -> None:
    assert SCALARS[BigInt].serialize(number) == number


@pytest.mark.parametrize("value", [SAFE + 1, -SAFE - 1, True, 1.0, "1", None])
def test_what_a_json_number_cannot_carry_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match="BigInt"):
        SCALARS[BigInt].serialize(value)


@pytest.mark.parametrize("value", ["ftp://a", "//a", "a", "javascript:alert(1)", 5, None])
def test_what_is_no_web_address_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match="URL"):
        SCALARS[URL].parse_value(value)
