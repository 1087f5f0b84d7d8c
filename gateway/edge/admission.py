"""Which operations may start, wait, or not even that; pure, under a clock that is handed in.

In a process that is short of CPU every further operation slows all others, until none ends in
time. The loop's lag tells when that begins: the number of operations at once follows it, the rest
waits in line, and what could not end in time is sent away at once. Waiting is no harm by itself: a
few dozen clients that ask again as soon as they are answered keep a line that never empties.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Final, Generic, TypeVar

from gateway.edge.pace import Pace
from gateway.transport.clock import Clock

T = TypeVar("T", bound=Hashable)

BASE: Final = 16
"""Operations at once that are let in before anything is known about them."""
FLOOR: Final = 2
"""Operations at once that run however late the loop is."""
LATE_S: Final = 0.010
PUNCTUAL_S: Final = 0.003
STREAK: Final = 4
"""Punctual ticks in a row after which there is CPU to spare, not just a short pause."""
SHARE_OF_DEADLINE: Final = 0.6
"""Of what an operation has left, it must be foreseen to end within this much."""
SURE: Final = 80
"""Operations that may be inside or in line whatever is foreseen: foresight errs, and a few dozen
clients at once are no flood. Those of them that come too late are still sent away, only later."""
SHARE_IN_LINE: Final = 0.68
"""Of what an operation has left, it may spend this much in line: the rest is for its work."""
_CALM_S: Final = 1.0


class Verdict(Enum):
    """What becomes of an operation that asks."""

    START = auto()
    WAIT = auto()
    SHED = auto()


@dataclass(slots=True)
class Moves(Generic[T]):
    """Who of the line goes where, in order."""

    started: list[T] = field(default_factory=list)
    shed: list[T] = field(default_factory=list)


class Admission(Generic[T]):
    """The operations inside and the line before them.

    Args:
        most: Operations at once at most, and as many in the line.
        clock: Monotonic seconds.
    """

    def __init__(self, *, most: int, clock: Clock) -> None:
        self._most = most
        self._clock = clock
        self._inside = 0
        self._limit = float(min(BASE, most))
        self._line: OrderedDict[T, float] = OrderedDict()  # until when each may wait
        self._emptied_s = clock()
        self._streak = 0
        self._pace = Pace(clock)

    @property
    def inside(self) -> int:
        """Operations that run."""
        return self._inside

    @property
    def waiting(self) -> int:
        """Operations in line."""
        return len(self._line)

    @property
    def limit(self) -> int:
        """Operations that may run now."""
        return int(self._limit)

    def offer(self, ticket: T, left_s: float) -> Verdict:
        """Ask for one operation; ``left_s`` is what its deadline leaves."""
        now_s = self._clock()
        if not self._line:
            self._calm_down(now_s)
            if self._inside < self.limit:
                self._inside += 1
                return Verdict.START
        is_crowd = self._inside + len(self._line) >= SURE
        if len(self._line) >= self._most or (
            is_crowd and self.end_s() > left_s * SHARE_OF_DEADLINE
        ):
            return Verdict.SHED
        if not self._line:
            self._pace.restart()
        self._line[ticket] = now_s + left_s * SHARE_IN_LINE
        return Verdict.WAIT

    def finish(self) -> Moves[T]:
        """Note that one is done; the next may start."""
        self._inside -= 1
        self._pace.count()
        return self._move()

    def abandon(self, ticket: T) -> None:
        """Take one out of the line that no longer waits."""
        self._line.pop(ticket, None)
        self._note_empty()

    def tick(self, lag_s: float) -> Moves[T]:
        """Adjust to how late the loop is; call it often while anything waits."""
        self._streak = self._streak + 1 if lag_s < PUNCTUAL_S else 0
        if lag_s > LATE_S:
            self._limit = max(float(min(FLOOR, self._most)), min(self._limit, self._inside) * 0.7)
        elif self._streak >= STREAK:
            self._limit = min(float(self._most), max(self._limit, self._inside) * 1.25 + 1)
        self._pace.tick()
        return self._move()

    def end_s(self) -> float:
        """Seconds until a newcomer would be done; 0 while nothing is known."""
        return self._pace.time_s(self._inside + len(self._line) + 1) if self._line else 0.0

    def _calm_down(self, now_s: float) -> None:
        """Forget a limit that belonged to another load."""
        if now_s - self._emptied_s > _CALM_S:
            self._limit = float(min(self._most, max(BASE, self._inside)))

    def _move(self) -> Moves[T]:
        moves: Moves[T] = Moves()
        now_s = self._clock()
        for ticket in [each for each, until_s in self._line.items() if until_s <= now_s]:
            del self._line[ticket]
            moves.shed.append(ticket)
        while self._line and self._inside < self.limit:
            ticket, _ = self._line.popitem(last=False)
            self._inside += 1
            moves.started.append(ticket)
        if moves.started or moves.shed:
            self._note_empty()
        return moves

    def _note_empty(self) -> None:
        if not self._line:
            self._emptied_s = self._clock()
