"""A gate opens when the upstream said so, and not before."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.errors import QuotaExhaustedError, UpstreamRateLimitedError
from gateway.transport.gate import MAX_GATE_S, Gate, retry_after_s

NOW = datetime(2026, 11, 1, 8, 0, tzinfo=UTC)


@given(st.lists(st.tuples(st.floats(0, 100), st.floats(-5, 1e9)), max_size=20))
def test_it_opens_at_the_latest_moment_asked_for(wishes: list[tuple[float, float]]) -> None:
    gate = Gate()
    now_s = opens_at_s = 0.0
    for later_s, seconds in wishes:
        now_s += later_s
        gate.close(now_s, seconds, UpstreamRateLimitedError)
        opens_at_s = max(opens_at_s, now_s + min(max(seconds, 0.0), MAX_GATE_S))
        assert gate.wait_s(now_s) == max(0.0, opens_at_s - now_s)
    assert gate.wait_s(now_s + MAX_GATE_S + 1.0) == 0.0


def test_it_refuses_with_the_error_that_closed_it() -> None:
    gate = Gate()
    gate.close(10.0, 7.0, QuotaExhaustedError)
    gate.close(10.0, 3.0, UpstreamRateLimitedError)
    error = gate.error("youtube", "videos", 12.0)
    assert type(error) is QuotaExhaustedError
    assert error.extensions["retryAfterMs"] == 5000


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        (None, None),
        ("7", 7.0),
        (" 0 ", 0.0),
        ("Sun, 01 Nov 2026 08:00:30 GMT", 30.0),
        ("Sun, 01 Nov 2026 07:00:00 GMT", 0.0),
        ("-3", None),
        ("soon", None),
        ("", None),
        ("Sun, 01 Nov 2026 08:00:30 -0000", None),
        ("\u00b2", None),
        ("9" * 400, 999999999.0),
    ],
)
def test_retry_after_is_seconds_or_a_date(header: str | None, seconds: float | None) -> None:
    assert retry_after_s(header, NOW) == seconds


@given(st.text(max_size=40))
def test_retry_after_never_raises(header: str) -> None:
    found = retry_after_s(header, NOW)
    assert found is None or 0.0 <= found < timedelta(days=4e6) / timedelta(seconds=1)
