"""One load: call the upstream while the leases are held, then store what it said."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import chain
from secrets import token_bytes

from gateway.cache.entry import Entry
from gateway.cache.envelope import MARK_BYTES, seal
from gateway.cache.flight import Flight, Landed, Turn
from gateway.cache.levels import Levels
from gateway.cache.slot import AnySlot, FetchMany, Filled, Source
from gateway.cache.store import Store, Write
from gateway.errors import UpstreamContractError, UpstreamError

LEASE_S = 2.0  # after which a filler that was killed is given up
RENEW_S = LEASE_S / 3
RENEWALS = 45  # half a minute; no upstream call lasts that long


@dataclass(frozen=True, slots=True)
class _Load:
    """A loaded payload on its way into the levels; ``raw`` is ``None`` if Redis gets none."""

    slot: AnySlot
    entry: Entry
    raw: bytes | None
    flight: Flight | None  # None: it came along unasked


class Loader:
    """Loads of one process.

    Args:
        levels: Where what was loaded is kept.
        store: The shared level, or none.
        now: Seconds of the epoch.
        dice: 0 to 1, for the jitter of lifetimes.
        counts: Where loads are counted.
    """

    def __init__(
        self,
        levels: Levels,
        store: Store | None,
        *,
        now: Callable[[], float],
        dice: Callable[[], float],
        counts: Counter[str],
    ) -> None:
        self._levels = levels
        self._store = store
        self._now = now
        self._dice = dice
        self._counts = counts

    async def load(self, flights: Sequence[Flight], turn: Turn, fetch: FetchMany) -> list[Flight]:
        """Fetch, store and land; gives back the flights that a removal made worthless."""
        self._counts["fill"] += len(flights)
        async with self._held(turn):
            filled = await _fetched([flight.slot for flight in flights], fetch)
        loads: list[_Load] = []
        for flight in flights:
            found = filled.values[flight.slot.key]
            if isinstance(found, Exception):
                self._counts["fill_error"] += 1
                flight.last = found
                flight.land(found)
            else:
                loads.append(self._load(flight.slot, found, turn, flight=flight))
        loads += [
            self._load(slot, value, turn)
            for slot, value in filled.extra
            if not isinstance(value, Exception) and turn.epoch == self._levels.epoch
        ]
        moved = await self._stored(loads, turn)
        await self._given_up(loads, turn)
        return moved

    def _load(
        self, slot: AnySlot, value: object, turn: Turn, *, flight: Flight | None = None
    ) -> _Load:
        life = slot.policy.lifetime(
            is_absent=value is None, stored_at=self._now(), dice=self._dice()
        )
        payload = None if value is None else slot.codec.encode(value)
        tokens = turn.stamp(slot)
        mark = token_bytes(MARK_BYTES)
        entry = Entry(
            value=value,
            life=life,
            mark=mark,
            tokens=tokens or (),
            checked_at=self._now(),
            size_bytes=len(payload or b""),
        )
        raw = None
        if tokens is not None and life.is_any:
            raw = seal(slot.key, payload, life=life, mark=mark, tokens=tokens)
        return _Load(slot, entry, raw, flight)

    async def _stored(self, loads: Sequence[_Load], turn: Turn) -> list[Flight]:
        """Store what can be, keep in memory what is sound, land it; the rest is handed back."""
        stored = await self._commit(loads, turn)
        moved: list[Flight] = []
        for load in loads:
            verdict = stored.get(load.slot.key)
            if load.flight is None:
                is_sound = turn.epoch == self._levels.epoch
                if is_sound and (verdict or (verdict is None and turn.tokens is None)):
                    self._levels.keep(load.slot, load.entry)
                continue
            load.flight.last = Landed(load.entry, Source.UPSTREAM)
            if load.flight.is_void or verdict is False:
                moved.append(load.flight)
                continue
            if load.entry.life.is_any:
                self._levels.keep(load.slot, load.entry)
            load.flight.land(load.flight.last)
        self._counts["fill_again"] += len(moved)
        return moved

    async def _commit(self, loads: Sequence[_Load], turn: Turn) -> Mapping[str, bool | None]:
        """Which keys are stored; ``False``: what was loaded may be old; else Redis is no help."""
        writes = [
            Write(
                load.slot.key,
                load.raw,
                load.entry.life.stale_until - load.entry.life.stored_at,
                leased=load.slot.key in turn.leased,
            )
            for load in loads
            if load.raw is not None
        ]
        if self._store is None or turn.tokens is None or not writes:
            return {}
        tags = list(dict.fromkeys(chain.from_iterable(load.slot.tags for load in loads)))
        committed = await self._store.commit(writes, tags, token=turn.token)
        if committed is None:
            return {}
        stored = {w.key: is_in for w, is_in in zip(writes, committed.stored, strict=True)}
        for load in loads:
            if any(committed.tokens.get(tag) != turn.tokens.get(tag) for tag in load.slot.tags):
                stored[load.slot.key] = False
            elif load.slot.key not in turn.leased and stored.get(load.slot.key) is False:
                stored[load.slot.key] = None  # somebody else is filling it: let them
        return stored

    async def _given_up(self, loads: Sequence[_Load], turn: Turn) -> None:
        """End the leases that no write ended."""
        written = {load.slot.key for load in loads if load.raw is not None}
        left = turn.leased - written
        if left and self._store is not None:
            await self._store.release(tuple(left), token=turn.token)

    @asynccontextmanager
    async def _held(self, turn: Turn) -> AsyncIterator[None]:
        """Renew the leases for as long as the block runs."""
        if not turn.leased:
            yield
            return
        keeper = asyncio.create_task(self._renewals(turn))
        try:
            yield
        finally:
            keeper.cancel()

    async def _renewals(self, turn: Turn) -> None:
        for _ in range(RENEWALS):
            await asyncio.sleep(RENEW_S)
            if self._store is not None:
                await self._store.renew(tuple(turn.leased), token=turn.token, ttl_s=LEASE_S)


async def _fetched(slots: Sequence[AnySlot], fetch: FetchMany) -> Filled:
    """Call the upstream; whatever goes wrong becomes the outcome of the keys at fault."""
    try:
        found = await fetch(slots)
    except UpstreamError as exc:
        return Filled(dict.fromkeys((slot.key for slot in slots), exc))
    except Exception as exc:  # noqa: BLE001 - raised again by every reader that waits for it
        return Filled(dict.fromkeys((slot.key for slot in slots), exc))
    filled = found if isinstance(found, Filled) else Filled(found)
    lacking = {
        slot.key: UpstreamContractError(slot.policy.upstream, "fetch", "left out a part")
        for slot in slots
        if slot.key not in filled.values
    }
    return Filled({**lacking, **filled.values}, filled.extra)
