"""The table of steps: complete, and the same for everybody who keeps requests."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.domain.request import Availability, MediaRequest, RequestStatus, User
from gateway.domain.request_quota import Allowance, Quota, reckon
from gateway.domain.request_rules import (
    ACTIVE,
    RULES,
    Actor,
    Step,
    Verdict,
    availability_of,
    judge,
)
from gateway.domain.role import Role

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
OWNER = 7
S = RequestStatus


def request(status: RequestStatus) -> MediaRequest:
    return MediaRequest(
        request_id=1,
        tmdb_id=603,
        status=status,
        is_4k=False,
        created_at=NOON,
        updated_at=NOON,
        requested_by=User(user_id=OWNER, display_name="Ann"),
    )


def test_steps_lead_where_they_should() -> None:
    ways = {(step, source): rule.target for step, rule in RULES.items() for source in rule.sources}
    assert ways == {
        (Step.APPROVE, S.PENDING): S.APPROVED,
        (Step.DECLINE, S.PENDING): S.DECLINED,
        (Step.RETRY, S.FAILED): S.APPROVED,
        (Step.FAIL, S.APPROVED): S.FAILED,
        **{(Step.COMPLETE, source): S.COMPLETED for source in (S.PENDING, S.APPROVED, S.FAILED)},
        **{(Step.CANCEL, source): None for source in S if source is not S.UNKNOWN},
    }


def test_no_step_leaves_a_state_as_it_is() -> None:
    assert all(rule.target not in rule.sources for rule in RULES.values())


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("step", list(Step))
def test_who_may_do_what(role: Role, step: Step) -> None:
    for status, user_id in itertools.product(RequestStatus, (OWNER, 8)):
        found = judge(Actor(user_id=user_id, role=role), step, request(status))
        if role in {Role.MANAGER, Role.ADMIN}:
            expected = Verdict.ALLOWED if status in RULES[step].sources else Verdict.CONFLICT
        elif step is Step.CANCEL and user_id == OWNER:
            expected = Verdict.ALLOWED if status is S.PENDING else Verdict.CONFLICT
        else:
            expected = Verdict.NOT_PERMITTED
        assert found is expected, (status, user_id)


def test_roles_are_a_ladder() -> None:
    ladder = [Role.VIEWER, Role.REQUESTER, Role.MANAGER, Role.ADMIN]
    for rank, role in enumerate(ladder):
        assert [role.reaches(other) for other in ladder] == [n <= rank for n in range(4)]


@given(st.none() | st.sampled_from(Availability), st.none() | st.sampled_from(RequestStatus))
def test_what_is_there_is_told_before_what_is_asked_for(
    known: Availability | None, active: RequestStatus | None
) -> None:
    found = availability_of(known, active)
    settled = {
        Availability.AVAILABLE,
        Availability.PARTIALLY_AVAILABLE,
        Availability.BLOCKLISTED,
    }
    if known in settled:
        assert found is known
    elif active in ACTIVE:
        waits = active is RequestStatus.PENDING
        assert found is (Availability.PENDING if waits else Availability.PROCESSING)
    else:
        assert found is (known or Availability.UNKNOWN)


@given(st.integers(0, 5), st.integers(1, 30), st.lists(st.integers(0, 10**6), max_size=8))
def test_a_quota_opens_when_it_says(most: int, days: int, ages_s: list[int]) -> None:
    """At ``resets_at`` one place more is free than a moment before."""
    made_at = sorted(NOON - timedelta(seconds=age) for age in ages_s)
    allowance = Allowance(most=most, days=days)
    inside = [at for at in made_at if at > allowance.since(NOON)]
    quota = reckon(allowance, inside)
    assert quota.remaining == max(0, most - len(inside))
    assert quota.exhausted == (len(inside) >= most)
    if quota.resets_at is None:
        assert most == 0 or not inside
        return
    left = [at for at in inside if at > allowance.since(quota.resets_at)]
    assert max(0, most - len(left)) > (quota.remaining or 0)


def test_without_a_limit_there_is_nothing_to_count() -> None:
    assert reckon(None, [NOON]) == reckon(Allowance(most=None, days=7), [NOON]) == Quota()
    assert not Quota().exhausted
