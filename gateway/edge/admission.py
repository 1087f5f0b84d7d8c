"""Which operations may start, wait, or not even that; pure, under a clock that is handed in.

In a process that is short of CPU every further operation slows all others, until none ends in
time. The loop's lag tells when that begins: the number of operations at once follows it, the rest
waits in line, and what would wait too long is sent away at once. After "Fail at Scale" (ACM Queue,
2015): a burst may wait long, a line that never empties may not.
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
SHARE_OF_DEADLINE: Final = 0.5
"""The most of what an operation has left that it may spend waiting."""
STANDING_SHARE: Final = 0.1
"""The same once the line has stood too long."""
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
        deadline_s: Of an operation; what may stand in line derives from it.
        clock: Monotonic seconds.
    """

    def __init__(self, *, most: int, deadline_s: float, clock: Clock) -> None:
        self._most = most
        self._deadline_s = deadline_s
        self._clock = clock
        self._inside = 0
        self._limit = float(min(BASE, most))
        self._line: OrderedDict[T, float] = OrderedDict()  # until when each may wait
        self._standing_since_s = self._emptied_s = clock()
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
        most_s = left_s * SHARE_OF_DEADLINE
        if len(self._line) >= self._most or self.wait_s() > min(most_s, self._patience_s(now_s)):
            return Verdict.SHED
        if not self._line:
            self._standing_since_s = now_s
            self._pace.restart()
        self._line[ticket] = now_s + most_s
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

    def wait_s(self) -> float:
        """Seconds that a newcomer would wait; 0 while nothing is known."""
        return self._pace.time_s(len(self._line) + 1) if self._line else 0.0

    def _patience_s(self, now_s: float) -> float:
        longest_s = self._deadline_s * SHARE_OF_DEADLINE
        stands = bool(self._line) and now_s - self._standing_since_s > longest_s
        return self._deadline_s * STANDING_SHARE if stands else longest_s

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
