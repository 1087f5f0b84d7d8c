"""All budgets of one upstream, asked as one."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from gateway.errors import UpstreamRateLimitedError
from gateway.quota.daily import DailyBudget, DailyState, Units
from gateway.quota.ledger import Ledger
from gateway.quota.rate import RateBudget, RateTurn
from gateway.quota.spec import BudgetSpec, DailySpec

_PREFIX = "mq:quota"


@dataclass(frozen=True, slots=True)
class Leave:
    """Leave to send one call, from every budget that counts it."""

    parts: Sequence[Units | RateTurn]

    def refund(self) -> None:
        """Give all of it back."""
        for part in self.parts:
            part.refund()

    def refused(self, error: UpstreamRateLimitedError) -> None:
        """Tell each budget that the upstream refused."""
        for part in self.parts:
            part.refused(error)


class UpstreamBudget:
    """What one upstream allows to all processes together.

    Args:
        upstream: Its name in the registry.
        specs: Its budgets.
        ledger: The shared books.
        scope: Tells its address from another of the same upstream.
        replicas: Processes among which budgets are divided when the ledger is away.
        clock: Monotonic seconds.
        now: Seconds of the epoch.
    """

    def __init__(
        self,
        upstream: str,
        specs: Sequence[BudgetSpec],
        *,
        ledger: Ledger,
        scope: str = "",
        replicas: int = 1,
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._daily: list[DailyBudget] = []
        self._rates: list[RateBudget] = []
        for spec in specs:
            key = f"{_PREFIX}:{upstream}:{spec.name}:{scope}"
            if isinstance(spec, DailySpec):
                self._daily.append(
                    DailyBudget(upstream, spec, key=key, ledger=ledger, replicas=replicas, now=now)
                )
            else:
                self._rates.append(
                    RateBudget(
                        upstream, spec, key=key, ledger=ledger, replicas=replicas, clock=clock
                    )
                )
        self._all: tuple[DailyBudget | RateBudget, ...] = (*self._daily, *self._rates)

    async def reserve(self, operation: str, cost: int, *, patience_s: float) -> Leave:
        """See ``transport.budget.Budget``; the day's units first, for they do not wait."""
        parts: list[Units | RateTurn] = []
        try:
            for budget in self._all:
                if budget.spec.covers(operation):
                    part = await budget.reserve(operation, cost, patience_s=patience_s)
                    parts.append(part)
        except BaseException:
            Leave(parts).refund()
            raise
        return Leave(parts)

    def state(self) -> DailyState | None:
        """The daily budget of which the smallest part is left; a rate is not counted."""
        states = [each.state() for each in self._daily]
        return min(states, key=lambda state: state.left / state.limit, default=None)

    async def look(self) -> None:
        """Ask the ledger how the daily budgets stand."""
        await asyncio.gather(*(each.look() for each in self._daily))

    async def aclose(self) -> None:
        """Give back what this process holds, and end what is under way."""
        await asyncio.gather(*(each.aclose() for each in self._all))
