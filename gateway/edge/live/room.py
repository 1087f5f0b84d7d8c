"""Who is connected for longer, how many they may be, and how all of them are told to go."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Final

from gateway.edge.drain import Drain
from gateway.edge.graphql.fields import Fields
from gateway.edge.graphql.ports import Caller, Identities
from gateway.edge.graphql.refusal import RefusalCode, RefusedError
from gateway.edge.live.messages import Close

LOOK_S: Final = 15.0
"""Between two looks at whether those who are connected are still who they were."""
_LEAVING: Final = "This process is about to end: connect again."
_RETRY_S: Final = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomLimits:
    """How many there may be, in one process.

    Attributes:
        connections: WebSockets and streams of events.
        per_address: Ditto, of one client's address.
        subscriptions: Of one address, and of one known caller.
        operations: At once over one WebSocket.
    """

    connections: int = 2000
    per_address: int = 200
    subscriptions: int = 200
    operations: int = 50


@dataclass(eq=False, slots=True)
class Guest:
    """One connection.

    Args:
        end: Ends it, for a reason.
        fields: By which they are known; ``None`` as long as they have not said who they are.
        scope: What their answers are bound to.
    """

    end: Callable[[Close, str], None]
    fields: Fields | None = None
    scope: str = ""

    def know(self, caller: Caller, fields: Fields) -> None:
        """Note who it is."""
        self.fields, self.scope = fields, caller.scope


@dataclass(slots=True)
class Room:
    """The connections of one process.

    Args:
        limits: How many there may be.
        drain: Whether the process is about to leave.
        identity: Knows callers.
        look_s: Between two looks at them.
    """

    limits: RoomLimits
    drain: Drain
    identity: Identities
    look_s: float = LOOK_S
    _guests: set[Guest] = field(default_factory=set)
    _addresses: Counter[str] = field(default_factory=Counter)
    _followers: Counter[str] = field(default_factory=Counter)
    _watch: asyncio.Task[None] | None = None
    _loop: asyncio.AbstractEventLoop | None = None

    def __post_init__(self) -> None:
        """Hear of the drain."""
        self.drain.tell(self._drain)

    def __len__(self) -> int:
        return len(self._guests)

    @property
    def subscriptions(self) -> int:
        """How many are followed, counted by address."""
        return sum(count for key, count in self._followers.items() if key.startswith("@"))

    @contextmanager
    def seat(self, address: str, end: Callable[[Close, str], None]) -> Iterator[Guest]:
        """A place for one connection.

        Raises:
            RefusedError: There is none.
        """
        self._check(address)
        guest = Guest(end)
        self._guests.add(guest)
        self._addresses[address] += 1
        self._look_after()
        try:
            yield guest
        finally:
            self._guests.discard(guest)
            _less(self._addresses, address)
            if not self._guests and self._watch is not None:
                self._watch.cancel()
                self._watch = None

    @contextmanager
    def following(self, caller: Caller, address: str) -> Iterator[None]:
        """A place for one subscription.

        Raises:
            RefusedError: There is none.
        """
        keys = {f"@{address}", caller.key if caller.viewer is not None else f"@{address}"}
        most = self.limits.subscriptions
        if any(self._followers[key] >= most for key in keys):
            raise RefusedError(
                RefusalCode.TOO_MANY_SUBSCRIPTIONS,
                f"One client may follow {most} subscriptions at once.",
                extensions={"retryable": True, "retryAfterMs": _RETRY_S * 1000},
                Retry_After=str(_RETRY_S),
            )
        self._followers.update(keys)
        try:
            yield
        finally:
            for key in keys:
                _less(self._followers, key)

    async def look(self) -> None:
        """Show out whoever is no longer who they were: a key revoked, a token past its time."""
        for guest in tuple(self._guests):
            if guest.fields is None:
                continue
            try:
                viewer = await self.identity.of(guest.fields)
            except RefusedError as exc:
                if exc.code is RefusalCode.UNAUTHENTICATED:
                    guest.end(Close.FORBIDDEN, exc.message)
                continue
            if ("" if viewer is None else viewer.scope) != guest.scope:
                guest.end(Close.FORBIDDEN, "Your rights have changed: connect again.")

    def _check(self, address: str) -> None:
        if self.drain.has_begun:
            raise RefusedError(RefusalCode.OVERLOADED, _LEAVING, Retry_After="1")
        if len(self._guests) >= self.limits.connections:
            raise RefusedError(
                RefusalCode.OVERLOADED,
                "There are too many connections.",
                extensions={"retryable": True, "retryAfterMs": _RETRY_S * 1000},
                Retry_After=str(_RETRY_S),
            )
        if self._addresses[address] >= self.limits.per_address:
            raise RefusedError(
                RefusalCode.TOO_MANY_CONNECTIONS,
                f"One address may hold {self.limits.per_address} connections.",
                extensions={"retryable": True, "retryAfterMs": _RETRY_S * 1000},
                Retry_After=str(_RETRY_S),
            )

    def _look_after(self) -> None:
        if self._watch is None:
            self._loop = asyncio.get_running_loop()
            self._watch = self._loop.create_task(self._looking())

    async def _looking(self) -> None:
        while True:
            await asyncio.sleep(self.look_s)
            await self.look()

    def _drain(self) -> None:
        if self._loop is not None:
            with suppress(RuntimeError):  # it is closed, and so are they
                self._loop.call_soon_threadsafe(self._end_all)

    def _end_all(self) -> None:
        for guest in tuple(self._guests):
            guest.end(Close.RESTART, _LEAVING)


def _less(counter: Counter[str], key: str) -> None:
    counter[key] -= 1
    if counter[key] <= 0:
        del counter[key]
