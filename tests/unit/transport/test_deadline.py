"""One deadline per operation; nobody gets more than what is left."""

from __future__ import annotations

import math

from gateway.transport import deadline


def test_without_a_deadline_there_is_no_end() -> None:
    assert deadline.remaining_s() == math.inf


def test_an_inner_limit_only_lowers_and_leaves_with_its_block() -> None:
    with deadline.limit(5.0, clock=lambda: 100.0):
        with deadline.limit(9.0, clock=lambda: 100.0):
            assert deadline.remaining_s(lambda: 101.0) == 4.0
        with deadline.limit(1.0, clock=lambda: 101.0):
            assert deadline.remaining_s(lambda: 101.5) == 0.5
            assert deadline.remaining_s(lambda: 103.0) == 0.0
        assert deadline.remaining_s(lambda: 101.0) == 4.0
    assert deadline.remaining_s() == math.inf


def test_work_that_outlives_its_caller_gets_a_deadline_of_its_own() -> None:
    with deadline.limit(1.0, clock=lambda: 0.0):
        with deadline.renew(10.0, clock=lambda: 0.0):
            assert deadline.remaining_s(lambda: 2.0) == 8.0
        assert deadline.remaining_s(lambda: 0.5) == 0.5
