"""From the log of events to deliveries: each event once for each endpoint that wants it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol

from gateway.domain.request_log import RequestEvent
from gateway.domain.webhook import Delivery, Endpoint, WebhookStore
from gateway.webhooks.payload import Naming, payload_of

PAGE: Final = 200
"""Events that are read, and taken over, at once."""

MOST_WAITING: Final = 1000
"""Deliveries of one endpoint; what is behind them waits in the log, where it costs nothing."""


class Outbox(Protocol):
    """What is needed of a ``RequestStore``."""

    async def events(self, after: int, *, most: int) -> Sequence[RequestEvent]:
        """What happened behind a sequence number, oldest first."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Takeover:
    """Takes events over, from one log.

    Attributes:
        outbox: The log.
        scope: Tells its numbers from those of other logs.
        store: Where deliveries are kept.
        name: The graph's ids.
    """

    outbox: Outbox
    scope: str
    store: WebhookStore
    name: Naming

    async def look(self, endpoints: Sequence[Endpoint], now: datetime) -> bool:
        """Take over what is new, some of it at least; whether there may be more.

        Raises:
            UpstreamError: Log or store gave no usable answer; the next look goes on.
        """
        known = await self.store.positions(self.scope)
        waiting = await self.store.waiting()
        at: dict[int, list[Endpoint]] = defaultdict(list)
        for each in endpoints:
            if waiting.get(each.endpoint_id, 0) < MOST_WAITING:
                at[known.get(each.endpoint_id, 0)].append(each)
        is_full = [await self._read(after, those, now) for after, those in at.items()]
        return any(is_full)

    async def _read(self, after: int, endpoints: Sequence[Endpoint], now: datetime) -> bool:
        """Take over what is behind a position, for those that stand there."""
        found = await self.outbox.events(after, most=PAGE)
        if not found:
            return False
        reach = (after, found[-1].sequence)
        for each in endpoints:
            wanted = [self._delivery(each, event, now) for event in found if each.wants(event)]
            await self.store.take_over(each.endpoint_id, self.scope, reach, wanted)
        return len(found) == PAGE

    def _delivery(self, endpoint: Endpoint, event: RequestEvent, now: datetime) -> Delivery:
        return Delivery(
            endpoint_id=endpoint.endpoint_id,
            scope=self.scope,
            sequence=event.sequence,
            event_id=event.event_id,
            kind=event.kind,
            request_id=event.request_id,
            payload=payload_of(event, self.name),
            due_at=now,
        )
