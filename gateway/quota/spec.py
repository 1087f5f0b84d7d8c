"""Budgets as upstreams declare them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import TypeAlias

HOLD_S = 0.1
"""How long a turn that may be used at once stays good; see ``gateway.quota.gcra``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Which calls a budget counts.

    Attributes:
        name: Tells the budgets of one upstream apart.
        only: The operations that it counts; empty for all.
        but: Operations that it does not count.
    """

    name: str
    only: Collection[str] = ()
    but: Collection[str] = ()

    def covers(self, operation: str) -> bool:
        """Whether calls of this operation are counted."""
        return operation not in self.but and (not self.only or operation in self.only)


@dataclass(frozen=True, slots=True, kw_only=True)
class RateSpec(Scope):
    """Calls per second: at most ``per_s * (t + burst_s) + 1`` in any ``t`` seconds.

    Attributes:
        per_s: Calls per second in the long run.
        burst_s: How many seconds' worth may come on top at once; above ``HOLD_S``.
    """

    per_s: float
    burst_s: float = 0.25


@dataclass(frozen=True, slots=True, kw_only=True)
class DailySpec(Scope):
    """Units per day.

    Attributes:
        per_day: Units from one midnight to the next.
        zone: Where that midnight is, as an IANA name.
        block: Units that a process fetches at a time; fewer when few are left.
    """

    per_day: int
    zone: str = "UTC"
    block: int = 20


BudgetSpec: TypeAlias = RateSpec | DailySpec
