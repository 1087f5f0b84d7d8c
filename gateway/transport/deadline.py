"""One deadline per operation, carried by the context: every call gets what is left of it."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from contextlib import contextmanager
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


@contextmanager
def limit(seconds: float, *, clock: Clock = time.monotonic) -> Iterator[Deadline]:
    """Give the block at most this many seconds; an outer, earlier deadline stays."""
    outer = deadline.get()
    inner = Deadline(clock() + seconds)
    if outer is not None and outer.at_monotonic_s < inner.at_monotonic_s:
        inner = outer
    token = deadline.set(inner)
    try:
        yield inner
    finally:
        deadline.reset(token)


@contextmanager
def renew(seconds: float, *, clock: Clock = time.monotonic) -> Iterator[Deadline]:
    """Give the block a deadline of its own, whatever the outer one says.

    For work that outlives whoever asked first, such as a shared cache fill.
    """
    inner = Deadline(clock() + seconds)
    token = deadline.set(inner)
    try:
        yield inner
    finally:
        deadline.reset(token)
