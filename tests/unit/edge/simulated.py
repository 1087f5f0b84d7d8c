"""A process that is short of CPU, under virtual time: one loop whose every pass runs everybody.

Each pass takes a slice of every operation that runs, then meets what has arrived meanwhile; a
refusal costs CPU too. Without admission all share the CPU evenly, as coroutines do.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field

from gateway.edge.admission import Admission, Moves, Verdict

TICK_S = 0.010


@dataclass
class Result:
    """What came of a run."""

    seconds: float
    good: int = 0
    late: int = 0
    shed_s: list[float] = field(default_factory=list)

    @property
    def goodput_per_s(self) -> float:
        return self.good / self.seconds


@dataclass
class Loop:
    """The simulated process.

    Args:
        work_s: CPU of one operation on average.
        slice_s: Of it at a time.
        refusal_s: CPU of a refusal.
        deadline_s: After which an answer is worth nothing.
        most: Of the admission; ``None`` lets everybody in.
    """

    work_s: float
    slice_s: float = 0.002
    refusal_s: float = 0.0002
    deadline_s: float = 5.0
    most: int | None = 256

    def __post_init__(self) -> None:
        self.now_s = 0.0
        self._dice = random.Random(7)
        self._left_s: dict[int, float] = {}
        self._came_s: dict[int, float] = {}
        self._admission: Admission[int] | None = None
        if self.most is not None:
            self._admission = Admission(most=self.most, clock=lambda: self.now_s)

    def run(self, arrivals: Iterator[float], seconds: float) -> Result:
        """Serve operations that arrive at those moments, in order."""
        result = Result(seconds)
        due_s = self.now_s + TICK_S
        coming = next(arrivals)
        while self.now_s < seconds:
            self._pass(result)
            if not self._left_s:
                self.now_s = max(self.now_s, min(coming, due_s))
            while coming <= self.now_s:
                self._meet(coming, result)
                coming = next(arrivals)
            if self.now_s >= due_s:
                self._tick(self.now_s - due_s, result)
                due_s = self.now_s + TICK_S
        return result

    def _meet(self, came_s: float, result: Result) -> None:
        ticket = len(self._came_s)
        self._came_s[ticket] = came_s
        verdict = Verdict.START
        if self._admission is not None:
            verdict = self._admission.offer(ticket, self.deadline_s)
        if verdict is Verdict.START:
            self._start(ticket)
        elif verdict is Verdict.SHED:
            self._refuse(ticket, result)

    def _pass(self, result: Result) -> None:
        for ticket in list(self._left_s):
            took_s = min(self.slice_s, self._left_s[ticket])
            self.now_s += took_s
            self._left_s[ticket] -= took_s
            if self._left_s[ticket] > 0:
                continue
            del self._left_s[ticket]
            if self.now_s - self._came_s[ticket] <= self.deadline_s:
                result.good += 1
            else:
                result.late += 1
            if self._admission is not None:
                self._apply(self._admission.finish(), result)

    def _tick(self, lag_s: float, result: Result) -> None:
        if self._admission is not None and self._admission.waiting:
            self._apply(self._admission.tick(lag_s), result)

    def _apply(self, moves: Moves[int], result: Result) -> None:
        for ticket in moves.started:
            self._start(ticket)
        for ticket in moves.shed:
            self._refuse(ticket, result)

    def _start(self, ticket: int) -> None:
        self._left_s[ticket] = self._dice.expovariate(1 / self.work_s)

    def _refuse(self, ticket: int, result: Result) -> None:
        self.now_s += self.refusal_s
        result.shed_s.append(self.now_s - self._came_s[ticket])


def poisson(per_s: float) -> Iterator[float]:
    """Moments at which strangers arrive."""
    dice = random.Random(11)
    now_s = 0.0
    while True:
        now_s += dice.expovariate(per_s)
        yield now_s
