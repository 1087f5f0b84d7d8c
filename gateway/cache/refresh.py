"""Fills that nobody waits for: bounded in number, and calm after a failure."""

from __future__ import annotations

import contextvars
import logging
from collections import Counter, OrderedDict
from collections.abc import Callable, Sequence
from typing import Final

from gateway.cache.entry import Entry
from gateway.cache.fills import Fills
from gateway.cache.flight import Answer, Batch, Flight
from gateway.cache.slot import AnySlot, Apart, FetchMany
from gateway.errors import UpstreamError

MAX_REFRESHES: Final = 64  # keys at once; a stale answer beyond that waits for the next reader
CALM_S: Final = 1.0  # between a failed refresh and the next attempt at that key
MAX_CALM_S: Final = 60.0
MAX_TROUBLES: Final = 10_000
_LOG = logging.getLogger(__name__)


class Troubles:
    """Keys whose last fill failed.

    Args:
        now: Seconds of the epoch.
    """

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._known: OrderedDict[str, tuple[str, float]] = OrderedDict()

    def reason(self, key: str) -> str | None:
        """The code of the failure that keeps this key from being refreshed."""
        trouble = self._known.get(key)
        return None if trouble is None else trouble[0]

    def is_calm(self, key: str) -> bool:
        """Whether the key may be tried again."""
        trouble = self._known.get(key)
        return trouble is None or self._now() >= trouble[1]

    def note(self, key: str, error: Exception | None) -> None:
        """Note how a fill ended."""
        if error is None:
            if self._known:
                self._known.pop(key, None)
            return
        code = error.code if isinstance(error, UpstreamError) else "INTERNAL_SERVER_ERROR"
        wait_s = getattr(error, "retry_after_s", None) or CALM_S
        self._known[key] = code, self._now() + min(wait_s, MAX_CALM_S)
        self._known.move_to_end(key)
        if len(self._known) > MAX_TROUBLES:
            self._known.popitem(last=False)


class Refreshes:
    """Background fills of one process.

    Args:
        troubles: What failed a moment ago.
        counts: Where refreshes are counted, the spared ones too.
    """

    def __init__(self, troubles: Troubles, counts: Counter[str]) -> None:
        self._troubles = troubles
        self._counts = counts
        self._running: set[Flight] = set()

    def start(
        self,
        fills: Fills,
        aging: Sequence[tuple[AnySlot, Entry]],
        fetch: FetchMany,
        apart: Apart | None,
    ) -> None:
        """Refresh what no one is filling and what did not fail a moment ago."""
        # Outside the caller's context, so without its deadline.
        batch = Batch(fetch, apart, contextvars.Context())
        started: list[Flight] = []
        for slot, entry in aging:
            if slot.key in fills or not self._troubles.is_calm(slot.key):
                continue
            if len(self._running) >= MAX_REFRESHES:
                self._counts["refresh_skipped"] += 1
                continue
            flight = Flight(slot, batch, seen=entry.mark)
            self._running.add(flight)
            fills.add(flight)
            started.append(flight)
        if started:
            self._counts["refresh"] += len(started)
            fills.start(started)

    def over(self, flight: Flight, answer: Answer) -> None:
        """Note how a flight ended, whoever started it."""
        error = answer if isinstance(answer, Exception) else None
        if isinstance(answer, Exception) or not answer.stale:
            self._troubles.note(flight.slot.key, error)
        if not self._running or flight not in self._running:
            return
        self._running.discard(flight)
        if error is not None and not isinstance(error, UpstreamError):
            _LOG.error("a refresh failed in a way nobody planned", exc_info=error)
