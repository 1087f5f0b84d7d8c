"""One key on its way, and those who wait for it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextvars import Context
from dataclasses import dataclass, field
from typing import Any, Final

from gateway.cache.entry import UNWATCHED, Entry
from gateway.cache.slot import AnySlot, Apart, Cached, FetchMany, Source, Tell
from gateway.cache.store import Tokens
from gateway.errors import DeadlineExceededError

LATE_S: Final = 0.9  # how old may be what Redis said; with the asking, memory is 1 s late at most
ATTEMPTS: Final = 3  # at a key whose filler kept running out of its own, shorter, time

Answer = Cached[Any] | Exception


@dataclass(eq=False, slots=True)
class Batch:
    """How the slots of one asking are fetched, perhaps long after it.

    Args:
        fetch: The caller's.
        apart: See ``slot.Apart``.
        context: In copies of which fetches run.
    """

    fetch: FetchMany
    apart: Apart | None
    context: Context


@dataclass(eq=False, slots=True)
class Turn:
    """One look at Redis, or none where it is away.

    Args:
        asked_at: Before it; seconds of the epoch.
        era: Before it, or of it where it tells of all purges; see ``Watch``.
        tokens: What the tags are worth; ``None`` when Redis did not answer.
        leased: The keys whose lease is ours.
        token: What marks those leases as ours.
    """

    asked_at: float
    era: int = UNWATCHED
    tokens: Tokens | None = None
    leased: frozenset[str] = frozenset()
    token: bytes = b""


NO_TURN: Final = Turn(0.0)


@dataclass(eq=False, slots=True)
class Asking:
    """Somebody who waits for several keys, as long as there is time.

    Args:
        batch: How it would fetch them itself.
        tell: Told each key's answer.
        asked_at: Seconds of the epoch.
        again: Asks for a slot anew, for this asking.
        until_s: When its time is over; by the loop's clock.
    """

    batch: Batch
    tell: Tell
    asked_at: float
    again: Callable[[Asking, AnySlot], None]
    until_s: float
    left: dict[str, Flight] = field(default_factory=dict)
    timer: asyncio.TimerHandle | None = None
    attempts: int = 1

    def join(self, flight: Flight) -> None:
        """Wait for a key."""
        self.left[flight.slot.key] = flight
        flight.askings.append(self)

    def hear(self, flight: Flight, answer: Answer) -> None:
        """Pass an answer on, unless it came too late or is somebody else's lack of time."""
        slot = flight.slot
        if self.left.pop(slot.key, None) is None:
            return
        is_others = flight.batch is not self.batch and isinstance(answer, DeadlineExceededError)
        if is_others and self.attempts < ATTEMPTS and self._has_time():
            self.attempts += 1
            self.again(self, slot)
            return
        if not self.left and self.timer is not None:
            self.timer.cancel()
        self.tell(slot, answer)

    def _has_time(self) -> bool:
        return asyncio.get_running_loop().time() < self.until_s


@dataclass(eq=False, slots=True)
class Flight:
    """A key on its way; everybody in this process who wants it joins it.

    Args:
        slot: Where it goes.
        batch: How it is fetched.
        held: What memory or Redis holds, to be checked against its tags.
        source: Where that came from.
        fallback: What may be served if the upstream fails.
        seen: The mark of the entry that was found wanting; another one is news.
        turn: The look at Redis that holds now.
        entry: What was loaded and is not stored yet.
        answer: The same, for those who asked in time.
        loads: So far.
        is_void: A purge came in between, so what was found before is not kept.
        is_over: Everybody was told.
    """

    slot: AnySlot
    batch: Batch
    held: Entry | None = None
    source: Source = Source.MEMORY
    fallback: Entry | None = None
    seen: bytes | None = None
    turn: Turn = NO_TURN
    entry: Entry | None = None
    answer: Cached[Any] | None = None
    askings: list[Asking] = field(default_factory=list)
    loads: int = 0
    is_void: bool = False
    is_over: bool = False

    @property
    def tags(self) -> tuple[str, ...]:
        """What it is purged by, as far as that is known."""
        entry = self.entry or self.held
        return self.slot.tags if entry is None else entry.tags

    def suits(self, asked_at: float) -> bool:
        """Whether what Redis said is news enough for who asked at this moment."""
        return asked_at - self.turn.asked_at <= LATE_S

    def learn(self, asked_at: float) -> None:
        """Note that Redis agreed with what was loaded, when it was asked at this moment."""
        turn = self.turn
        self.turn = Turn(asked_at, turn.era, turn.tokens, turn.leased, turn.token)
        if self.entry is not None:
            self.entry.agreed(asked_at, turn.era)

    def tell(self, answer: Answer) -> None:
        """Tell everybody."""
        askings, self.askings = self.askings, []
        for asking in askings:
            asking.hear(self, answer)

    def tell_early(self, answer: Answer) -> bool:
        """Tell those for whom it is news enough; ``True`` when nobody is left."""
        askings = self.askings
        self.askings = [asking for asking in askings if not self.suits(asking.asked_at)]
        if len(self.askings) < len(askings):
            for asking in askings:
                if self.suits(asking.asked_at):
                    asking.hear(self, answer)
        return not self.askings
