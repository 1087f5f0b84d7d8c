"""What was loaded goes into the shared level: soon after the answer, many at a time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from itertools import chain
from typing import Final

from gateway.cache.envelope import seal
from gateway.cache.flight import Flight
from gateway.cache.leases import Leases
from gateway.cache.levels import Levels
from gateway.cache.sizes import Sizes, parsed_bytes
from gateway.cache.store import ANY, Committed, Looked, Store, Write

PAUSE_S: Final = 0.002  # nobody waits for a commit, and a page's loads end close together


class Commits:
    """Stores entries whose leases are still ours, and learns whether a purge overtook them.

    Args:
        levels: The levels.
        leases: Where the leases are held.
        now: Seconds of the epoch.
        settled: Told of each flight whether what it brought is sound: no purge came in between.
    """

    def __init__(
        self,
        levels: Levels,
        leases: Leases,
        *,
        now: Callable[[], float],
        settled: Callable[[Flight, bool], None],
    ) -> None:
        self._levels = levels
        self._leases = leases
        self._now = now
        self._settled = settled
        self._sizes = Sizes()
        self._due: list[Flight] = []
        self._timer: asyncio.TimerHandle | None = None
        self._under_way = 0  # flights whose commit Redis has not answered
        self._idle: asyncio.Future[None] | None = None

    def add(self, flight: Flight) -> None:
        """Store what this flight brought."""
        self._due.append(flight)
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(PAUSE_S, self._flush)

    def measure(self, flight: Flight) -> None:
        """Reckon the size of what is kept in memory only."""
        if flight.entry is not None:
            flight.entry.size_bytes = self._sizes.of(flight.slot, flight.entry.value)

    async def aclose(self) -> None:
        """Store what is due, and wait for that as long as Redis may take."""
        if self._timer is not None:
            self._timer.cancel()
            self._flush()
        while self._under_way:
            self._idle = asyncio.get_running_loop().create_future()
            await self._idle

    def _flush(self) -> None:
        self._timer = None
        due, self._due = self._due, []
        self._under_way += len(due)
        store = self._levels.shared
        if store is None:
            self._end(due, None)
            return
        if plain := [flight for flight in due if not flight.slot.policy.told_tags]:
            self._commit(store, plain)
        if told := [flight for flight in due if flight.slot.policy.told_tags]:
            self._levels.look((), [*_tags(told), ANY], partial(self._stamped, store, told))

    def _stamped(self, store: Store, flights: Sequence[Flight], looked: Looked | None) -> None:
        """Note what tags are worth that were told only now, unless anything was purged meanwhile.

        Whoever reads could not tell: the worth noted here is from after such a purge.
        """
        if looked is None:
            self._end(flights, None)
            return
        sound: list[Flight] = []
        for flight in flights:
            before = (flight.turn.tokens or {}).get(ANY)
            if flight.entry is None or not before or looked.tokens.get(ANY) != before:
                self._leases.done(flight.turn.token, flight.slot.key, is_ended=False)
                self._settle(flight, is_sound=False)
                continue
            tags = flight.entry.tags
            flight.entry.tokens = tuple(looked.tokens.get(tag, b"") for tag in tags)
            sound.append(flight)
        if sound:
            self._commit(store, sound)

    def _commit(self, store: Store, flights: Sequence[Flight]) -> None:
        writes = [write for flight in flights if (write := self._write(flight)) is not None]
        then = partial(self._committed, flights, [write.key for write in writes], self._now())
        store.commit(writes, _tags(flights), then)

    def _write(self, flight: Flight) -> Write | None:
        """Write an entry down; ``None`` where the server has no room for its tags either."""
        slot, entry, turn = flight.slot, flight.entry, flight.turn
        if entry is None or entry.tokens is None or not all(entry.tokens):
            self.measure(flight)
            return None
        payload = None if entry.value is None else slot.codec.encode(entry.value)
        entry.size_bytes = parsed_bytes(entry.value, payload)
        raw = seal(
            slot.key,
            payload,
            life=entry.life,
            mark=entry.mark,
            tokens=entry.tokens,
            told=entry.tags if slot.policy.told_tags else None,
        )
        token = turn.token if slot.key in turn.leased else b""
        return Write(slot.key, raw, entry.life.stale_until - entry.life.stored_at, token)

    def _committed(
        self,
        flights: Sequence[Flight],
        written: Sequence[str],
        asked_at: float,
        committed: Committed | None,
    ) -> None:
        if committed is not None:
            for flight in flights:
                flight.learn(asked_at)
        stored = {} if committed is None else dict(zip(written, committed.stored, strict=True))
        self._end(flights, committed, stored)

    def _end(
        self,
        flights: Iterable[Flight],
        committed: Committed | None,
        stored: dict[str, bool | None] | None = None,
    ) -> None:
        for flight in flights:
            key, turn = flight.slot.key, flight.turn
            is_ended = committed is None or key in (stored or {})
            self._leases.done(turn.token, key, is_ended=is_ended)
            is_lost = key in turn.leased and (stored or {}).get(key) is False
            is_sound = committed is None or not (is_lost or _has_moved(flight, committed))
            self._settle(flight, is_sound=is_sound)

    def _settle(self, flight: Flight, *, is_sound: bool) -> None:
        self._under_way -= 1
        self._settled(flight, is_sound and not flight.is_void)
        if not self._under_way and self._idle is not None and not self._idle.done():
            self._idle.set_result(None)


def _tags(flights: Iterable[Flight]) -> list[str]:
    return list(dict.fromkeys(chain.from_iterable(flight.tags for flight in flights)))


def _has_moved(flight: Flight, committed: Committed) -> bool:
    """Whether a tag is not worth any more what it was before the load began."""
    entry, now = flight.entry, committed.tokens
    if entry is None or entry.tokens is None:
        return False
    return any(
        now.get(tag, b"") != token for tag, token in zip(entry.tags, entry.tokens, strict=True)
    )
