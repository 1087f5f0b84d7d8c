"""Cancels a coroutine at its n-th await, whichever that is."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Generator, Iterator
from contextlib import contextmanager
from typing import Any, Final, TypeVar

T = TypeVar("T")

NEVER: Final = -1


class Cut:
    """Runs a coroutine inside the current task, and cancels the task where it waits the n-th time.

    Args:
        step: 0 is the first await; ``NEVER`` lets it run through.

    Attributes:
        steps: Awaits that were seen.
        is_cut: Whether it came so far.
    """

    def __init__(self, step: int) -> None:
        self.step = step
        self.steps = 0
        self.is_cut = False

    async def run(self, coroutine: Coroutine[Any, Any, T]) -> T:
        """Run it; raises ``CancelledError`` unless it was done earlier, or does not let itself."""
        found: T = await _Stepped(self, coroutine)
        return found


class _Stepped:
    def __init__(self, cut: Cut, coroutine: Coroutine[Any, Any, Any]) -> None:
        self._cut = cut
        self._inner = coroutine

    def __await__(self) -> Generator[Any, Any, Any]:
        inner = self._inner.__await__()
        failure: BaseException | None = None
        while True:
            try:
                waits_for = inner.send(None) if failure is None else inner.throw(failure)
            except StopIteration as done:
                return done.value
            failure = None
            if self._cut.steps == self._cut.step:
                self._cut.is_cut = True
                task = asyncio.current_task()
                assert task is not None
                task.cancel()
            self._cut.steps += 1
            try:
                yield waits_for
            except BaseException as exc:  # noqa: BLE001 - it is handed on to the coroutine
                failure = exc


Wanted = Callable[[str], bool]


@contextmanager
def cutting(cut: Cut, wanted: Wanted) -> Iterator[set[str]]:
    """Cut the first task that is made from a coroutine of ours with a wanted name.

    Yields:
        The names of all coroutines of ours that became tasks.
    """
    loop = asyncio.get_running_loop()
    names: set[str] = set()
    found: list[str] = []

    def make(
        running: asyncio.AbstractEventLoop,
        coroutine: Coroutine[Any, Any, T],
        **options: Any,  # noqa: ANN401 - whatever asyncio hands over
    ) -> asyncio.Task[T]:
        name = name_of(coroutine)
        if name is not None:
            names.add(name)
            if wanted(name) and not found:
                found.append(name)
                coroutine = cut.run(coroutine)
        return asyncio.Task(coroutine, loop=running, **options)

    loop.set_task_factory(make)  # type: ignore[arg-type] # typeshed wants a future of any kind
    try:
        yield names
    finally:
        loop.set_task_factory(None)


def name_of(coroutine: object) -> str | None:
    """Name a coroutine of the gateway's; ``None`` for those of others, the sandbox among them."""
    code = getattr(coroutine, "cr_code", None)
    file = "" if code is None else code.co_filename
    is_ours = "/gateway/" in file and "/gateway/sandbox/" not in file
    return str(getattr(coroutine, "__qualname__", "")) if is_ours else None
