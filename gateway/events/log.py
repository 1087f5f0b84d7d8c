"""The part of a store that is followed."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping, Sequence
from typing import Final

from gateway.domain.request import MediaRequest
from gateway.domain.request_log import RequestEvent
from gateway.domain.request_store import RequestStore
from gateway.errors import ConfigError, UpstreamTimeoutError, UpstreamUnavailableError

PAGE: Final = 100
_PATIENCE_S: Final = 3.0  # for requests: their events are not held up for longer


class Log:
    """What happened, in order; whatever keeps it from being read is an outage.

    Args:
        store: Keeps it.
    """

    def __init__(self, store: RequestStore) -> None:
        self._store = store

    async def behind(self, after: int) -> Sequence[RequestEvent]:
        """A page of events behind a sequence number.

        Raises:
            UpstreamError: It cannot be read now.
        """
        try:
            return await self._store.events(after, most=PAGE)
        except ConfigError as exc:
            raise _unkept("events") from exc

    async def end(self) -> int:
        """The highest sequence number.

        Raises:
            UpstreamError: It cannot be read now.
        """
        try:
            return await self._store.last_event()
        except ConfigError as exc:
            raise _unkept("last_event") from exc

    async def requests(self, ids: Collection[int]) -> Mapping[int, MediaRequest]:
        """Requests as they are now.

        Raises:
            UpstreamError: They cannot be read now.
        """
        try:
            async with asyncio.timeout(_PATIENCE_S):
                return await self._store.get_many(ids)
        except TimeoutError as exc:
            raise UpstreamTimeoutError("requests", "get_many", "gave no answer in time") from exc


def _unkept(operation: str) -> UpstreamUnavailableError:
    """Whoever runs the gateway was told why, when it started."""
    return UpstreamUnavailableError("requests", operation, "no log can be kept")
