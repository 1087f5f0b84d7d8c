"""How many requests a person may make in how many days."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowance:
    """So many requests in so many days; ``most`` of ``None`` is no limit."""

    most: int | None
    days: int

    def since(self, now: datetime) -> datetime:
        """Requests made after this moment count."""
        return now - timedelta(days=self.days)


@dataclass(frozen=True, slots=True, kw_only=True)
class Quota:
    """What is left of an allowance.

    Attributes:
        most: Requests in ``days``; ``None``: as many as they like.
        days: The window, which ends now; ``None`` without a limit.
        used: Requests in the window that were not declined; 0 without a limit.
        resets_at: When the oldest of them leaves the window; ``None`` when nothing is used.
    """

    most: int | None = None
    days: int | None = None
    used: int = 0
    resets_at: datetime | None = None

    @property
    def remaining(self) -> int | None:
        """Requests that may still be made; ``None``: as many as they like."""
        return None if self.most is None else max(0, self.most - self.used)

    @property
    def exhausted(self) -> bool:
        """Whether the next request is refused."""
        return self.remaining == 0


def reckon(allowance: Allowance | None, made_at: Sequence[datetime]) -> Quota:
    """Hold an allowance against the requests in its window, oldest first."""
    if allowance is None or allowance.most is None:
        return Quota()
    window = timedelta(days=allowance.days)
    # With more in the window than the limit allows now, the oldest ones free nothing.
    frees = max(0, len(made_at) - allowance.most)
    return Quota(
        most=allowance.most,
        days=allowance.days,
        used=len(made_at),
        resets_at=made_at[frees] + window if frees < len(made_at) else None,
    )
