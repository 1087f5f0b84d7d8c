"""Leading by lease, against a Redis that is a variable: never two at a time."""

from __future__ import annotations

from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from gateway.cache.leader import ASK_SHARE, TRUST_SHARE, Tenure

LEASE_S = 10.0


@dataclass
class Lease:
    """What Redis knows."""

    holder: int | None = None
    ends_at_s: float = 0.0

    def ask(self, who: int, now_s: float) -> bool:
        if self.holder not in (None, who) and now_s < self.ends_at_s:
            return False
        self.holder, self.ends_at_s = who, now_s + LEASE_S
        return True


STEPS = st.lists(
    st.tuples(
        st.integers(0, 2),  # who asks
        st.floats(0, 12),  # seconds before
        st.floats(0, 4),  # seconds on the way there
        st.floats(0, 4),  # and back
        st.sampled_from(["answered", "lost"]),
    ),
    max_size=60,
)


@given(STEPS)
def test_never_two_lead(steps: list[tuple[int, float, float, float, str]]) -> None:
    lease, tenures, now_s = Lease(), [Tenure(LEASE_S) for _ in range(3)], 0.0

    def check() -> None:
        assert sum(tenure.is_ours(now_s) for tenure in tenures) <= 1

    for who, pause_s, there_s, back_s, fate in steps:
        now_s += pause_s
        check()
        asked_at_s = now_s
        now_s += there_s
        is_ours: bool | None = lease.ask(who, now_s)
        check()
        now_s += back_s
        tenures[who].heard(asked_at_s=asked_at_s, is_ours=None if fate == "lost" else is_ours)
        check()


def test_two_askings_may_fail() -> None:
    tenure = Tenure(LEASE_S)
    assert not tenure.is_ours(0)
    tenure.heard(asked_at_s=0, is_ours=True)
    now_s = 0.0
    for _ in range(2):
        now_s += tenure.pause_s(now_s)
        tenure.heard(asked_at_s=now_s, is_ours=None)
        assert tenure.is_ours(now_s)
    now_s += tenure.pause_s(now_s)
    assert not tenure.is_ours(now_s)
    assert now_s <= TRUST_SHARE * LEASE_S


def test_a_lease_that_another_has_is_believed_at_once() -> None:
    tenure = Tenure(LEASE_S)
    tenure.heard(asked_at_s=0, is_ours=True)
    tenure.heard(asked_at_s=1, is_ours=False)
    assert not tenure.is_ours(1)
    assert tenure.pause_s(1) == ASK_SHARE * LEASE_S


@given(st.floats(0, 100), st.floats(0, 100))
def test_it_is_asked_again_before_the_trust_ends(asked_at_s: float, later_s: float) -> None:
    tenure = Tenure(LEASE_S)
    tenure.heard(asked_at_s=asked_at_s, is_ours=True)
    now_s = asked_at_s + later_s
    assert 0 < tenure.pause_s(now_s) <= ASK_SHARE * LEASE_S
