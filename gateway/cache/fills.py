"""Getting what the cache lacks: once per key in this process, and once among all by lease."""

from __future__ import annotations

import asyncio
import contextvars
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from functools import partial
from itertools import chain

from gateway.cache.entry import Entry
from gateway.cache.flight import Flight, Landed, Turn
from gateway.cache.levels import Levels
from gateway.cache.loading import LEASE_S, Loader
from gateway.cache.slot import AnySlot, FetchMany, Source
from gateway.cache.store import Store
from gateway.errors import UpstreamUnavailableError

ROUNDS = 3  # attempts at a load that no purge overtakes; the last one is handed out all the same
FIRST_POLL_S = 0.02  # then half as long again each time, to ten a second: a waiter's commands
LAST_POLL_S = 0.1


class Fills:
    """The fills in flight of one process.

    Args:
        levels: Where entries are found and kept.
        store: The shared level, or none.
        loader: What calls the upstream.
        now: Seconds of the epoch.
        sleep: Between two looks at somebody else's lease.
    """

    def __init__(
        self,
        levels: Levels,
        store: Store | None,
        loader: Loader,
        *,
        now: Callable[[], float],
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._levels = levels
        self._store = store
        self._loader = loader
        self._now = now
        self._sleep = sleep
        self._flights: dict[str, Flight] = {}  # those that may be joined
        self._aloft: set[Flight] = set()  # and those that a removal cut off from new callers
        self._tasks: set[asyncio.Task[None]] = set()

    def __contains__(self, key: str) -> bool:
        return key in self._flights

    def start(
        self,
        slots: Iterable[AnySlot],
        fetch: FetchMany,
        *,
        seen: Mapping[str, bytes],
        is_background: bool = False,
    ) -> set[str]:
        """Fill the keys that nobody here is filling, in a task that outlives its caller.

        Args:
            slots: What is wanted.
            fetch: Called with what is to be loaded, once, unless a purge overtakes the load or
                another process gives up a lease.
            seen: Marks of the entries that were found wanting.
            is_background: Run outside the caller's context, so without its deadline.

        Returns:
            The keys whose fill this call started.
        """
        loop = asyncio.get_running_loop()
        new = [
            Flight(slot, seen.get(slot.key), loop.create_future())
            for slot in slots
            if slot.key not in self._flights
        ]
        if new:
            self._flights |= {flight.slot.key: flight for flight in new}
            self._aloft.update(new)
            for flight in new:
                flight.landing.add_done_callback(partial(self._ground, flight))
            context = contextvars.Context() if is_background else contextvars.copy_context()
            task = asyncio.create_task(self._run(new, fetch), context=context)
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        return {flight.slot.key for flight in new}

    def flight(self, key: str) -> Flight | None:
        """The fill of a key, if one is under way."""
        return self._flights.get(key)

    def void(self, keys: Iterable[str], tags: Iterable[str]) -> None:
        """Let nobody new join the fills of these, and let what they load be loaded again."""
        keys, tags = set(keys), set(tags)
        for flight in self._aloft:
            if flight.slot.key in keys or not tags.isdisjoint(flight.slot.tags):
                flight.is_void = True
                self._ground(flight)

    async def aclose(self) -> None:
        """Give up all fills; who waits gets an error."""
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _run(self, flights: Sequence[Flight], fetch: FetchMany) -> None:
        left = list(flights)
        try:
            for _ in range(ROUNDS):
                if left:
                    left = await self._round(left, fetch)
        finally:
            for flight in flights:
                gone = UpstreamUnavailableError(flight.slot.policy.upstream, "fetch", "given up")
                flight.land(flight.last or gone)
                self._ground(flight)
                self._aloft.discard(flight)

    def _ground(self, flight: Flight, _: object = None) -> None:
        """Let nobody new join it."""
        if self._flights.get(flight.slot.key) is flight:
            del self._flights[flight.slot.key]

    async def _round(self, flights: list[Flight], fetch: FetchMany) -> list[Flight]:
        """Load what is ours to load, wait for what is others'; gives back what moved meanwhile."""
        turn, mine, others = await self._ask(flights)
        return await self._both(turn, mine, others, fetch)

    async def _both(
        self, turn: Turn, mine: list[Flight], others: list[Flight], fetch: FetchMany
    ) -> list[Flight]:
        if not others:
            return await self._loader.load(mine, turn, fetch) if mine else []
        if not mine:
            return await self._wait(others, fetch)
        moved = await asyncio.gather(
            self._loader.load(mine, turn, fetch), self._wait(others, fetch)
        )
        return list(chain.from_iterable(moved))

    async def _wait(self, others: list[Flight], fetch: FetchMany) -> list[Flight]:
        """Look again until the others are done, or until a lease falls to us."""
        pause_s = FIRST_POLL_S
        while others:
            await self._sleep(pause_s)
            pause_s = min(pause_s * 1.5, LAST_POLL_S)
            turn, mine, others = await self._ask(others)
            if mine:
                return await self._both(turn, mine, others, fetch)
        return []

    async def _ask(self, flights: list[Flight]) -> tuple[Turn, list[Flight], list[Flight]]:
        """Try for the leases, and land what somebody filled in the meantime."""
        turn = Turn(self._levels.epoch, self._now())
        for flight in flights:
            flight.is_void = False
        if self._store is None:
            return turn, flights, []
        keys = [flight.slot.key for flight in flights]
        tags = list(dict.fromkeys(chain.from_iterable(flight.slot.tags for flight in flights)))
        asked = await self._store.lease(keys, tags, token=turn.token, ttl_s=LEASE_S)
        if asked is None:
            return turn, flights, []
        leased = frozenset(k for k, won in zip(keys, asked.won, strict=True) if won)
        turn = Turn(turn.epoch, turn.asked_at, asked.now.tokens, leased, turn.token)
        mine, others, done = [], [], []
        for flight, raw, won in zip(flights, asked.now.values, asked.won, strict=True):
            if self._is_news(flight, raw, turn):
                done.append(flight.slot.key)
            elif won is False:
                others.append(flight)
            else:
                mine.append(flight)
        await self._release(leased.intersection(done), turn)
        return turn, mine, others

    def _is_news(self, flight: Flight, raw: bytes | None, turn: Turn) -> bool:
        """Land the flight if Redis holds a fresh entry that was not there before."""
        entry = self._opened(flight.slot, raw, turn)
        if entry is None or entry.mark == flight.seen or entry.life.fresh_until <= self._now():
            return False
        if flight.is_void:
            return False
        self._levels.keep(flight.slot, entry)
        flight.land(Landed(entry, Source.REDIS))
        return True

    def _opened(self, slot: AnySlot, raw: bytes | None, turn: Turn) -> Entry | None:
        try:
            return self._levels.opened(slot, raw, turn.tokens or {}, asked_at=turn.asked_at)
        except ValueError:
            return None

    async def _release(self, keys: frozenset[str], turn: Turn) -> None:
        if keys and self._store is not None:
            await self._store.release(tuple(keys), token=turn.token)
