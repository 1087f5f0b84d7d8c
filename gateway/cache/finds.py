"""What a look found: an answer, a fallback, or nothing of use."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from gateway.cache.entry import Entry
from gateway.cache.envelope import mark_of
from gateway.cache.flight import Answer, Flight
from gateway.cache.levels import Levels, Standing
from gateway.cache.serving import Serving
from gateway.cache.slot import Source
from gateway.cache.store import Tokens


class Finds:
    """Judges what memory and Redis hold.

    Args:
        levels: Where entries are kept.
        serving: Makes answers of them.
        end: Ends a flight with an answer.
        look: Looks again, for who asked too late for this look.
        aging: Told of those that were served and are worth a refresh.
    """

    def __init__(
        self,
        levels: Levels,
        serving: Serving,
        *,
        end: Callable[[Flight, Answer], None],
        look: Callable[[Sequence[Flight]], None],
        aging: Callable[[Sequence[tuple[Flight, Entry]]], None],
    ) -> None:
        self._levels = levels
        self._serving = serving
        self._end = end
        self._look = look
        self._aging = aging
        self._aged: list[tuple[Flight, Entry]] = []

    def check(self, flight: Flight, tokens: Tokens) -> bool:
        """End a flight with what is held if its tags allow that."""
        entry = flight.held
        if entry is None:
            return False
        standing = self._levels.standing(entry, tokens)
        if standing is Standing.GONE:
            if flight.source is Source.MEMORY:
                self._levels.forget(flight.slot.key)
            flight.held = None
            return False
        entry.agreed(flight.turn.asked_at, flight.turn.era)
        return self.serve(flight, standing)

    def open(self, flight: Flight, raw: bytes, tokens: Tokens) -> bool:
        """End a flight with what Redis holds if that will do."""
        flight.seen = mark_of(raw)
        entry = self._levels.opened(flight.slot, raw, flight.turn.asked_at)
        if entry is None:
            return False
        flight.held, flight.source = entry, Source.REDIS
        if flight.slot.policy.told_tags and entry.tags:
            return False  # and look what its tags are worth
        return self.check(flight, tokens)

    def serve(self, flight: Flight, standing: Standing = Standing.GOOD) -> bool:
        """End a flight with what is held, unless the upstream has to be asked first."""
        entry, flight.held = flight.held, None
        if entry is None:
            return False
        flight.seen = entry.mark
        if standing is Standing.OUTDATED:
            entry.life = entry.life.outdated()
        answer, is_aging = self._serving.serve(flight.slot.key, entry, flight.source)
        if answer is None:
            if entry.life.is_any:  # else what memory held may do better
                flight.fallback = entry
            return False
        if flight.source is Source.REDIS and not flight.is_void:
            self._levels.keep(flight.slot, entry)
        if not flight.tell_early(answer):
            flight.held = entry
            self._look([flight])  # for who asked when this was old already
            return True
        self._end(flight, answer)
        if is_aging:
            self._aged.append((flight, entry))
        return True

    def refresh(self) -> None:
        """Refresh, together, what was served and is worth it."""
        if self._aged:
            aged, self._aged = self._aged, []
            self._aging(aged)
