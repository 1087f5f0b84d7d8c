"""Units per day over all processes, fetched a few at a time."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from gateway.errors import QuotaExhaustedError, UpstreamRateLimitedError
from gateway.quota.days import Day
from gateway.quota.ledger import Ledger
from gateway.quota.purse import Purse
from gateway.quota.spec import DailySpec

_ROUNDS = 8  # of a call whose units keep going to others


@dataclass(frozen=True, slots=True)
class DailyState:
    """What is left of a day's units."""

    left: int
    limit: int
    resets_at: datetime


@dataclass(slots=True)
class Units:
    """Leave to send one call on one day."""

    budget: DailyBudget
    day: Day
    cost: int

    def refund(self) -> None:
        """Put the units back."""
        cost, self.cost = self.cost, 0
        self.budget.give_back(self.day, cost)

    def refused(self, error: UpstreamRateLimitedError) -> None:
        """Stop everybody, for as long as the upstream says that its units are gone."""
        if isinstance(error, QuotaExhaustedError):
            self.budget.exhaust(self.day, error.retry_after_s)


class DailyBudget:
    """One daily budget, as one process sees it.

    Args:
        upstream: For errors.
        spec: The budget.
        key: Of the ledger's entry.
        ledger: The shared books.
        replicas: Processes among which what is left is divided when the ledger is away.
        now: Seconds of the epoch.
    """

    def __init__(
        self,
        upstream: str,
        spec: DailySpec,
        *,
        key: str,
        ledger: Ledger,
        replicas: int = 1,
        now: Callable[[], float] = time.time,
    ) -> None:
        self.spec = spec
        self._upstream = upstream
        self._key = key
        self._ledger = ledger
        self._now = now
        self._ahead_s = 0.0  # the ledger's clock before ours
        self._purse = Purse(spec, replicas=replicas, at_s=now())
        self._needed = 0
        self._ordering: asyncio.Task[None] | None = None

    async def reserve(self, operation: str, cost: int, *, patience_s: float) -> Units:  # noqa: ARG002 - a spent day outlasts any patience
        """See ``transport.budget.Budget``."""
        if self._purse.has_news and not self._ledger.is_away:
            self._order()  # and do not wait for it
        for _ in range(_ROUNDS):
            day = self._purse.take(self._at_s(), cost)
            if day is not None:
                return Units(self, day, cost)
            if self._purse.is_empty(self._at_s()):
                break
            await self._ordered(cost)
        raise QuotaExhaustedError(
            self._upstream,
            operation,
            f"the day's {self.spec.name} are spent",
            retry_after_s=self._purse.wait_s(self._at_s()),
        )

    async def look(self) -> None:
        """Ask the ledger how things stand, so that ``state`` knows before the first call."""
        await asyncio.shield(self._order())

    def state(self) -> DailyState:
        """What is left, as last heard of."""
        at_s = self._at_s()
        return DailyState(self._purse.left(at_s), self.spec.per_day, self._purse.day.ends_at)

    def give_back(self, day: Day, cost: int) -> None:
        """Put units back into the purse."""
        self._purse.give_back(day, cost)

    def exhaust(self, day: Day, wait_s: float | None) -> None:
        """Spend nothing more for so long, at most until the day ends, and tell the others."""
        self._purse.exhaust(self._at_s(), day, wait_s)
        self._order()

    async def aclose(self) -> None:
        """Give the ledger back what is in hand."""
        if self._ordering is not None:
            await asyncio.gather(self._ordering, return_exceptions=True)
        last = self._purse.last_order(self._at_s())
        if last is not None:
            order, days = last
            await self._ledger.order(self._key, order, limit=self.spec.per_day, midnights=days)

    def _at_s(self) -> float:
        return self._now() + self._ahead_s

    async def _ordered(self, cost: int) -> None:
        """Wait for the order under way, or a new one; it goes on if we are cancelled."""
        self._needed += cost
        try:
            await asyncio.shield(self._order())
        finally:
            self._needed -= cost

    def _order(self) -> asyncio.Task[None]:
        if self._ordering is None or self._ordering.done():
            self._ordering = asyncio.create_task(self._order_for_all())
        return self._ordering

    async def _order_for_all(self) -> None:
        for _ in range(_ROUNDS):
            needed = self._needed
            order, days = self._purse.order(self._at_s(), needed)
            grant = await self._ledger.order(
                self._key, order, limit=self.spec.per_day, midnights=days
            )
            if grant is None:
                self._purse.go_alone(self._at_s(), needed)
                return
            self._ahead_s = grant.now_s - self._now()
            self._purse.receive(self._at_s(), grant)
            if not self._purse.has_news:
                return
