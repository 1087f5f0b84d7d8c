"""Brings deliveries to their endpoints: in order for each request, several requests side by side.

A delivery is held in the store while it is sent, longer than a try takes, so that no other process
sends it or a later one of the same request. What a killed process held is free again after that.
"""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final, TypeAlias

from gateway.domain.webhook import Delivery, Endpoint, WebhookStore
from gateway.transport.clock import Clock, Dice
from gateway.transport.gate import retry_after_s
from gateway.transport.heard import Heard
from gateway.transport.pinned import PinnedSender
from gateway.transport.port import ExchangeError
from gateway.webhooks.schedule import Setback, consequence, is_success
from gateway.webhooks.signing import signed

_LOG: Final = logging.getLogger(__name__)

HEADERS: Final = {
    "Content-Type": "application/json",
    "User-Agent": "marquee-gateway",
    "Accept": "*/*",
    "Connection": "close",
}

Keys: TypeAlias = Callable[[str], bytes]
"""The key of an endpoint, by its id."""


@dataclass(frozen=True, slots=True)
class Hold:
    """For how long a delivery is one process's.

    Attributes:
        held_s: Until others may send it.
        sent_s: Until not a byte of it goes out any more; the rest is for clocks that differ, and
            for writing down how it went.
    """

    held_s: float = 30.0
    sent_s: float = 15.0


USUAL: Final = Hold()


class Courier:
    """Sends what is due, one by one.

    Args:
        store: Where deliveries are kept.
        sender: Sends them.
        key_of: Signs them.
        now: Aware wall time.
        clock: Monotonic seconds, the sender's.
        dice: For jitter.
        hold: For how long a delivery is this process's.
    """

    def __init__(
        self,
        store: WebhookStore,
        sender: PinnedSender,
        key_of: Keys,
        *,
        now: Callable[[], datetime],
        clock: Clock = time.monotonic,
        dice: Dice = random.random,
        hold: Hold = USUAL,
    ) -> None:
        self._store = store
        self._sender = sender
        self._key_of = key_of
        self._now = now
        self._clock = clock
        self._dice = dice
        self._hold = hold

    async def next(self, endpoint: Endpoint, on_held: Callable[[], object]) -> Endpoint | None:
        """Send one delivery that is due.

        Args:
            endpoint: As it was a moment ago.
            on_held: Called when there is something to send: there may be more.

        Returns:
            The endpoint as it is now; ``None`` if nothing was due, or if the try failed.

        Raises:
            UpstreamError: The store gave no usable answer.
        """
        began_s, now = self._clock(), self._now()
        until = now + timedelta(seconds=self._hold.held_s)
        delivery = await self._store.hold(endpoint.endpoint_id, now, until)
        if delivery is None:
            return None
        on_held()
        is_well = await self._send(endpoint, delivery, began_s)
        return replace(endpoint, failing_since=None) if is_well else None

    async def _send(self, endpoint: Endpoint, delivery: Delivery, began_s: float) -> bool:
        sent_s = self._clock()
        found = await self._tried(endpoint, delivery, began_s + self._hold.sent_s)
        now = self._now()
        if isinstance(found, Heard):
            await self._store.delivered(delivery, found.status, now)
        else:
            failure = consequence(found, delivery, endpoint, now=now, die=self._dice())
            await self._store.failed(delivery, failure, now)
        self._tell(delivery, found, self._clock() - sent_s)
        return isinstance(found, Heard)

    async def _tried(
        self, endpoint: Endpoint, delivery: Delivery, until_s: float
    ) -> Heard | Setback:
        body = delivery.payload.encode()
        key = self._key_of(endpoint.endpoint_id)
        at_s = int(self._now().timestamp())
        headers = {**HEADERS, **signed(key, delivery.event_id, at_s=at_s, body=body)}
        try:
            heard = await self._sender.post(
                endpoint.url, headers=headers, body=body, until_s=until_s
            )
        except ExchangeError as exc:
            return Setback(problem=str(exc))
        if is_success(heard.status):
            return heard
        return Setback(
            problem=f"answered {heard.status}",
            status=heard.status,
            retry_after_s=retry_after_s(heard.retry_after, self._now()),
        )

    def _tell(self, delivery: Delivery, found: Heard | Setback, spent_s: float) -> None:
        """Never the URL: it may hold a secret of its owner's."""
        is_well = isinstance(found, Heard)
        _LOG.log(
            logging.INFO if is_well else logging.WARNING,
            "webhook",
            extra={
                "endpoint": delivery.endpoint_id,
                "delivery": delivery.event_id,
                "attempt": delivery.attempts + 1,
                "outcome": "ok" if isinstance(found, Heard) else found.problem,
                "duration_ms": round(spent_s * 1000, 1),
            },
        )
