"""A breaker: stop calling what fails, and find out soon when it is back."""

from __future__ import annotations

from dataclasses import dataclass

from gateway.transport.clock import Dice
from gateway.transport.health import BreakerState
from gateway.transport.window import Window


@dataclass(frozen=True, slots=True, kw_only=True)
class BreakerLimits:
    """When it opens and for how long.

    Attributes:
        consecutive: Failures in a row that open it.
        success_share: Less than this in ``window_s`` opens it.
        window_s: Whole seconds that the share is taken over.
        window_calls: Calls in the window before the share says anything.
        open_s: Upper bound of the first open time; it doubles up to ``open_max_s`` while
            probes fail. Half of each bound is fixed, half is jitter.
        open_max_s: The longest open time; with a probe's own time still below 4 s.
        probe_s: A probe that hangs this long gets a successor.
    """

    consecutive: int = 5
    success_share: float = 0.5
    window_s: int = 10
    window_calls: int = 20
    open_s: float = 1.0
    open_max_s: float = 3.5
    probe_s: float = 3.0


class Breaker:
    """Pure; the caller tells the time.

    A ticket is the epoch in which a call went out. Each opening, closing and probe starts
    a new one, so that a call that hung through an outage cannot testify afterwards.
    """

    def __init__(self, dice: Dice, limits: BreakerLimits) -> None:
        self._dice = dice
        self._limits = limits
        self._window = Window(limits.window_s)
        self._state = BreakerState.CLOSED
        self._epoch = 0
        self._outage_epoch = 0
        self._in_row = 0
        self._openings = 0  # since it was last closed
        self._until_s = 0.0

    @property
    def state(self) -> BreakerState:
        """Closed, open or waiting for a probe."""
        return self._state

    def wait_s(self, now_s: float) -> float:
        """Seconds until a call may go out; 0 when one may now."""
        if self._state is BreakerState.CLOSED:
            return 0.0
        return max(0.0, self._until_s - now_s)

    def admit(self, now_s: float) -> int | None:
        """Take a ticket for a call, perhaps as the probe; ``None`` refuses it."""
        if self._state is BreakerState.CLOSED:
            return self._epoch
        if now_s < self._until_s:
            return None
        self._state = BreakerState.HALF_OPEN
        self._until_s = now_s + self._limits.probe_s
        self._epoch += 1
        return self._epoch

    def succeed(self, ticket: int, now_s: float) -> None:
        """The upstream is alive, whatever it thought of the call."""
        if self._state is not BreakerState.CLOSED:
            if ticket > self._outage_epoch:
                self._close()
        elif ticket == self._epoch:
            self._in_row = 0
            self._window.add(now_s, success=True)

    def fail(self, ticket: int, now_s: float) -> None:
        """The upstream did not answer, or only that it cannot."""
        if ticket != self._epoch:
            return
        if self._state is not BreakerState.CLOSED:
            self._open(now_s)
            return
        self._in_row += 1
        self._window.add(now_s, success=False)
        if self._in_row >= self._limits.consecutive or self._is_window_bad(now_s):
            self._outage_epoch = self._epoch
            self._open(now_s)

    def forget(self, ticket: int, now_s: float) -> None:
        """The call was cancelled: no testimony, but a probe's place is free again."""
        if ticket == self._epoch and self._state is BreakerState.HALF_OPEN:
            self._until_s = now_s

    def _is_window_bad(self, now_s: float) -> bool:
        successes, failures = self._window.totals(now_s)
        calls = successes + failures
        return calls >= self._limits.window_calls and successes < calls * self._limits.success_share

    def _open(self, now_s: float) -> None:
        bound_s = min(self._limits.open_max_s, self._limits.open_s * 2.0 ** min(self._openings, 30))
        self._openings += 1
        self._epoch += 1
        self._state = BreakerState.OPEN
        self._until_s = now_s + bound_s * (0.5 + 0.5 * self._dice())

    def _close(self) -> None:
        self._state = BreakerState.CLOSED
        self._epoch += 1
        self._openings = 0
        self._in_row = 0
        self._window.clear()
