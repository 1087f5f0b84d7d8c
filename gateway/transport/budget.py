"""What the driver asks before a call goes out: a share of what the upstream allows in all."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from gateway.errors import UpstreamRateLimitedError


class Reservation(Protocol):
    """Leave to send one call."""

    def refund(self) -> None:
        """Give it back: the call was not sent. A second time does nothing."""
        ...

    def refused(self, error: UpstreamRateLimitedError) -> None:
        """Tell all who share the budget that the upstream itself refused the call."""
        ...


class BudgetState(Protocol):
    """The tightest part of a budget, as last heard of."""

    @property
    def left(self) -> int:
        """Calls or units."""
        ...

    @property
    def resets_at(self) -> datetime:
        """When it is whole again; aware UTC."""
        ...


class Budget(Protocol):
    """What one upstream allows; shared by all processes, whoever implements it."""

    async def reserve(self, operation: str, cost: int, *, patience_s: float) -> Reservation:
        """Take leave to send one call; a hedge and a retry are calls too.

        Args:
            operation: The client's method; some have a budget of their own.
            cost: In the upstream's units.
            patience_s: How long to wait for a turn, at most.

        Raises:
            QuotaExhaustedError: The budget is spent until it resets.
            UpstreamRateLimitedError: The turn would come too late.
        """
        ...

    def state(self) -> BudgetState | None:
        """Tell what is left, without asking anybody; ``None`` where that is not counted."""
        ...
