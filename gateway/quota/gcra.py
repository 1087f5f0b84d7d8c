"""Turns in time: one every ``1 / per_s`` seconds. Pure, the caller tells the time.

This is the generic cell rate algorithm, told in turns instead of arrivals. A turn may be used
from its moment until ``burst_s`` later and no longer, so the calls of any ``t`` seconds have
turns out of ``t + burst_s`` seconds, whoever booked them and however many at a time. A rested
rate hands out turns that lie back in time; those may be used at once, and are good for
``HOLD_S`` more, so that one can travel from the ledger to whoever uses it.
"""

from __future__ import annotations

import math
from bisect import insort
from dataclasses import dataclass

from gateway.quota.spec import HOLD_S, RateSpec


@dataclass(frozen=True, slots=True, order=True)
class Turn:
    """Leave to send one call between two moments."""

    opens_at_s: float
    closes_at_s: float


@dataclass(frozen=True, slots=True)
class Booking:
    """So many turns from this moment on; with none, the moment of the first free one."""

    starts_at_s: float
    turns: int


class Gcra:
    """The turns of one rate.

    Args:
        spec: The rate as a whole.
        share: The part of it that is ours, above 0.
    """

    def __init__(self, spec: RateSpec, *, share: float = 1.0) -> None:
        self.step_s = 1.0 / (spec.per_s * share)
        self.back_s = max(0.0, spec.burst_s - HOLD_S)
        self._next_s = -math.inf

    def book(self, now_s: float, wanted: int, *, horizon_s: float) -> Booking:
        """Hand out the next turns, none that opens later than the horizon."""
        starts_at_s = max(self._next_s, now_s - self.back_s)
        room = math.floor((now_s + horizon_s - starts_at_s) / self.step_s) + 1
        turns = max(0, min(wanted, room))
        if turns:
            self._next_s = starts_at_s + turns * self.step_s
        return Booking(starts_at_s, turns)

    def pause(self, until_s: float) -> None:
        """Hand out no turn before this moment."""
        self._next_s = max(self._next_s, until_s)


class Turns:
    """The turns that this process holds, in their order."""

    def __init__(self) -> None:
        self._held: list[Turn] = []

    def add(self, turn: Turn) -> None:
        """Hold a turn, a new one or one that was not used."""
        insort(self._held, turn)

    def drop_passed(self, now_s: float) -> None:
        """Forget the turns that are no longer good."""
        while self._held and self._held[0].closes_at_s < now_s:
            del self._held[0]

    def take(self, now_s: float, until_s: float) -> Turn | None:
        """The first turn, if it opens by then; it may pass while it is waited for."""
        if self._held and self._held[0].opens_at_s <= max(until_s, now_s):
            return self._held.pop(0)
        return None

    def opens_at_s(self, now_s: float) -> float | None:
        """When the first good turn opens; ``None`` if there is none."""
        return next((t.opens_at_s for t in self._held if t.closes_at_s >= now_s), None)
