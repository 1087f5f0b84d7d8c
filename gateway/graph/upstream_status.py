"""How the upstreams are, as the replica that answers sees them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from enum import Enum
from typing import Self

import strawberry

from gateway.graph.cache_control import lasting
from gateway.graph.context import UpstreamHandle
from gateway.graph.described import described
from gateway.transport.budget import BudgetState


class UpstreamState(Enum):
    """The state of an upstream's circuit breaker, or that there is none."""

    CLOSED = "CLOSED"
    HALF_OPEN = "HALF_OPEN"
    OPEN = "OPEN"
    OFF = "OFF"


described(
    UpstreamState,
    "The state of an upstream's circuit breaker.",
    {
        "CLOSED": "Healthy: calls go through.",
        "HALF_OPEN": "It failed a moment ago; one call tries whether it is back.",
        "OPEN": "It fails: nothing is sent for a moment, what is cached is served.",
        "OFF": "Switched off by whoever runs the gateway; its fields are null.",
    },
)


@strawberry.type(
    description="How one upstream is, as the replica that answers sees it.",
    directives=[lasting(timedelta(0))],
)
class UpstreamStatus:
    """One upstream's health."""

    name: str = strawberry.field(description='Such as "tmdb".')
    state: UpstreamState = strawberry.field(description="Its circuit breaker.")
    in_flight: int = strawberry.field(description="Calls under way now.")
    queued: int = strawberry.field(description="Calls that wait for their turn.")
    quota_left: int | None = strawberry.field(
        description="Calls or units left in the tightest budget; null where none is kept."
    )
    resets_at: datetime | None = strawberry.field(
        description="When that budget is whole again, or when the upstream allows calls again; "
        "null where neither is known."
    )
    last_success_at: datetime | None = strawberry.field(
        description="The last usable answer; null before the first."
    )
    last_error: str | None = strawberry.field(
        description="Code of the last failure, from the closed list of codes; null before one."
    )

    @classmethod
    def of(cls, handle: UpstreamHandle) -> Self:
        """Show an upstream in the graph."""
        if handle.health is None:
            return cls(
                name=handle.name,
                state=UpstreamState.OFF,
                in_flight=0,
                queued=0,
                quota_left=None,
                resets_at=None,
                last_success_at=None,
                last_error=None,
            )
        health = handle.health.status()
        wait_s = health.retry_after_s
        quota = handle.health.quota()
        return cls(
            name=handle.name,
            state=UpstreamState(health.breaker.value),
            in_flight=health.in_flight,
            queued=health.queued,
            quota_left=None if quota is None else quota.left,
            resets_at=_resets_at(quota, wait_s),
            last_success_at=health.last_success_at,
            last_error=health.last_error_code,
        )


def _in(wait_s: float) -> datetime:
    return datetime.now(UTC) + timedelta(seconds=wait_s)


def _resets_at(quota: BudgetState | None, wait_s: float | None) -> datetime | None:
    if quota is not None:
        return quota.resets_at
    return None if wait_s is None else _in(wait_s)
