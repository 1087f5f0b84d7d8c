"""Getting what memory lacks: once per key in this process, and once among all by lease."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Final

from gateway.cache.commits import Commits
from gateway.cache.entry import FIRST, UNWATCHED, Entry
from gateway.cache.finds import Finds
from gateway.cache.flight import Answer, Flight, Turn
from gateway.cache.leases import Leases
from gateway.cache.levels import Levels
from gateway.cache.loading import Loader
from gateway.cache.serving import Serving
from gateway.cache.store import ANY, Looked, Want
from gateway.errors import UpstreamUnavailableError

LOADS: Final = 3  # that no purge overtakes; what the last one brings is handed out all the same
FIRST_POLL_S: Final = 0.02  # then half as long again each time, to ten a second
LAST_POLL_S: Final = 0.1


class Fills:
    """The keys on their way in one process.

    Args:
        levels: Where entries are found and kept.
        serving: Makes answers of them.
        now: Seconds of the epoch.
        dice: 0 to 1, for the jitter of lifetimes.
        counts: Where loads are counted.
        over: Told of each flight that ended, and how.
        aging: Told of those that found something worth a refresh.
    """

    def __init__(
        self,
        levels: Levels,
        serving: Serving,
        *,
        now: Callable[[], float],
        dice: Callable[[], float],
        counts: Counter[str],
        over: Callable[[Flight, Answer], None],
        aging: Callable[[Sequence[tuple[Flight, Entry]]], None],
    ) -> None:
        self._levels = levels
        self._serving = serving
        self._now = now
        self._counts = counts
        self._over = over
        self._finds = Finds(levels, serving, end=self._end, look=self._look, aging=aging)
        self._leases = Leases(levels.shared)
        self._commits = Commits(levels, self._leases, now=now, settled=self._settled)
        self._loader = Loader(
            now=now,
            dice=dice,
            counts=counts,
            keeps=levels.may_keep,
            landed=self._landed,
            failed=self._failed,
        )
        self._flights: dict[str, Flight] = {}  # those that may be joined
        self._aloft: set[Flight] = set()  # and those that a purge cut off from new askers
        self._tasks: set[asyncio.Task[None]] = set()
        self._quiet: list[asyncio.Future[None]] = []

    def __contains__(self, key: str) -> bool:
        return key in self._flights

    def get(self, key: str) -> Flight | None:
        """The flight of a key that may be joined, if there is one.

        What set off before a purge is not joined once that is known: who sets off now may keep
        what it makes of it.
        """
        flight = self._flights.get(key)
        if flight is not None and flight.turn.era not in {UNWATCHED, FIRST, self._levels.era}:
            self._ground(flight)
            return None
        return flight

    def add(self, flight: Flight) -> None:
        """Let others join a flight that is about to start."""
        self._flights[flight.slot.key] = flight
        self._aloft.add(flight)

    def start(self, flights: Sequence[Flight]) -> None:
        """Let flights that were added take off."""
        if self._levels.is_in_debt:
            task = asyncio.create_task(self._pay_first(flights))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        else:
            self._look(flights)

    def void(self, tags: Iterable[str]) -> None:
        """Let nobody new join the flights of these, and keep nothing of what they found."""
        purged = set(tags)
        for flight in self._aloft:
            known = flight.tags
            is_unknown = not known and flight.slot.policy.told_tags
            if is_unknown or not purged.isdisjoint(known):
                flight.is_void = True
                self._ground(flight)

    async def settled(self) -> None:
        """Wait until nothing is on its way."""
        while self._aloft:
            future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._quiet.append(future)
            await future

    async def aclose(self) -> None:
        """Give up all flights but what is being stored; who waits gets an error."""
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._loader.aclose()
        await self._commits.aclose()
        self._leases.close()
        for flight in tuple(self._aloft):
            gone = UpstreamUnavailableError(flight.slot.policy.upstream, "fetch", "given up")
            self._end(flight, flight.answer or gone)

    async def _pay_first(self, flights: Sequence[Flight]) -> None:
        try:
            await self._levels.settle_debts()
        finally:
            self._look(flights)

    def _look(
        self,
        flights: Sequence[Flight],
        pause_s: float = FIRST_POLL_S,
        ready: Sequence[Flight] = (),
    ) -> None:
        """Ask Redis for what these lack, and try for the leases of what it lacks too.

        Args:
            flights: What to look for.
            pause_s: Before the next look at what others are filling.
            ready: What was looked for before and is ours to load, best in the same call.
        """
        flights = [flight for flight in flights if not flight.is_over]
        turn = Turn(self._now(), self._levels.era)
        if not self._levels.is_shared_now:
            for flight in flights:
                flight.turn, flight.is_void = turn, False
            self._go_alone(flights, ready)
            return
        tags: dict[str, None] = {}
        wants: list[Want] = []
        for flight in flights:
            flight.turn, flight.is_void = turn, False
            if flight.held is None:
                wants.append(Want(flight.slot.key, flight.seen))
            if flight.slot.policy.told_tags:
                tags[ANY] = None
            for tag in flight.tags:
                tags[tag] = None
        self._levels.look(wants, list(tags), partial(self._looked, flights, turn, pause_s, ready))

    def _looked(
        self,
        flights: Sequence[Flight],
        turn: Turn,
        pause_s: float,
        ready: Sequence[Flight],
        looked: Looked | None,
    ) -> None:
        if looked is None:
            self._go_alone(flights, ready)
            return
        turn.tokens, turn.token = looked.tokens, looked.token
        if any(flight.slot.policy.told_tags for flight in flights):
            turn.era = self._levels.learn(looked.tokens)
        asked = [flight for flight in flights if flight.held is None]
        won = {f.slot.key for f, w in zip(asked, looked.won, strict=True) if w}
        turn.leased = frozenset(won)
        self._leases.hold(turn.token, turn.leased)
        again = [
            f for f in flights if f.held is not None and not self._finds.check(f, looked.tokens)
        ]
        mine = [*ready]
        others: list[Flight] = []
        for flight, raw, is_won in zip(asked, looked.values, looked.won, strict=True):
            if raw is not None:
                if not self._finds.open(flight, raw, looked.tokens):
                    again.append(flight)
            elif is_won is False:
                others.append(flight)
            else:
                mine.append(flight)
        if others:
            later_s = min(pause_s * 1.5, LAST_POLL_S)
            asyncio.get_running_loop().call_later(pause_s, self._look, others, later_s)
        self._finds.refresh()
        if again:
            self._look(again, ready=mine)
        elif mine:
            self._load(mine)

    def _go_alone(self, flights: Sequence[Flight], ready: Sequence[Flight]) -> None:
        """Without Redis: what memory holds is the best there is."""
        left = [f for f in flights if f.held is None or not self._finds.serve(f)]
        self._finds.refresh()
        if left or ready:
            self._load([*ready, *left])

    def _load(self, flights: Sequence[Flight]) -> None:
        for flight in flights:
            flight.loads += 1
        self._loader.load(flights)

    def _landed(self, flight: Flight) -> None:
        """Hand out what was fetched, and find out whether a purge overtook it."""
        entry, answer, turn = flight.entry, flight.answer, flight.turn
        if answer is None:
            return
        if entry is None:
            self._end(flight, answer)
            return
        is_kept = entry.life.is_any
        if turn.tokens is None or not is_kept:
            self._leases.done(turn.token, flight.slot.key, is_ended=False)
            if is_kept and not flight.is_void:
                self._commits.measure(flight)
                self._levels.keep(flight.slot, entry)
            self._end(flight, answer)
            return
        flight.tell_early(answer)
        self._commits.add(flight)

    def _settled(self, flight: Flight, is_sound: bool) -> None:
        entry, answer = flight.entry, flight.answer
        if entry is None or answer is None or flight.is_over:
            return
        if is_sound:
            self._levels.keep(flight.slot, entry)
            if not flight.tell_early(answer):
                flight.entry, flight.answer, flight.held = None, None, entry
                self._look([flight])  # for who asked when this was old already
                return
        elif flight.loads < LOADS and flight.askings:
            self._counts["fill_again"] += 1
            flight.entry = flight.answer = None
            self._look([flight])
            return
        self._end(flight, answer)

    def _failed(self, flight: Flight, error: Exception) -> None:
        self._leases.done(flight.turn.token, flight.slot.key, is_ended=False)
        self._end(flight, error)

    def _end(self, flight: Flight, found: Answer) -> None:
        if flight.is_over:
            return
        flight.is_over = True
        self._ground(flight)
        self._aloft.discard(flight)
        self._over(flight, found)
        if isinstance(found, Exception) and flight.askings:
            found = self._serving.instead(flight, found)
        flight.tell(found)
        if not self._aloft:
            quiet, self._quiet = self._quiet, []
            for future in quiet:
                if not future.done():
                    future.set_result(None)

    def _ground(self, flight: Flight) -> None:
        """Let nobody new join it."""
        if self._flights.get(flight.slot.key) is flight:
            del self._flights[flight.slot.key]
