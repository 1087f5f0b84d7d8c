"""The log of events, as seen from here: read in order, and searched by time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final, Protocol

from gateway.domain.request_log import RequestEvent

SLOPE: Final = timedelta(hours=1)
"""How far moments may run against the numbers: processes have clocks of their own."""
PAGE: Final = 200
"""Events that are read, and taken over, at once."""


class Outbox(Protocol):
    """What is needed of a ``RequestStore``."""

    async def events(self, after: int, *, most: int) -> Sequence[RequestEvent]:
        """What happened behind a sequence number, oldest first."""
        ...

    async def last_event(self) -> int:
        """The highest sequence number; 0 when nothing happened yet."""
        ...


async def place_of(outbox: Outbox, since: datetime) -> int:
    """The sequence number behind which everything is that happened since then.

    However long the log is, a handful of reads and those of one hour's events find it.
    """
    place = await _hour_before(outbox, since - SLOPE)
    while found := await outbox.events(place, most=PAGE):
        for event in found:
            if event.occurred_at >= since:
                return place
            place = event.sequence
    return place


async def _hour_before(outbox: Outbox, until: datetime) -> int:
    low, high = 0, await outbox.last_event()
    while low < high:
        middle = (low + high) // 2
        found = await outbox.events(middle, most=1)
        if found and found[0].occurred_at < until:
            low = found[0].sequence
        else:
            high = middle
    return low
