"""What a run waits for: futures, and the places that each of them fills."""

from __future__ import annotations

import asyncio
from asyncio import Future, Task
from collections.abc import Awaitable, Callable, Coroutine
from contextvars import copy_context
from typing import TYPE_CHECKING, Any, TypeAlias, cast

from gateway.engine.plan.places import Place

if TYPE_CHECKING:
    from gateway.engine.plan.position import Land, Position

Slot: TypeAlias = "tuple[Position, Land, object, Any, str | int, Place]"
"""A place that is empty until a future lands: what the document says of it, what completes
its value, the object whose field it is, the dictionary or list of the answer that it is in,
its key there, and the place of that."""


def _forget(_future: Future[Any], _slots: list[Slot]) -> None:
    """Nothing is waited for any more."""


class Landings:
    """The futures of one run that have not landed.

    A future gets one callback, however many places wait for it. Tasks that the
    run began end with it; a future that others may share is never cancelled.

    Args:
        land: Hears of a future that is done, and of the places that it fills.
    """

    __slots__ = ("_context", "_land", "_loop", "_own", "open")

    def __init__(self, land: Callable[[Future[Any], list[Slot]], None]) -> None:
        self.open: dict[Future[Any], list[Slot]] = {}
        self._land = land
        self._own: set[Future[Any]] = set()
        self._loop = asyncio.get_running_loop()
        self._context = copy_context()

    def wait(self, awaitable: object, slot: Slot) -> None:
        """Fill a place when an awaitable of the run is done."""
        future = awaitable if isinstance(awaitable, Future) else self._task(awaitable)
        if isinstance(future, Task):
            self._own.add(future)
        self.share(future, slot)

    def share(self, future: Future[Any], slot: Slot) -> None:
        """Fill a place when a future is done that others may wait for, too."""
        slots = self.open.get(future)
        if slots is not None:
            slots.append(slot)
            return
        self.open[future] = [slot]
        future.add_done_callback(self._done, context=self._context)

    def drop(self, dead: Callable[[Place], bool]) -> None:
        """Wait no longer for what would fill places that are gone."""
        for future, slots in list(self.open.items()):
            slots[:] = [slot for slot in slots if not dead(slot[-1])]
            if not slots:
                del self.open[future]
                if future in self._own:
                    future.cancel()

    def leave(self, awaitable: object, *, shared: bool) -> None:
        """Dispose of what nobody waits for any more."""
        if asyncio.iscoroutine(awaitable):
            awaitable.close()
        elif isinstance(awaitable, Task) and not shared and awaitable not in self.open:
            self._own.add(awaitable)
            awaitable.add_done_callback(self._done)
            awaitable.cancel()
        elif isinstance(awaitable, Future):
            awaitable.add_done_callback(_look)

    async def aclose(self) -> None:
        """End what is under way; no task of the run is left when it returns."""
        for future in self.open:
            future.remove_done_callback(self._done)
            future.add_done_callback(_look)
        self.open.clear()
        left = [each for each in self._own if not each.done()]
        for each in left:
            each.cancel()
        if left:
            await asyncio.wait(left)
        self._land = _forget  # the run's: a circle would keep the answer until it is collected

    def _task(self, awaitable: object) -> Future[Any]:
        if not asyncio.iscoroutine(awaitable):
            awaitable = _awaited(cast("Awaitable[object]", awaitable))
        return self._loop.create_task(cast("Coroutine[Any, Any, object]", awaitable))

    def _done(self, future: Future[Any]) -> None:
        if self._own:
            self._own.discard(future)
        slots = self.open.pop(future, None)
        if slots is None:
            _look(future)
        else:
            self._land(future, slots)


def _look(future: Future[Any]) -> None:
    """Or Python would complain of an error that nobody looked at."""
    if not future.cancelled():
        future.exception()


async def _awaited(awaitable: Awaitable[object]) -> object:
    return await awaitable
