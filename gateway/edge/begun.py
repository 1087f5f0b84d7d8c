"""A coroutine that has run as far as it could without waiting.

Most of what arrives can be answered at once. It needs no timer, and nobody to watch whether its
client goes; what does wait gets both, and only then.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine, Generator
from types import CoroutineType
from typing import Any, Generic, TypeVar

T = TypeVar("T")


class Begun(Generic[T]):
    """Awaited, it goes on where it stopped, in the same task.

    Args:
        work: Fresh; what it raises at once is raised here.
    """

    __slots__ = ("_waits_for", "_work", "is_done", "result")

    result: T
    """Only once it is done."""

    def __init__(self, work: Awaitable[T]) -> None:
        self._work: Coroutine[Any, Any, T] = (
            work if isinstance(work, CoroutineType) else _wrapped(work)
        )
        self.is_done = False
        self._waits_for: object = None
        try:
            self._waits_for = self._work.send(None)
        except StopIteration as done:
            self._end(done)

    def __await__(self) -> Generator[object, object, T]:
        """Wait for the rest of it."""
        while not self.is_done:
            try:
                sent = yield self._waits_for
            except BaseException as exc:  # noqa: BLE001 - a cancellation too is the work's own matter
                self._step(self._work.throw, exc)
            else:
                self._step(self._work.send, sent)
        return self.result

    def _step(self, step: Callable[[Any], object], given: object) -> None:
        try:
            self._waits_for = step(given)
        except StopIteration as done:
            self._end(done)

    def _end(self, done: StopIteration) -> None:
        self.result = done.value
        self.is_done = True


def resumed(first: Begun[T], then: Callable[[], Awaitable[T]]) -> Callable[[], Awaitable[T]]:
    """What gives the begun one, and from then on others."""
    left = [first]

    async def resume() -> T:
        return await (left.pop() if left else then())

    return resume


async def _wrapped(work: Awaitable[T]) -> T:
    return await work
