"""Retries never become the flood they should survive."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from gateway.transport.retry import TokenBudget, backoff_s


@given(st.lists(st.booleans(), max_size=400), st.floats(0.01, 0.5), st.floats(1, 20))
def test_spending_stays_within_reserve_and_earnings(
    events: list[bool], share: float, reserve: float
) -> None:
    budget = TokenBudget(share, reserve)
    earned = spent = 0
    for earn in events:
        if earn:
            budget.earn()
            earned += 1
        else:
            spent += budget.spend()
        assert spent <= reserve + earned * share + 1e-6


@given(st.integers(0, 300))
def test_a_saved_reserve_is_bounded(quiet: int) -> None:
    budget = TokenBudget(0.1, 3.0)
    for _ in range(quiet):
        budget.earn()
    assert [budget.spend() for _ in range(4)] == [True, True, True, False]


def test_a_budget_may_start_empty_and_then_lives_on_earnings() -> None:
    budget = TokenBudget(0.25, 5.0, saved=0.0)
    assert not budget.spend()
    for _ in range(4):
        budget.earn()
    assert budget.spend()
    assert not budget.spend()


@given(st.integers(1, 2000), st.floats(0, 1, exclude_max=True))
def test_backoff_is_full_jitter_below_a_doubling_bound(retry: int, roll: float) -> None:
    wait_s = backoff_s(retry, roll, first_s=0.1, most_s=1.0)
    assert 0.0 <= wait_s <= min(1.0, 0.1 * 2.0 ** min(retry - 1, 50))
    assert wait_s == roll * min(1.0, 0.1 * 2.0 ** min(retry - 1, 30))
