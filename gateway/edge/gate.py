"""Drives the admission of operations by the event loop's own lag."""

from __future__ import annotations

import asyncio
import time
from typing import Final, TypeAlias

from gateway.edge.admission import Admission, Moves, Verdict
from gateway.transport.clock import Clock

TICK_S: Final = 0.010

_Ticket: TypeAlias = "asyncio.Future[bool]"


class ShedError(Exception):
    """No room for this operation in time; ``retry_after_s`` later there may be."""

    def __init__(self, retry_after_s: float) -> None:
        super().__init__("The gateway is busy.")
        self.retry_after_s = retry_after_s


class Gate:
    """Lets operations in, keeps them in line, or sends them away.

    Args:
        most: Operations at once at most.
        clock: Monotonic seconds.
    """

    def __init__(self, *, most: int, clock: Clock = time.monotonic) -> None:
        self._clock = clock
        self._admission: Admission[_Ticket] = Admission(most=most, clock=clock)
        self._is_ticking = False

    async def enter(self, left_s: float) -> None:
        """Wait for the turn of an operation; ``leave`` must follow.

        Raises:
            ShedError: Its turn would not come in time.
        """
        loop = asyncio.get_running_loop()
        ticket: _Ticket = loop.create_future()
        verdict = self._admission.offer(ticket, left_s)
        if verdict is Verdict.START:
            return
        if verdict is Verdict.SHED:
            raise ShedError(self._admission.end_s())
        self._keep_ticking(loop)
        try:
            has_turn = await ticket
        except asyncio.CancelledError:
            self._give_up(ticket)
            raise
        if not has_turn:
            raise ShedError(self._admission.end_s())

    def leave(self) -> None:
        """Make room for the next."""
        self._apply(self._admission.finish())

    def _give_up(self, ticket: _Ticket) -> None:
        if not ticket.cancelled() and ticket.done() and ticket.result():
            self.leave()  # the turn came together with the cancellation
        else:
            self._admission.abandon(ticket)

    def _apply(self, moves: Moves[_Ticket]) -> None:
        for ticket in moves.started:
            if ticket.done():  # cancelled, and not yet told
                self.leave()
            else:
                ticket.set_result(True)
        for ticket in moves.shed:
            if not ticket.done():
                ticket.set_result(False)

    def _keep_ticking(self, loop: asyncio.AbstractEventLoop) -> None:
        if not self._is_ticking:
            self._is_ticking = True
            loop.call_later(TICK_S, self._tick, loop, self._clock() + TICK_S)

    def _tick(self, loop: asyncio.AbstractEventLoop, due_s: float) -> None:
        self._is_ticking = False
        self._apply(self._admission.tick(max(0.0, self._clock() - due_s)))
        if self._admission.waiting:
            self._keep_ticking(loop)
