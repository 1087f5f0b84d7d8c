"""What concurrent callers ask for goes out in shared calls, for upstreams that answer many keys."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Awaitable, Callable, Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from gateway.transport.clock import Clock
from gateway.transport.deadline import Deadline, deadline, remaining_s

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


@dataclass(slots=True, eq=False)
class _Pack(Generic[K, V]):
    """One call to be.

    Attributes:
        keys: What it will ask for.
        waiters: A future for each caller.
        ends_at_s: The latest deadline of a caller; a hurried one only leaves earlier.
        task: The call, once it is under way.
    """

    keys: dict[K, None] = field(default_factory=dict)
    waiters: set[asyncio.Future[Mapping[K, V]]] = field(default_factory=set)
    ends_at_s: float = -math.inf
    task: asyncio.Task[None] | None = None


class Packer(Generic[K, V]):
    """Packs keys into as few calls as they fit into.

    While no call is under way nobody waits: what is asked for in one turn of the loop goes out
    with its end. Later callers wait for each other, ``window_s`` at most, or until a pack is full.
    A pack that has left is never joined: its answer may be older than a purge since then.

    Args:
        ask: Makes one call; keys that it leaves out do not exist.
        most: Keys in one call.
        window_s: How long a pack stays open.
        clock: Monotonic seconds, as the deadline's.
    """

    def __init__(
        self,
        ask: Callable[[Sequence[K]], Awaitable[Mapping[K, V]]],
        *,
        most: int,
        window_s: float = 0.001,
        clock: Clock = time.monotonic,
    ) -> None:
        self._ask = ask
        self._most = most
        self._window_s = window_s
        self._clock = clock
        self._open: _Pack[K, V] | None = None
        self._closing: asyncio.Handle | None = None
        self._under_way: set[asyncio.Task[None]] = set()

    async def get(self, keys: Collection[K]) -> dict[K, V]:
        """Ask for these, perhaps together with others'.

        Raises:
            TimeoutError: The caller's own deadline came first.
            Exception: Whatever a call for one of the keys raised.
        """
        waiters: dict[asyncio.Future[Mapping[K, V]], _Pack[K, V]] = {}
        for key in keys:
            pack = self._place(key)
            if pack not in waiters.values():
                waiters[self._wait_for(pack)] = pack
            if len(pack.keys) >= self._most:
                self._close()
        left_s = remaining_s(self._clock)
        try:
            async with asyncio.timeout(None if left_s == math.inf else left_s):
                found = await asyncio.gather(*waiters)
        finally:
            for waiter, pack in waiters.items():
                self._abandon(waiter, pack)
        return {key: answer[key] for answer in found for key in keys if key in answer}

    def _place(self, key: K) -> _Pack[K, V]:
        """Put a key into the open pack."""
        if self._open is None:
            self._open = _Pack()
            loop = asyncio.get_running_loop()
            if self._under_way:
                self._closing = loop.call_later(self._window_s, self._close)
            else:
                self._closing = loop.call_soon(self._close)
        self._open.keys[key] = None
        return self._open

    def _wait_for(self, pack: _Pack[K, V]) -> asyncio.Future[Mapping[K, V]]:
        own = deadline.get()
        pack.ends_at_s = max(pack.ends_at_s, math.inf if own is None else own.at_monotonic_s)
        waiter: asyncio.Future[Mapping[K, V]] = asyncio.get_running_loop().create_future()
        pack.waiters.add(waiter)
        return waiter

    def _close(self) -> None:
        """Send the open pack, if anybody still wants it."""
        if self._closing is not None:
            self._closing.cancel()
        pack, self._open, self._closing = self._open, None, None
        if pack is not None and pack.waiters:
            pack.task = asyncio.create_task(self._run(pack))
            self._under_way.add(pack.task)
            pack.task.add_done_callback(self._under_way.discard)

    async def _run(self, pack: _Pack[K, V]) -> None:
        """Make the call, which is nobody's own: it has the time that its callers have."""
        deadline.set(None if pack.ends_at_s == math.inf else Deadline(pack.ends_at_s))
        try:
            found = await self._ask(list(pack.keys))
        except Exception as exc:  # noqa: BLE001 - its callers' to handle
            for waiter in _still_waiting(pack):
                waiter.set_exception(exc)
        except BaseException:
            for waiter in _still_waiting(pack):
                waiter.cancel()
            raise
        else:
            for waiter in _still_waiting(pack):
                waiter.set_result(found)

    def _abandon(self, waiter: asyncio.Future[Mapping[K, V]], pack: _Pack[K, V]) -> None:
        """The last to leave a call ends it."""
        pack.waiters.discard(waiter)
        if not pack.waiters and pack.task is not None:
            pack.task.cancel()


def _still_waiting(pack: _Pack[K, V]) -> list[asyncio.Future[Mapping[K, V]]]:
    return [waiter for waiter in pack.waiters if not waiter.done()]
