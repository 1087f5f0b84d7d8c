"""Runs work on the database: bounded in time, tried again where that is safe, never leaking."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, TypeAlias, TypeVar

from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.errors import (
    CircuitOpenError,
    DeadlineExceededError,
    UpstreamContractError,
    UpstreamError,
    UpstreamTimeoutError,
    UpstreamUnavailableError,
)
from gateway.transport.breaker import Breaker, BreakerLimits
from gateway.transport.clock import Clock, Dice
from gateway.transport.deadline import remaining_s
from gateway.transport.events import log_call
from gateway.transport.health import UpstreamHealth
from gateway.upstreams.book.engines import USUAL, Engines
from gateway.upstreams.book.failures import Failure, database_errors, failure_of

NAME: Final = "book"
_TRIES: Final = 3
_PAUSE_S: Final = 0.02
_GRACE_S: Final = 0.5
_RETRIED: Final = frozenset({Failure.BUSY, Failure.AWAY})
_OUTAGES: Final = frozenset({Failure.AWAY, Failure.SLOW})

ROUTINE: Final = frozenset(
    {
        *("events", "last_event", "observed_events", "observed_last_event"),
        *("webhooks", "webhook_positions", "webhooks_waiting", "due_webhooks"),
    }
)
"""Asked every second, whether anything happens or not: only their failures are told."""

T = TypeVar("T")
Work: TypeAlias = Callable[[AsyncConnection], Awaitable[T]]


@dataclass
class _Call:
    """How far one call got."""

    operation: str
    writes: bool
    until_s: float = 0.0
    tried: int = 0
    committing: bool = False
    given_up: bool = False

    def go_on(self) -> None:
        """Nobody waits any more: nothing that is done from now on may be seen.

        Raises:
            CancelledError: So it is.
        """
        if self.given_up:
            raise asyncio.CancelledError


class Database:
    """One database, behind a breaker.

    Args:
        engines: The ways to it.
        timeout_s: Seconds for one call, its retries included.
        clock: Monotonic.
        dice: For jitter.
        sleep: Between tries.
        now: Aware wall time.
    """

    def __init__(
        self,
        engines: Engines,
        *,
        timeout_s: float = USUAL.statement_s,
        clock: Clock = time.monotonic,
        dice: Dice = random.random,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.engines = engines
        self.breaker = Breaker(dice, BreakerLimits())
        self._timeout_s = timeout_s
        self._clock = clock
        self._dice = dice
        self._sleep = sleep
        self._now = now
        self._running = 0
        self._last_success_at: datetime | None = None
        self._last_error: str | None = None
        self._leaving: set[asyncio.Task[Any]] = set()

    async def read(self, operation: str, work: Work[T]) -> T:
        """Run statements that change nothing, each in a transaction of its own.

        Raises:
            UpstreamError: No usable answer.
        """

        async def once(call: _Call) -> T:
            async with self.engines.read.connect() as connection:
                call.go_on()
                return await work(connection)

        return await self._run(_Call(operation, writes=False), once)

    async def write(self, operation: str, work: Work[T]) -> T:
        """Run a transaction. It may run several times, but only one is ever committed.

        Raises:
            UpstreamError: No usable answer; when the connection was lost during the commit, or
                time ran out, the work may have been done.
        """

        async def once(call: _Call) -> T:
            async with self.engines.write.connect() as connection:
                call.go_on()
                transaction = await connection.begin()
                done = await work(connection)
                call.go_on()
                call.committing = True
                await transaction.commit()
                return done

        return await self._run(_Call(operation, writes=True), once)

    def status(self) -> UpstreamHealth:
        """Tell how the database looks from here."""
        return UpstreamHealth(
            breaker=self.breaker.state,
            in_flight=self._running,
            queued=0,
            last_success_at=self._last_success_at,
            last_error_code=self._last_error,
            retry_after_s=self.breaker.wait_s(self._clock()) or None,
        )

    def quota(self) -> None:
        """Nobody counts our calls."""

    async def aclose(self) -> None:
        """Close every connection, when those that were given up are cleaned up."""
        await asyncio.gather(*self._leaving, return_exceptions=True)
        await self.engines.aclose()

    async def _run(self, call: _Call, once: Callable[[_Call], Awaitable[T]]) -> T:
        left_s = min(self._timeout_s, remaining_s(self._clock))
        if left_s <= 0:
            raise DeadlineExceededError(NAME, call.operation, "no time was left")
        began_s = self._clock()
        call.until_s = began_s + left_s
        outcome = "cancelled"
        self._running += 1
        try:
            done = await self._in_time(call, self._until_done(call, once), left_s)
            outcome = "ok"
            self._last_success_at = self._now()
        except UpstreamError as exc:
            outcome = self._last_error = exc.code
            raise
        finally:
            self._running -= 1
            spent_ms = (self._clock() - began_s) * 1000
            if outcome != "ok" or call.operation not in ROUTINE:
                log_call(NAME, call.operation, outcome, attempt=call.tried, duration_ms=spent_ms)
        return done

    async def _in_time(self, call: _Call, work: Coroutine[None, None, T], left_s: float) -> T:
        """Wait for the work, but not for its cleaning up: that talks to the database again.

        What SQLite was told cannot be cut: a thread does it, and a connection that is dropped
        meanwhile keeps its lock until the garbage is collected. So it may end by itself, unseen.
        """
        task = asyncio.create_task(work)
        try:
            await asyncio.wait({task}, timeout=left_s)
            if task.done():
                return task.result()
            raise _error(Failure.SLOW, call)
        finally:
            if not task.done():
                self._leaving.add(task)
                task.add_done_callback(self._left)
                call.given_up = True
                if self.engines.is_sqlite:
                    asyncio.get_running_loop().call_later(_GRACE_S, task.cancel)
                else:
                    task.cancel()

    def _left(self, task: asyncio.Task[Any]) -> None:
        self._leaving.discard(task)
        if not task.cancelled():
            task.exception()  # nobody waits for it any more

    async def _until_done(self, call: _Call, once: Callable[[_Call], Awaitable[T]]) -> T:
        while True:
            call.tried += 1
            try:
                return await self._guarded(call, once)
            except database_errors() as exc:
                failure = failure_of(exc)
                unsure = call.committing and failure is not Failure.BUSY
                if failure not in _RETRIED or unsure or call.tried >= _TRIES:
                    raise _error(failure, call) from exc
            call.go_on()
            call.committing = False
            await self._sleep(_PAUSE_S * 2**call.tried * (0.5 + self._dice()))

    async def _guarded(self, call: _Call, once: Callable[[_Call], Awaitable[T]]) -> T:
        """Let the breaker learn from one try."""
        ticket = self.breaker.admit(self._clock())
        if ticket is None:
            wait_s = self.breaker.wait_s(self._clock())
            raise CircuitOpenError(
                NAME, call.operation, Failure.AWAY.value, retry_after_s=max(wait_s, 0.1)
            )
        try:
            done = await once(call)
        except database_errors() as exc:
            if failure_of(exc) in _OUTAGES:
                self.breaker.fail(ticket, self._clock())
            else:
                self.breaker.succeed(ticket, self._clock())
            raise
        except asyncio.CancelledError:
            self._note_cancelled(ticket, call)
            raise
        except BaseException:
            self.breaker.forget(ticket, self._clock())
            raise
        self.breaker.succeed(ticket, self._clock())
        return done

    def _note_cancelled(self, ticket: int, call: _Call) -> None:
        """A read that ran out of time is an outage; a write may have waited for other writers."""
        if not call.writes and self._clock() >= call.until_s:
            self.breaker.fail(ticket, self._clock())
        else:
            self.breaker.forget(ticket, self._clock())


def _told(failure: Failure, call: _Call) -> str:
    return f"{failure.value}; it may have happened" if call.committing else failure.value


def _error(failure: Failure, call: _Call) -> UpstreamError:
    """Before the commit nothing has happened that others could see."""
    detail, is_inert = _told(failure, call), not call.committing
    if failure is Failure.SLOW:
        return UpstreamTimeoutError(NAME, call.operation, detail, is_inert=is_inert)
    if failure is Failure.WRONG:
        return UpstreamContractError(NAME, call.operation, detail, is_inert=is_inert)
    return UpstreamUnavailableError(NAME, call.operation, detail, is_inert=is_inert)
