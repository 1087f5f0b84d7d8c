"""One deadline per operation, carried by the context: every call gets what is left of it."""

from __future__ import annotations

import math
import time
from contextlib import AbstractContextManager
from contextvars import ContextVar
from dataclasses import dataclass

from gateway.transport.clock import Clock


@dataclass(frozen=True, slots=True)
class Deadline:
    """The moment, on the monotonic clock, after which nobody waits any more."""

    at_monotonic_s: float


deadline: ContextVar[Deadline | None] = ContextVar("deadline", default=None)


def remaining_s(clock: Clock = time.monotonic) -> float:
    """Seconds left to the operation; infinite without a deadline, never below 0."""
    found = deadline.get()
    return math.inf if found is None else max(0.0, found.at_monotonic_s - clock())


class _Held:
    """A deadline for one block; every call of an upstream is in one, so it is no generator."""

    __slots__ = ("_inner", "_token")

    def __init__(self, inner: Deadline) -> None:
        self._inner = inner

    def __enter__(self) -> Deadline:
        self._token = deadline.set(self._inner)
        return self._inner

    def __exit__(self, *_: object) -> None:
        deadline.reset(self._token)


def limit(seconds: float, *, clock: Clock = time.monotonic) -> AbstractContextManager[Deadline]:
    """Give the block at most this many seconds; an outer, earlier deadline stays."""
    outer = deadline.get()
    inner = Deadline(clock() + seconds)
    if outer is not None and outer.at_monotonic_s < inner.at_monotonic_s:
        inner = outer
    return _Held(inner)


def renew(seconds: float, *, clock: Clock = time.monotonic) -> AbstractContextManager[Deadline]:
    """Give the block a deadline of its own, whatever the outer one says.

    For work that outlives whoever asked first, such as a shared cache fill.
    """
    return _Held(Deadline(clock() + seconds))
