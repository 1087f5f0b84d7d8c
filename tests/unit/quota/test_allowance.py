"""A client's minute: what it may take at once, what comes back, and when it is let in again."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.quota.allowance import MINUTE_US, Allowance
from gateway.quota.ledger import Ledger
from gateway.quota.tabs import MOST_KNOWN, Tabs

WISHES = st.lists(st.tuples(st.integers(0, 20_000_000), st.integers(1, 150)), max_size=60)


@pytest.mark.parametrize(
    ("owed_us", "cost", "wait_us", "left"),
    [
        (0, 1, 0, 99),
        (0, 100, 0, 0),
        (0, 250, 0, 0),  # dearer than a minute: let in when all is there
        (1, 250, 1, 99),
        (MINUTE_US, 1, 600_000, 0),
        (MINUTE_US - 600_000, 1, 0, 0),
        (30_000_000, 60, 6_000_000, 50),
        (3 * MINUTE_US, 1, 2 * MINUTE_US + 600_000, 0),
        (30_000_000, -20, 0, 70),
        (30_000_000, -500, 0, 100),
    ],
)
def test_a_wish_is_granted_or_told_when(owed_us: int, cost: int, wait_us: int, left: int) -> None:
    found = Allowance.of(100).judge(owed_us, cost)
    assert (found.wait_us, found.left) == (wait_us, left)


@given(WISHES, st.integers(1, 5000))
def test_no_span_gives_more_than_its_minutes(wishes: list[tuple[int, int]], most: int) -> None:
    """What is granted is one minute's at once, what came back since, and one last dear wish."""
    allowance, now_us, whole_at_us, granted = Allowance.of(most), 0, 0, 0
    dearest = max((cost for _, cost in wishes), default=0)
    for pause_us, cost in wishes:
        now_us += pause_us
        found = allowance.judge(max(0, whole_at_us - now_us), cost)
        if not found.wait_us:
            granted += cost
            whole_at_us = now_us + found.whole_us
        back = (now_us + MINUTE_US) / allowance.step_us
        assert granted <= back + (dearest if dearest * allowance.step_us > MINUTE_US else 0) + 1e-6


@given(st.integers(0, 5 * MINUTE_US), st.integers(1, 300), st.integers(1, 5000))
def test_who_waits_as_long_as_told_is_let_in_and_not_before(
    owed_us: int, cost: int, most: int
) -> None:
    allowance = Allowance.of(most)
    found = allowance.judge(owed_us, cost)
    if found.wait_us:
        assert allowance.judge(owed_us - found.wait_us, cost).wait_us == 0
        assert allowance.judge(owed_us - found.wait_us + 1, cost).wait_us > 0


async def test_without_redis_each_process_gives_its_share() -> None:
    now_s = [100.0]
    tabs = Tabs(Ledger(None), per_minute=100, replicas=4, clock=lambda: now_s[0])
    assert (await tabs.take("a", 20)).left == 5
    refused = await tabs.take("a", 6)
    assert refused.wait_us == pytest.approx(60e6 / 25, rel=0.01)
    assert (await tabs.take("b", 6)).left == 19
    now_s[0] += refused.wait_us / 1e6
    assert (await tabs.take("a", 6)).wait_us == 0
    await tabs.take("a", -6)
    assert (await tabs.take("a", 6)).wait_us == 0


async def test_clients_that_come_once_do_not_fill_the_memory() -> None:
    tabs = Tabs(Ledger(None), per_minute=100, clock=lambda: 0.0)
    for number in range(MOST_KNOWN + 50):
        await tabs.take(f"client-{number}", 1)
    assert len(tabs._whole_at_us) == MOST_KNOWN
    await tabs.take(f"client-{MOST_KNOWN}", -1)
    assert len(tabs._whole_at_us) == MOST_KNOWN - 1
