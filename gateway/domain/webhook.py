"""Whom events are told over HTTP, and how far that got; with the port of whatever keeps it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Protocol

from gateway.domain.request_log import RequestEvent, RequestEventKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """An address that is told what happens.

    Attributes:
        endpoint_id: Names it; no secret.
        url: May hold a secret of its owner's, so it is shown without its query only.
        kinds: Only these; ``None``: all.
        failing_since: The first failure with no success after it.
        disabled_at: Since when it is told nothing.
        disabled_why: In a few words, for its operator.
    """

    endpoint_id: str
    url: str = field(repr=False)
    created_at: datetime
    kinds: frozenset[RequestEventKind] | None = None
    failing_since: datetime | None = None
    disabled_at: datetime | None = None
    disabled_why: str | None = None

    def wants(self, event: RequestEvent) -> bool:
        """Whether it is told this."""
        return self.kinds is None or event.kind in self.kinds


class DeliveryState(Enum):
    """How one event stands with one endpoint."""

    WAITING = "WAITING"
    DELIVERED = "DELIVERED"
    GIVEN_UP = "GIVEN_UP"


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One event on its way to one endpoint.

    Attributes:
        scope: The store in which ``sequence`` counts.
        payload: The body, the same bytes in every try.
        due_at: Not before this.
        held_until: Until then nobody but whoever holds it may send it; ``None``: it is free.
        status_code: Of the last answer, if there was one.
        problem: Why the last try failed; never a URL.
        ended_at: When it was delivered or given up.
    """

    endpoint_id: str
    scope: str
    sequence: int
    event_id: str
    kind: RequestEventKind
    request_id: int
    payload: str = field(repr=False)
    due_at: datetime
    state: DeliveryState = DeliveryState.WAITING
    attempts: int = 0
    held_until: datetime | None = None
    status_code: int | None = None
    problem: str | None = None
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """What to write down of a try that failed.

    Attributes:
        problem: In a few words.
        again_at: When to try again; ``None``: never.
        disable_why: Stop telling the endpoint anything.
    """

    problem: str
    status_code: int | None = None
    again_at: datetime | None = None
    disable_why: str | None = None


class WebhookStore(Protocol):
    """Keeps endpoints and deliveries.

    Every method raises ``UpstreamError`` when there is no usable answer. Several processes may use
    it at once: of one endpoint and request, only the oldest delivery that waits can be held, by
    one of them at a time.
    """

    async def add(self, endpoint: Endpoint) -> bool:
        """Keep one more, which begins at the end of all logs; ``False`` if there are too many."""

    async def endpoints(self) -> Sequence[Endpoint]:
        """All of them, oldest first."""

    async def remove(self, endpoint_id: str) -> bool:
        """Forget one with all its deliveries; ``False`` if it is not there."""

    async def enable(self, endpoint_id: str, now: datetime) -> bool:
        """Go on where it was disabled, all tries anew; ``False`` if it is not there."""

    async def rewind(self, endpoint_id: str, since: datetime, now: datetime) -> bool:
        """Tell it again what happened since then, in its order, and enable it.

        Returns:
            ``False`` if it is not there.
        """

    async def positions(self, scope: str) -> Mapping[str, int]:
        """Up to which event each endpoint's were taken over; none is 0."""

    async def take_over(
        self, endpoint_id: str, scope: str, reach: tuple[int, int], found: Sequence[Delivery]
    ) -> bool:
        """Add deliveries and move the position, in one transaction.

        Args:
            endpoint_id: Whose.
            scope: The store of the events.
            reach: The position as it must still be, and as it becomes.
            found: What it wants of that; what it was told before is told again.

        Returns:
            Whether the position was still there.
        """

    async def due(self, now: datetime) -> Collection[str]:
        """Endpoints for which there is something to hold."""

    async def hold(self, endpoint_id: str, now: datetime, until: datetime) -> Delivery | None:
        """Take a delivery that is due and the oldest of its request; ``None`` if there is none."""

    async def delivered(self, delivery: Delivery, status_code: int, now: datetime) -> None:
        """Note that it arrived, unless somebody else holds it by now.

        When its endpoint was failing for a while, all that waits for it is due at once.
        """

    async def failed(self, delivery: Delivery, failure: Failure, now: datetime) -> None:
        """Note that it did not, unless somebody else holds it by now."""

    async def deliveries(self, endpoint_id: str, *, most: int) -> Sequence[Delivery]:
        """The newest ones, newest first."""

    async def waiting(self) -> Mapping[str, int]:
        """How many wait, by endpoint; those without any are left out."""

    async def forget(self, before: datetime) -> None:
        """Drop deliveries that ended before then."""
