"""Counts the calls that an operation causes, for those who ask what it has cost.

A fill that several operations wait for counts for the one that began it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TypeAlias

Tally: TypeAlias = Counter[str]
"""Calls by upstream, second tries included."""

_tally: ContextVar[Tally | None] = ContextVar("tally", default=None)


def count(upstream: str) -> None:
    """Note that a call goes out now."""
    tally = _tally.get()
    if tally is not None:
        tally[upstream] += 1


@contextmanager
def tallied() -> Iterator[Tally]:
    """Count the calls that the block causes."""
    tally: Tally = Counter()
    token = _tally.set(tally)
    try:
        yield tally
    finally:
        _tally.reset(token)
