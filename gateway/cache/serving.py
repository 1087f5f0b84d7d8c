"""Entries as answers: fresh, stale and marked, or in place of a failure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

from gateway.cache.entry import Entry
from gateway.cache.flight import Answer, Flight
from gateway.cache.slot import Cached, Source
from gateway.cache.verdict import Verdict, judged
from gateway.errors import UpstreamError

_UNASKED = (Verdict.FRESH, Verdict.HOT, Verdict.STALE)
_HITS = {Source.MEMORY: "hit_memory", Source.REDIS: "hit_redis", Source.UPSTREAM: "miss"}


class Serving:
    """Turns entries into answers.

    Args:
        now: Seconds of the epoch.
        dice: 0 to 1; whether a hit counts as hot.
        counts: Where hits and stale answers are counted.
        reason: The code of the failure that keeps a key from being refreshed.
    """

    def __init__(
        self,
        *,
        now: Callable[[], float],
        dice: Callable[[], float],
        counts: Counter[str],
        reason: Callable[[str], str | None],
    ) -> None:
        self._now = now
        self._dice = dice
        self._counts = counts
        self._reason = reason

    def serve(self, key: str, entry: Entry, source: Source) -> tuple[Cached[Any] | None, bool]:
        """An answer without asking the upstream, if any; and whether it is worth a refresh."""
        now = self._now()
        verdict = judged(entry.life, now=now, dice=self._dice())
        if verdict not in _UNASKED:
            return None, False
        is_stale = verdict is Verdict.STALE
        reason = self._reason(key) if is_stale else None
        answer = answer_of(entry, source, now=now, is_stale=is_stale, reason=reason)
        return answer, verdict is not Verdict.FRESH

    def instead(self, flight: Flight, error: Exception) -> Answer:
        """A stale answer in place of a failure, where there is one."""
        entry, now = flight.fallback, self._now()
        if entry is None or now >= entry.life.stale_until or not isinstance(error, UpstreamError):
            return error
        self._counts["stale_if_error"] += 1
        return answer_of(entry, flight.source, now=now, is_stale=True, reason=error.code)

    def count(self, answer: Answer) -> None:
        """Count what an asker was told."""
        if isinstance(answer, Cached):
            self._counts[_HITS[answer.source]] += 1
            if answer.stale:
                self._counts["stale"] += 1
        else:
            self._counts["miss"] += 1


def answer_of(
    entry: Entry, source: Source, *, now: float, is_stale: bool = False, reason: str | None = None
) -> Cached[Any]:
    """An entry as an answer at this moment."""
    life = entry.life
    age_s = max(0.0, now - life.stored_at)
    return Cached(entry.value, source, age_s, is_stale, reason, life.fresh_until - now)
