"""What a run waits for: futures, and the places that each of them fills."""

from __future__ import annotations

import asyncio
from asyncio import Future, Task
from collections.abc import Awaitable, Callable, Coroutine
from contextvars import copy_context
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from gateway.engine.plan.places import Place

if TYPE_CHECKING:
    from gateway.engine.plan.position import Land, Position


class Slot(NamedTuple):
    """A place that is empty until a future lands.

    Args:
        position: What the document says of it.
        land: Completes what lands there.
        source: The object whose field it is.
        container: A dictionary or list of the answer.
        key: In the container.
        around: The container's place.
    """

    position: Position
    land: Land
    source: object
    container: Any
    key: str | int
    around: Place


class Landings:
    """The futures of one run that have not landed.

    A future gets one callback, however many places wait for it. Tasks that the
    run began end with it; a future that others may share is never cancelled.

    Args:
        land: Hears of a future that is done, and of the places that it fills.
    """

    __slots__ = ("_context", "_land", "_loop", "_open", "_own")

    def __init__(self, land: Callable[[Future[Any], list[Slot]], None]) -> None:
        self._land = land
        self._open: dict[Future[Any], list[Slot]] = {}
        self._own: set[Task[Any]] = set()
        self._loop = asyncio.get_running_loop()
        self._context = copy_context()

    def __bool__(self) -> bool:
        return bool(self._open)

    def wait(self, awaitable: object, slot: Slot) -> None:
        """Fill a place when an awaitable is done."""
        future = awaitable if isinstance(awaitable, Future) else self._task(awaitable)
        slots = self._open.get(future)
        if slots is not None:
            slots.append(slot)
            return
        if isinstance(future, Task):
            self._own.add(future)
        self._open[future] = [slot]
        future.add_done_callback(self._done, context=self._context)

    def drop(self, dead: Callable[[Place], bool]) -> None:
        """Wait no longer for what would fill places that are gone."""
        for future, slots in list(self._open.items()):
            slots[:] = [slot for slot in slots if not dead(slot.around)]
            if not slots:
                del self._open[future]
                if future in self._own:
                    future.cancel()

    def leave(self, awaitable: object) -> None:
        """Dispose of what nobody waits for any more."""
        if asyncio.iscoroutine(awaitable):
            awaitable.close()
        elif isinstance(awaitable, Task):
            self._own.add(awaitable)
            awaitable.add_done_callback(self._done)
            awaitable.cancel()
        elif isinstance(awaitable, Future):
            awaitable.add_done_callback(_look)

    async def aclose(self) -> None:
        """End what is under way; no task of the run is left when it returns."""
        for future in self._open:
            future.remove_done_callback(self._done)
            future.add_done_callback(_look)
        self._open.clear()
        left = {task for task in self._own if not task.done()}
        for task in left:
            task.cancel()
        if left:
            await asyncio.wait(left)

    def _task(self, awaitable: object) -> Task[Any]:
        if not asyncio.iscoroutine(awaitable):
            awaitable = _awaited(cast("Awaitable[object]", awaitable))
        return self._loop.create_task(cast("Coroutine[Any, Any, object]", awaitable))

    def _done(self, future: Future[Any]) -> None:
        _look(future)
        self._own.discard(future)
        slots = self._open.pop(future, None)
        if slots is not None:
            self._land(future, slots)


def _look(future: Future[Any]) -> None:
    """Or Python would complain of an error that nobody looked at."""
    if not future.cancelled():
        future.exception()


async def _awaited(awaitable: Awaitable[object]) -> object:
    return await awaitable
