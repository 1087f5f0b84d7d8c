"""How an upstream looks from here, for ``Query.upstreams`` and the health pages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum


class BreakerState(Enum):
    """Whether calls go out."""

    CLOSED = "CLOSED"
    OPEN = "OPEN"
    HALF_OPEN = "HALF_OPEN"


@dataclass(frozen=True, slots=True, kw_only=True)
class UpstreamHealth:
    """A snapshot.

    Attributes:
        breaker: ``OPEN`` refuses at once, ``HALF_OPEN`` waits for one probe.
        in_flight: Calls that hold a permit.
        queued: Calls that wait for one.
        last_success_at: Aware UTC; ``None`` before the first.
        last_error_code: Of the latest failure, from the closed list.
        retry_after_s: Until the gate or the breaker lets calls out again.
    """

    breaker: BreakerState
    in_flight: int
    queued: int
    last_success_at: datetime | None
    last_error_code: str | None
    retry_after_s: float | None
