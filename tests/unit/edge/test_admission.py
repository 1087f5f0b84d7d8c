"""The machine that decides who starts, step by step."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from gateway.edge.admission import BASE, FLOOR, STREAK, Admission, Verdict


class Clock:
    def __init__(self) -> None:
        self.now_s = 0.0

    def __call__(self) -> float:
        return self.now_s


def made(most: int = 100) -> tuple[Admission[int], Clock]:
    clock = Clock()
    return Admission(most=most, clock=clock), clock


def full(most: int = 100) -> tuple[Admission[int], Clock]:
    """With everybody inside who may be."""
    admission, clock = made(most)
    for ticket in range(min(BASE, most)):
        assert admission.offer(-ticket - 1, 5.0) is Verdict.START
    return admission, clock


def test_the_line_moves_in_order_and_is_bounded() -> None:
    admission, _ = full(most=3)
    assert [admission.offer(each, 5.0) for each in range(3)] == [Verdict.WAIT] * 3
    assert admission.offer(3, 5.0) is Verdict.SHED
    admission.abandon(1)
    assert [admission.finish().started for _ in range(3)] == [[0], [2], []]


def test_who_has_waited_too_long_for_its_work_to_end_is_shed() -> None:
    admission, clock = full()
    admission.offer(1, 5.0)
    admission.offer(2, 1.0)
    clock.now_s = 0.67
    assert admission.tick(0.005).shed == []
    clock.now_s = 0.69
    assert admission.tick(0.005).shed == [2]
    clock.now_s = 3.41
    assert admission.tick(0.005).shed == [1]


def test_a_newcomer_is_shed_at_once_if_its_end_can_be_foretold() -> None:
    admission, clock = full()
    assert [admission.offer(each, 30.0) for each in range(100)] == [Verdict.WAIT] * 100
    for _ in range(30):  # ten a second: seventy in line and sixteen inside take nearly nine
        clock.now_s += 0.1
        admission.finish()
        admission.tick(0.005)
    assert 8.3 < admission.end_s() < 9.1
    assert admission.offer(998, 5.0) is Verdict.SHED
    assert admission.offer(999, 20.0) is Verdict.WAIT


def test_the_limit_follows_the_lag() -> None:
    admission, _ = full()
    admission.offer(1, 5.0)
    for _ in range(60):
        admission.tick(0.5)
    assert admission.limit == FLOOR
    assert [admission.tick(0.0).started for _ in range(STREAK)] == [[], [], [], [1]]
    assert admission.limit > BASE


@given(
    st.integers(1, 6),
    st.lists(st.tuples(st.sampled_from("ofatc"), st.floats(0, 3)), max_size=60),
)
def test_nobody_is_lost_or_counted_twice(most: int, steps: list[tuple[str, float]]) -> None:
    admission, clock = made(most)
    waiting: list[int] = []
    inside = 0
    for ticket, (step, amount) in enumerate(steps):
        if step == "c":
            clock.now_s += amount
        elif step == "o":
            verdict = admission.offer(ticket, amount)
            inside += verdict is Verdict.START
            waiting += [ticket] * (verdict is Verdict.WAIT)
        elif step == "a" and waiting:
            admission.abandon(waiting.pop())
        elif step == "t" or inside:
            moves = admission.tick(amount / 10) if step == "t" else admission.finish()
            inside += len(moves.started) - (step != "t")
            gone = {*moves.started, *moves.shed}
            assert [each for each in waiting if each in moves.started] == moves.started
            waiting = [each for each in waiting if each not in gone]
        assert (admission.inside, admission.waiting) == (inside, len(waiting))
        assert inside <= most
        assert len(waiting) <= most
