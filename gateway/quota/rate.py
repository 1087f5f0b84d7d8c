"""Calls per second over all processes: each call waits for its turn."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from gateway.errors import UpstreamRateLimitedError
from gateway.quota.gcra import Gcra, Turn, Turns
from gateway.quota.ledger import Ledger
from gateway.quota.spec import HOLD_S, RateSpec

PAUSE_S = 1.0  # after a refusal that names no time
MAX_PAUSE_S = 3600.0


@dataclass(frozen=True, slots=True)
class _Place:
    """A call in line, and until when it can wait."""

    turn: asyncio.Future[Turn | None]
    until_s: float


@dataclass(slots=True)
class RateTurn:
    """Leave to send one call now."""

    budget: RateBudget
    turn: Turn | None

    def refund(self) -> None:
        """Let another call of this process have the turn, while it is good."""
        turn, self.turn = self.turn, None
        if turn is not None:
            self.budget.give_back(turn)

    def refused(self, error: UpstreamRateLimitedError) -> None:
        """Hold everybody's calls back for as long as the upstream asked."""
        self.budget.pause(error.retry_after_s)


class RateBudget:
    """One rate, as one process sees it.

    Turns are booked for all calls that wait, and ahead for as many as went out a moment ago: a
    busy process asks the ledger once for several calls, a quiet one keeps nothing from others.

    Args:
        upstream: For errors.
        spec: The rate.
        key: Of the ledger's entry.
        ledger: The shared books.
        replicas: Processes among which the rate is divided when the ledger is away.
        clock: Monotonic seconds.
    """

    def __init__(
        self,
        upstream: str,
        spec: RateSpec,
        *,
        key: str,
        ledger: Ledger,
        replicas: int = 1,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.spec = spec
        self._upstream = upstream
        self._key = key
        self._ledger = ledger
        self._clock = clock
        self._turns = Turns()
        self._whole = Gcra(spec)
        self._own = Gcra(spec, share=1.0 / replicas)
        self._is_own = False  # when it was, the ledger hands out no burst first
        self._line: deque[_Place] = deque()
        self._recent: deque[float] = deque()  # when the last calls went out
        self._free_at_s = 0.0  # the first turn that the last booking could not have
        self._booking: asyncio.Task[None] | None = None
        self._pauses: set[asyncio.Task[None]] = set()

    async def reserve(self, operation: str, cost: int, *, patience_s: float) -> RateTurn:  # noqa: ARG002 - a rate counts calls
        """See ``transport.budget.Budget``."""
        until_s = self._clock() + patience_s
        turn = await self._come(until_s)
        if turn is not None and self._clock() > turn.closes_at_s:
            turn = await self._come(until_s)  # it passed; after a second one, late is not never
        if turn is None:
            raise self._refusal(operation)
        self._recent.append(self._clock())
        return RateTurn(self, turn)

    def give_back(self, turn: Turn) -> None:
        """Hold an unused turn for the next call."""
        self._turns.add(turn)

    def pause(self, pause_s: float | None) -> None:
        """Let no turn be booked for so long, here and, as soon as it hears of it, elsewhere."""
        wait_s = PAUSE_S if pause_s is None else min(max(0.0, pause_s), MAX_PAUSE_S)
        self._own.pause(self._clock() + wait_s)
        task = asyncio.create_task(self._book(0, HOLD_S, pause_s=wait_s))
        self._pauses.add(task)
        task.add_done_callback(self._pauses.discard)

    async def aclose(self) -> None:
        """End what is under way; turns pass by themselves."""
        tasks = [*self._pauses, *filter(None, [self._booking])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _come(self, until_s: float) -> Turn | None:
        """Wait for the next turn to open; ``None`` if it opens too late."""
        turn = self._at_hand(until_s) or await self._in_line(until_s)
        wait_s = 0.0 if turn is None else turn.opens_at_s - self._clock()
        if turn is None or wait_s <= 0.0:
            return turn
        try:
            await asyncio.sleep(wait_s)
        except BaseException:
            self._turns.add(turn)
            raise
        return turn

    def _at_hand(self, until_s: float) -> Turn | None:
        """A turn that is held, or that we may give ourselves."""
        if self._line:
            return None
        self._turns.drop_passed(self._clock())
        turn = self._turns.take(self._clock(), until_s)
        if turn is None and self._ledger.is_away:
            self._book_own(1, until_s - self._clock())
            turn = self._turns.take(self._clock(), until_s)
        return turn

    async def _in_line(self, until_s: float) -> Turn | None:
        """Wait for a booking; it goes on if we are cancelled, and our turn is another's."""
        place = _Place(asyncio.get_running_loop().create_future(), until_s)
        self._line.append(place)
        if self._booking is None or self._booking.done():
            self._booking = asyncio.create_task(self._book_for_all())
        try:
            return await place.turn
        except BaseException:
            if place.turn.done() and not place.turn.cancelled() and (t := place.turn.result()):
                self._turns.add(t)
            raise

    async def _book_for_all(self) -> None:
        """Book for everybody in line until nobody is."""
        try:
            while self._line:
                self._turns.drop_passed(self._clock())
                places = len(self._line)
                horizon_s = max(place.until_s for place in self._line) - self._clock()
                await self._book(places + self._ahead(), max(0.0, horizon_s))
                self._hand_out(places)
        finally:
            self._hand_out(len(self._line), are_any=False)

    def _hand_out(self, places: int, *, are_any: bool = True) -> None:
        """Serve the first in line, or refuse them."""
        for _ in range(places):
            place = self._line.popleft()
            if not place.turn.done():  # else it was cancelled
                turn = self._turns.take(self._clock(), place.until_s) if are_any else None
                place.turn.set_result(turn)

    async def _book(self, wanted: int, horizon_s: float, *, pause_s: float = 0.0) -> None:
        sent_s = self._clock()
        found = await self._ledger.book(
            self._key,
            wanted,
            step_s=self._whole.step_s,
            back_s=0.0 if self._is_own else self._whole.back_s,
            horizon_s=horizon_s,
            pause_s=pause_s,
        )
        if found is None:
            self._book_own(wanted, horizon_s)
            return
        booking, server_s = found
        early_s = booking.starts_at_s - server_s + sent_s
        late_s = booking.starts_at_s - server_s + self._clock()
        self._is_own = False
        self._keep(booking.turns, self._whole.step_s, early_s, late_s)
        self._own.pause(late_s + booking.turns * self._whole.step_s)

    def _book_own(self, wanted: int, horizon_s: float) -> None:
        self._is_own = True
        booking = self._own.book(self._clock(), wanted, horizon_s=horizon_s)
        self._keep(booking.turns, self._own.step_s, booking.starts_at_s, booking.starts_at_s)

    def _keep(self, turns: int, step_s: float, early_s: float, late_s: float) -> None:
        """Hold turns; where their moment is not exactly known, open late and close early."""
        for at in range(turns):
            after_s = at * step_s
            self._turns.add(Turn(late_s + after_s, early_s + after_s + self.spec.burst_s))
        self._free_at_s = late_s + turns * step_s

    def _ahead(self) -> int:
        """As many as went out while a turn stays good."""
        since_s = self._clock() - HOLD_S
        while self._recent and self._recent[0] < since_s:
            self._recent.popleft()
        return len(self._recent)

    def _refusal(self, operation: str) -> UpstreamRateLimitedError:
        now_s = self._clock()
        opens_at_s = max(self._turns.opens_at_s(now_s) or 0.0, self._free_at_s)
        wait_s = max(self._whole.step_s, opens_at_s - now_s)
        return UpstreamRateLimitedError(
            self._upstream, operation, "too many calls wait already", retry_after_s=wait_s
        )
