"""Landings that hang on others: one after the other, and side by side."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Any, TypeAlias, TypeVar, cast

from gateway.graph.loader import Failed, Landing, Loaded, Settled

D = TypeVar("D")
E = TypeVar("E")

Outcome: TypeAlias = Settled[Any] | Exception
"""How a landing ended; an exception is a bug, not an upstream's failure."""


def then(landing: Landing[D], follow: Callable[[D | None], Landing[E]]) -> Landing[E]:
    """Load with what was loaded; a failure of the first is one of both."""
    return chained(landing, lambda loaded: follow(loaded.value))


def mapped(landing: Landing[D], change: Callable[[D], E | None]) -> Landing[E]:
    """A part of what was loaded, or nothing; with where it comes from."""

    def follow(loaded: Loaded[D]) -> Loaded[E]:
        value = None if loaded.value is None else change(loaded.value)
        return Loaded(value, loaded.upstream, loaded.found)

    return chained(landing, follow)


def chained(landing: Landing[D], follow: Callable[[Loaded[D]], Landing[E]]) -> Landing[E]:
    """As ``then``, with where the first comes from."""
    if not isinstance(landing, asyncio.Future):
        return _followed(landing, follow)
    whole: asyncio.Future[Settled[E]] = landing.get_loop().create_future()

    def first(done: asyncio.Future[Settled[D]]) -> None:
        try:
            second = _followed(done.result(), follow)
        except (Exception, asyncio.CancelledError) as exc:  # noqa: BLE001 - told to who waits
            _settle(whole, exc)
            return
        if isinstance(second, asyncio.Future):
            second.add_done_callback(lambda last: _settle(whole, _ended(last)))
        else:
            _settle(whole, second)

    landing.add_done_callback(first)
    return whole


def _followed(settled: Settled[D], follow: Callable[[Loaded[D]], Landing[E]]) -> Landing[E]:
    return settled if isinstance(settled, Failed) else follow(settled)


def together(
    landings: Sequence[Landing[Any] | Exception],
) -> asyncio.Future[Sequence[Outcome]] | Sequence[Outcome]:
    """How all of them ended, in order; the future of it where one has not yet."""
    for each in landings:
        if isinstance(each, asyncio.Future):
            break
    else:
        return cast("Sequence[Outcome]", landings)
    waiting = [each for each in landings if isinstance(each, asyncio.Future)]
    whole: asyncio.Future[Sequence[Outcome]] = waiting[0].get_loop().create_future()
    left = len(waiting)

    def one(_: asyncio.Future[Settled[Any]]) -> None:
        nonlocal left
        left -= 1
        if left == 0 and not whole.done():
            ended = [_ended(e) if isinstance(e, asyncio.Future) else e for e in landings]
            whole.set_result(ended)

    for each in waiting:
        each.add_done_callback(one)
    return whole


def _ended(done: asyncio.Future[Settled[Any]]) -> Outcome:
    if done.cancelled():
        return RuntimeError("the look-up was cancelled")
    error = done.exception()
    if error is None:
        return done.result()
    return error if isinstance(error, Exception) else RuntimeError("the look-up was ended")


def _settle(whole: asyncio.Future[Settled[E]], outcome: Settled[E] | BaseException) -> None:
    if whole.done():
        return
    if isinstance(outcome, Loaded | Failed):
        whole.set_result(outcome)
    elif isinstance(outcome, Exception):
        whole.set_exception(outcome)
    else:
        whole.cancel()
