"""The one driver: it asks the guard, sends, judges, and perhaps sends again."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from gateway.errors import (
    CircuitOpenError,
    UpstreamContractError,
    UpstreamError,
    UpstreamOverloadedError,
    UpstreamRateLimitedError,
    UpstreamTimeoutError,
)
from gateway.transport.budget import Budget, Reservation
from gateway.transport.clock import Clock, Dice
from gateway.transport.deadline import deadline, remaining_s
from gateway.transport.events import log_call
from gateway.transport.guard import Guard
from gateway.transport.hedge import Hedger, race
from gateway.transport.judge import is_unsent, is_worth_retrying, judge_exchange
from gateway.transport.limits import CallLimits
from gateway.transport.port import ExchangeError, HttpAnswer, HttpPort
from gateway.transport.retry import TokenBudget, backoff_s
from gateway.transport.tally import count

R = TypeVar("R")


@dataclass(slots=True, kw_only=True)  # not frozen: that doubles what making one costs
class Call(Generic[R]):
    """One call as the driver sees it.

    Attributes:
        operation: Its name in logs and errors.
        method: The HTTP method.
        url: Whole and encoded.
        headers: All of them.
        body: What to send, if anything.
        read: Turns the answer into the result; raises an ``UpstreamError`` if it cannot.
        repeatable: A read: it may be sent again, and may wait for a gate to open.
        hedged: A read that may be sent twice at a time.
    """

    operation: str
    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes | None
    read: Callable[[HttpAnswer], R]
    repeatable: bool
    hedged: bool = False


class Driver:
    """Drives calls to one upstream through its guard and port."""

    def __init__(
        self,
        name: str,
        port: HttpPort,
        guard: Guard,
        *,
        limits: CallLimits,
        clock: Clock,
        dice: Dice,
        budget: Budget | None = None,
    ) -> None:
        self._budget = budget
        self._name = name
        self._port = port
        self._guard = guard
        self._limits = limits
        self._clock = clock
        self._dice = dice
        self._hedger = Hedger(limits.hedge_share)
        self._retries = TokenBudget(limits.retry_share, limits.retry_reserve)

    async def run(self, call: Call[R]) -> R:
        """Send until there is a result or no point in going on."""
        attempt = 1
        earlier: UpstreamError | None = None
        while True:
            try:
                return await (
                    self._try(call, attempt) if call.hedged else self._plain(call, attempt)
                )
            except CircuitOpenError:
                if earlier is None:
                    raise
                raise earlier from earlier.__cause__
            except UpstreamError as exc:
                wait_s = self._wait_s(call, exc, attempt)
                if wait_s is None:
                    raise
                earlier = exc
            await asyncio.sleep(wait_s)
            attempt += 1

    async def _try(self, call: Call[R], attempt: int) -> R:
        delay_s = self._hedger.delay_s
        if delay_s is None:
            return await self._plain(call, attempt)
        return await race(
            lambda: self._plain(call, attempt),
            lambda: self._spare(call, attempt),
            max(delay_s, self._limits.hedge_after_s),
        )

    async def _plain(self, call: Call[R], attempt: int, *, is_spare: bool = False) -> R:
        ticket = self._guard.enter_now(call.operation)
        if ticket is None:
            ticket = await self._enter(call)
        reserved = None
        if self._budget is not None:
            reserved = await self._reserve(self._budget, call, ticket, is_spare=is_spare)
        return await self._exchange(call, ticket, reserved, attempt)

    async def _spare(self, call: Call[R], attempt: int) -> R:
        """Try beside the first try, if there is room that nobody else wants."""
        if not self._guard.has_room(call.operation) or not self._hedger.spend():
            raise UpstreamOverloadedError(self._name, call.operation, "no second try")
        return await self._plain(call, attempt, is_spare=True)

    async def _reserve(
        self, budget: Budget, call: Call[R], ticket: int, *, is_spare: bool
    ) -> Reservation:
        """Take leave to send; half of the time left may go by, the call needs some too."""
        left_s = min(self._limits.timeout_s, remaining_s(self._clock))
        started_s = self._clock()
        try:
            return await budget.reserve(
                call.operation, 1, patience_s=0.0 if is_spare else left_s / 2
            )
        except BaseException as exc:
            self._guard.forget(ticket)
            self._guard.leave()
            if isinstance(exc, UpstreamError):
                self._log(call, _outcome(exc), 0, started_s)
            raise

    async def _exchange(
        self, call: Call[R], ticket: int, reserved: Reservation | None, attempt: int
    ) -> R:
        """Send and read; whatever happens, the ticket is settled and the permit given back."""
        started_s = self._clock()
        own = deadline.get()
        timeout_s = self._limits.timeout_s
        if own is not None:
            timeout_s = min(timeout_s, max(0.0, own.at_monotonic_s - started_s))
        outcome = "cancelled"
        try:
            found = call.read(await self._send(call, timeout_s))
        except UpstreamError as exc:
            outcome = self._failed(ticket, call, exc, timeout_s)
            if reserved is not None:
                _settle(reserved, exc)
            raise
        except BaseException:
            self._guard.forget(ticket)
            raise
        else:
            outcome = "ok" if found is not None else "absent"
            self._guard.succeed(ticket)
            self._retries.earn()
            return found
        finally:
            self._guard.leave()
            if call.hedged:
                self._learn(outcome, self._clock() - started_s)
            self._log(call, outcome, attempt, started_s)

    def _learn(self, outcome: str, duration_s: float) -> None:
        """Note how long reads take; a given-up straggler took at least so long."""
        late = duration_s > (self._hedger.delay_s or 0.0)
        if outcome in ("ok", "absent") or (outcome == "cancelled" and late):
            self._hedger.note(duration_s)

    async def _send(self, call: Call[R], timeout_s: float) -> HttpAnswer:
        count(self._name)
        try:
            return await self._port.send(
                call.method, call.url, headers=call.headers, body=call.body, timeout_s=timeout_s
            )
        except ExchangeError as exc:
            raise judge_exchange(exc, self._name, call.operation) from exc

    async def _enter(self, call: Call[R]) -> int:
        patience_s = self._limits.gate_wait_s if call.repeatable else 0.0
        started_s = self._clock()
        try:
            return await self._guard.enter(call.operation, patience_s)
        except UpstreamError as exc:
            self._log(call, _outcome(exc), 0, started_s)
            raise

    def _failed(self, ticket: int, call: Call[R], exc: UpstreamError, timeout_s: float) -> str:
        fair_s = min(self._limits.fair_timeout_s, self._limits.timeout_s)
        if isinstance(exc, UpstreamTimeoutError) and timeout_s < fair_s:
            self._guard.forget(ticket)
        else:
            self._guard.fail(ticket, call.operation, exc)
        return _outcome(exc)

    def _wait_s(self, call: Call[R], exc: UpstreamError, attempt: int) -> float | None:
        """Seconds to wait before the next try; ``None`` if there is to be none."""
        limits = self._limits
        unreadable = isinstance(exc, UpstreamContractError)
        retries = limits.unreadable_retries if unreadable else limits.retries
        if not call.repeatable or attempt > retries or not is_worth_retrying(exc):
            return None
        wait_s = backoff_s(
            attempt, self._dice(), first_s=limits.backoff_s, most_s=limits.backoff_max_s
        )
        if exc.retry_after_s is not None:
            if exc.retry_after_s > limits.gate_wait_s:
                return None
            wait_s = max(wait_s, exc.retry_after_s)
        if wait_s >= remaining_s(self._clock):
            return None
        return wait_s if self._retries.spend() else None

    def _log(self, call: Call[R], outcome: str, attempt: int, started_s: float) -> None:
        duration_ms = (self._clock() - started_s) * 1000.0
        log_call(self._name, call.operation, outcome, attempt=attempt, duration_ms=duration_ms)


def _outcome(exc: UpstreamError) -> str:
    """Name the error for people: ``UpstreamTimeoutError`` is ``timeout``."""
    name = type(exc).__name__.removeprefix("Upstream").removesuffix("Error")
    return name.lower()


def _settle(reserved: Reservation, exc: UpstreamError) -> None:
    """What the budget must know of a failed try."""
    if is_unsent(exc):
        reserved.refund()
    elif isinstance(exc, UpstreamRateLimitedError):
        reserved.refused(exc)
