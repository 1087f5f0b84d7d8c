"""A coroutine that has run as far as it could without waiting.

Most of what arrives can be answered at once. It needs no timer, and nobody to watch whether its
client goes; what does wait gets both, and only then.
"""

from __future__ import annotations

from collections.abc import Coroutine, Generator
from typing import Generic, TypeVar

T = TypeVar("T")


class Begun(Generic[T]):
    """Awaited, it goes on where it stopped, in the same task.

    Args:
        work: Fresh; what it raises at once is raised here.
    """

    __slots__ = ("_result", "_waits_for", "_work", "is_done")

    def __init__(self, work: Coroutine[object, object, T]) -> None:
        self._work = work
        self._result: list[T] = []
        self._waits_for: object = None
        try:
            self._waits_for = work.send(None)
        except StopIteration as done:
            self._result.append(done.value)
        self.is_done = bool(self._result)

    def __await__(self) -> Generator[object, object, T]:
        """Wait for the rest of it."""
        while not self._result:
            try:
                sent = yield self._waits_for
            except BaseException as exc:  # noqa: BLE001 - a cancellation too is the work's own matter
                self._step_with(exc)
            else:
                self._step(sent)
        return self._result[0]

    def close(self) -> None:
        """Give it up."""
        self._work.close()

    def _step(self, sent: object) -> None:
        try:
            self._waits_for = self._work.send(sent)
        except StopIteration as done:
            self._result.append(done.value)

    def _step_with(self, exc: BaseException) -> None:
        try:
            self._waits_for = self._work.throw(exc)
        except StopIteration as done:
            self._result.append(done.value)
