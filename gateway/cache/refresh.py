"""Fills that nobody waits for: bounded in number, and calm after a failure."""

from __future__ import annotations

import logging
from collections import Counter, OrderedDict
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import TYPE_CHECKING

from gateway.cache.fills import Fills
from gateway.cache.flight import Landing
from gateway.cache.slot import AnySlot, FetchMany
from gateway.errors import UpstreamError

if TYPE_CHECKING:
    from asyncio import Future

MAX_REFRESHES = 64  # keys at once; a stale answer beyond that waits for the next reader
CALM_S = 1.0  # between a failed refresh and the next attempt at that key
MAX_CALM_S = 60.0
MAX_TROUBLES = 10_000
_LOG = logging.getLogger(__name__)


class Refreshes:
    """Background fills of one process.

    Args:
        fills: What does the work.
        now: Seconds of the epoch.
        counts: Where refreshes are counted, the spared ones too.
    """

    def __init__(self, fills: Fills, *, now: Callable[[], float], counts: Counter[str]) -> None:
        self._fills = fills
        self._now = now
        self._counts = counts
        self._running: set[str] = set()
        self._troubles: OrderedDict[str, tuple[str, float]] = OrderedDict()

    def start(
        self, slots: Iterable[AnySlot], fetch: FetchMany, *, seen: Mapping[str, bytes]
    ) -> None:
        """Refresh what no one is filling and what did not fail a moment ago."""
        due = [slot for slot in slots if slot.key not in self._fills and self._is_calm(slot.key)]
        room = max(0, MAX_REFRESHES - len(self._running))
        self._counts["refresh_skipped"] += max(0, len(due) - room)
        started = self._fills.start(due[:room], fetch, seen=seen, is_background=True)
        self._counts["refresh"] += len(started)
        self._running |= started
        self.watch(started)

    def watch(self, keys: Iterable[str]) -> None:
        """Learn from these fills which keys are in trouble."""
        for key in keys:
            flight = self._fills.flight(key)
            if flight is not None:
                flight.landing.add_done_callback(partial(self._landed, key))

    def reason(self, key: str) -> str | None:
        """The code of the failure that keeps this key from being refreshed."""
        trouble = self._troubles.get(key)
        return None if trouble is None else trouble[0]

    def _is_calm(self, key: str) -> bool:
        trouble = self._troubles.get(key)
        return trouble is None or self._now() >= trouble[1]

    def _landed(self, key: str, landing: Future[Landing]) -> None:
        is_background = key in self._running
        self._running.discard(key)
        found = None if landing.cancelled() else landing.result()
        if not isinstance(found, Exception):
            self._troubles.pop(key, None)
            return
        code = found.code if isinstance(found, UpstreamError) else "INTERNAL_SERVER_ERROR"
        wait_s = getattr(found, "retry_after_s", None) or CALM_S
        self._troubles[key] = code, self._now() + min(wait_s, MAX_CALM_S)
        self._troubles.move_to_end(key)
        if len(self._troubles) > MAX_TROUBLES:
            self._troubles.popitem(last=False)
        if is_background and not isinstance(found, UpstreamError):
            _LOG.error("a refresh failed in a way nobody planned", exc_info=found)
