"""When a failed delivery is tried again, and what ends the trying."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.domain.request_log import RequestEventKind
from gateway.domain.webhook import Delivery, Endpoint
from gateway.webhooks.schedule import (
    JITTER,
    LONGEST_WISH_S,
    PATIENCE,
    PAUSES_S,
    Setback,
    consequence,
    is_success,
    pause_s,
)

NOW = datetime(2026, 11, 20, tzinfo=UTC)
DICE = st.floats(0, 1, exclude_max=True)
SETBACKS = st.builds(
    Setback,
    problem=st.just("no"),
    status=st.none() | st.sampled_from([301, 400, 404, 429, 500, 503]),
    retry_after_s=st.none() | st.floats(0, 1e9),
)


def endpoint(failing_since: datetime | None = None) -> Endpoint:
    return Endpoint(
        endpoint_id="e",
        url="http://x.test/",
        created_at=NOW,
        failing_since=failing_since,
    )


def delivery(attempts: int) -> Delivery:
    return Delivery(
        endpoint_id="e",
        scope="book",
        sequence=1,
        event_id="i",
        kind=RequestEventKind.CREATED,
        request_id=1,
        payload="{}",
        due_at=NOW,
        attempts=attempts,
    )


def test_the_pauses_are_as_told() -> None:
    assert PAUSES_S[:7] == (5, 30, 120, 600, 3600, 21_600, 86_400)
    assert sum(PAUSES_S) > PATIENCE.total_seconds()  # an outage disables before it gives up


@given(st.integers(0, 50), DICE, DICE)
def test_pauses_grow_are_bounded_and_end(attempts: int, die: float, other: float) -> None:
    found, later = pause_s(attempts, die), pause_s(attempts + 1, other)
    if found is None:
        assert attempts >= len(PAUSES_S)
        assert later is None
        return
    assert PAUSES_S[attempts] <= found <= PAUSES_S[attempts] * (1 + JITTER)
    if later is not None and PAUSES_S[attempts] < PAUSES_S[attempts + 1]:
        assert found < later


@settings(max_examples=50)
@given(SETBACKS, st.integers(0, 20), DICE)
def test_a_failure_is_tried_again_or_is_the_last(
    setback: Setback, attempts: int, die: float
) -> None:
    found = consequence(setback, delivery(attempts), endpoint(), now=NOW, die=die)
    assert (found.problem, found.status_code) == (setback.problem, setback.status)
    assert found.disable_why is None
    assert (found.again_at is None) == (attempts >= len(PAUSES_S))
    if found.again_at is not None:
        wait_s = (found.again_at - NOW).total_seconds()
        assert PAUSES_S[attempts] <= wait_s <= LONGEST_WISH_S * (1 + JITTER)
        wish_s = min(setback.retry_after_s or 0.0, LONGEST_WISH_S)
        assert wait_s >= wish_s - 1e-6


@settings(max_examples=50)
@given(SETBACKS, st.integers(0, 20), DICE, st.integers(-3600, 3600))
def test_three_days_of_failures_disable_and_give_nothing_up(
    setback: Setback, attempts: int, die: float, beyond_s: int
) -> None:
    since = NOW - PATIENCE - timedelta(seconds=beyond_s)
    found = consequence(setback, delivery(attempts), endpoint(since), now=NOW, die=die)
    assert (found.disable_why is not None) == (beyond_s >= 0)
    if found.disable_why is not None:
        assert "3 days" in found.disable_why
        assert found.again_at is not None


@settings(max_examples=30)
@given(st.integers(0, 20), DICE)
def test_gone_disables_at_once(attempts: int, die: float) -> None:
    setback = Setback(problem="answered 410", status=410)
    found = consequence(setback, delivery(attempts), endpoint(), now=NOW, die=die)
    assert found.disable_why == "it answered 410 Gone"
    assert found.again_at is not None


def test_only_2xx_is_success() -> None:
    assert [each for each in range(100, 600) if is_success(each)] == list(range(200, 300))


def test_an_endpoint_that_never_answers_is_disabled_by_its_first_delivery() -> None:
    """The walk through all tries of one delivery, without jitter."""
    now, since, attempts = NOW, None, 0
    while True:
        found = consequence(
            Setback(problem="no"), delivery(attempts), endpoint(since), now=now, die=0.0
        )
        if found.disable_why is not None:
            break
        assert found.again_at is not None
        since, now, attempts = since or now, found.again_at, attempts + 1
    assert PATIENCE <= now - NOW <= PATIENCE + timedelta(days=1)
