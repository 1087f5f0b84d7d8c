"""Everything that is remembered about one upstream, and whether a call may go out to it."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from datetime import UTC, datetime, timedelta

from gateway.errors import (
    CircuitOpenError,
    DeadlineExceededError,
    QuotaExhaustedError,
    UpstreamError,
    UpstreamOverloadedError,
    UpstreamRateLimitedError,
)
from gateway.transport.breaker import Breaker
from gateway.transport.clock import Clock, Dice
from gateway.transport.deadline import deadline, remaining_s
from gateway.transport.gate import Gate
from gateway.transport.health import BreakerState, UpstreamHealth
from gateway.transport.judge import is_jammed, is_outage
from gateway.transport.limiter import AimdLimit
from gateway.transport.limits import CallLimits
from gateway.transport.turnstile import QueueFullError, Turnstile


class Guard:
    """Gate, breaker, queue and limit of one upstream, asked in this order.

    A spent quota closes the gate of its operation only: YouTube's search has a bucket of
    its own. A 429 closes the gate of all.
    """

    def __init__(self, name: str, limits: CallLimits, clock: Clock, dice: Dice) -> None:
        self._name = name
        self._limits = limits
        self._clock = clock
        self._breaker = Breaker(dice, limits.breaker)
        self._limit = AimdLimit(
            limits.start_concurrency, least=limits.min_concurrency, most=limits.max_concurrency
        )
        self._turnstile = Turnstile(self._limit, limits.queue)
        self._gate = Gate()
        self._gate_line = asyncio.Lock()  # timers of one moment fire in no promised order
        self._quotas: defaultdict[str, Gate] = defaultdict(Gate)
        self._succeeded_at_s: float | None = None
        self._last_error_code: str | None = None

    def enter_now(self, operation: str) -> int | None:
        """Take a permit and a ticket where nothing stands in the way; else ask ``enter``."""
        now_s = self._clock()
        own = deadline.get()
        if (
            self._breaker.state is not BreakerState.CLOSED
            or (own is not None and own.at_monotonic_s <= now_s)
            or self._gate_wait_s(operation, now_s) > 0.0
            or not self._turnstile.try_enter()
        ):
            return None
        return self._breaker.admit(now_s)

    async def enter(self, operation: str, patience_s: float) -> int:
        """Wait in line for a permit; returns the breaker's ticket.

        Args:
            operation: For the errors.
            patience_s: How long to wait for a closed gate to open.

        Raises:
            UpstreamError: The call must not go out; no permit is held.
        """
        wait_s = self._refuse(operation, patience_s)
        waited = not self._turnstile.try_enter()
        if waited:
            await self._queue(operation)
        try:
            if waited or wait_s > 0.0:
                await self._pass_gate(operation, patience_s)
            return self._admit(operation)
        except BaseException:
            self._turnstile.leave()
            raise

    def leave(self) -> None:
        """Give the permit back, after the ticket was settled."""
        self._turnstile.leave()

    def succeed(self, ticket: int) -> None:
        """The call was answered."""
        now_s = self._clock()
        self._succeeded_at_s = now_s
        self._breaker.succeed(ticket, now_s)
        self._limit.eased(self._turnstile.in_flight)

    def fail(self, ticket: int, operation: str, exc: UpstreamError) -> None:
        """The call was not answered, or with a refusal."""
        now_s = self._clock()
        self._last_error_code = exc.code
        if isinstance(exc, UpstreamRateLimitedError):
            self._close_gate(operation, exc, now_s)
        if is_jammed(exc):
            self._limit.jammed(now_s)
        if is_outage(exc):
            self._breaker.fail(ticket, now_s)
        else:
            self._breaker.succeed(ticket, now_s)

    def forget(self, ticket: int) -> None:
        """The call ended without testimony: cancelled, or cut by a short deadline."""
        self._breaker.forget(ticket, self._clock())

    def has_room(self, operation: str) -> bool:
        """Whether all is well and a good part of the limit is free."""
        return (
            self._breaker.state is BreakerState.CLOSED
            and self._turnstile.queued == 0
            and self._turnstile.in_flight * 4 < self._limit.permits * 3
            and self.gate_wait_s(operation) <= 0.0
        )

    def gate_wait_s(self, operation: str) -> float:
        """Seconds until the gates let this operation through."""
        return self._gate_wait_s(operation, self._clock())

    def _gate_wait_s(self, operation: str, now_s: float) -> float:
        wait_s = self._gate.wait_s(now_s)
        if self._quotas and (quota := self._quotas.get(operation)) is not None:
            wait_s = max(wait_s, quota.wait_s(now_s))
        return wait_s

    def status(self, now: datetime | None = None) -> UpstreamHealth:
        """Take a snapshot; ``now`` is aware and defaults to this moment."""
        now_s = self._clock()
        ago_s = None if self._succeeded_at_s is None else now_s - self._succeeded_at_s
        wait_s = max(self._breaker.wait_s(now_s), self._gate.wait_s(now_s))
        return UpstreamHealth(
            breaker=self._breaker.state,
            in_flight=self._turnstile.in_flight,
            queued=self._turnstile.queued,
            last_success_at=None
            if ago_s is None
            else (now or datetime.now(UTC)) - timedelta(seconds=ago_s),
            last_error_code=self._last_error_code,
            retry_after_s=wait_s or None,
        )

    def _refuse(self, operation: str, patience_s: float) -> float:
        """Raise if the call cannot go out; else tell how long the gate stays closed."""
        left_s = remaining_s(self._clock)
        if left_s <= 0.0:
            raise DeadlineExceededError(self._name, operation, "no time was left to ask")
        if self._breaker.wait_s(self._clock()) > 0.0:
            raise self._open_error(operation)
        wait_s = self.gate_wait_s(operation)
        if wait_s > patience_s or wait_s >= left_s:
            raise self._gate_error(operation)
        return wait_s

    def _admit(self, operation: str) -> int:
        ticket = self._breaker.admit(self._clock())
        if ticket is None:
            raise self._open_error(operation)
        return ticket

    async def _pass_gate(self, operation: str, patience_s: float) -> None:
        """Ask again, because much may have happened in the queue; wait in order."""
        if self._refuse(operation, patience_s) <= 0.0 and not self._gate_line.locked():
            return
        most_s = min(2.0 * patience_s, remaining_s(self._clock))  # it may close once more
        try:
            async with asyncio.timeout(most_s), self._gate_line:
                wait_s = self._refuse(operation, patience_s)
                while wait_s > 0.0:
                    await asyncio.sleep(wait_s)
                    wait_s = self._refuse(operation, patience_s)
        except TimeoutError as exc:
            raise self._gate_error(operation) from exc

    async def _queue(self, operation: str) -> None:
        try:
            await self._turnstile.enter(remaining_s(self._clock))
        except QueueFullError as exc:
            raise UpstreamOverloadedError(
                self._name, operation, "too many calls wait already", retry_after_s=1.0
            ) from exc
        except TimeoutError as exc:
            raise DeadlineExceededError(self._name, operation, "its turn did not come") from exc

    def _open_error(self, operation: str) -> CircuitOpenError:
        wait_s = self._breaker.wait_s(self._clock())
        return CircuitOpenError(
            self._name, operation, "failed too often a moment ago", retry_after_s=wait_s
        )

    def _gate_error(self, operation: str) -> UpstreamRateLimitedError:
        now_s = self._clock()
        quota = self._quotas.get(operation, self._gate)
        closed = max(self._gate, quota, key=lambda gate: gate.wait_s(now_s))
        return closed.error(self._name, operation, now_s)

    def _close_gate(self, operation: str, exc: UpstreamRateLimitedError, now_s: float) -> None:
        wait_s = self._limits.gate_default_s if exc.retry_after_s is None else exc.retry_after_s
        spent = isinstance(exc, QuotaExhaustedError)
        gate = self._quotas[operation] if spent else self._gate
        gate.close(now_s, wait_s, type(exc))
