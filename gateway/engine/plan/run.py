"""One execution of a plan: what it has found, what it waits for, what went wrong."""

from __future__ import annotations

import asyncio
from asyncio import Future
from collections.abc import Iterable
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from graphql import GraphQLError, located_error
from graphql.execution.values import VariableValues
from graphql.pyutils import is_awaitable

from gateway.engine.plan.arguments import Arguments, Given
from gateway.engine.plan.faults import Faults
from gateway.engine.plan.info import FieldInfo
from gateway.engine.plan.landings import Landings, Slot
from gateway.engine.plan.places import Place, keys_of, put_null
from gateway.engine.plan.position import AbandonedError, Position, Waiting

if TYPE_CHECKING:
    from gateway.engine.plan.field import Field
    from gateway.engine.plan.node import Node
    from gateway.engine.plan.plan import Plan


class Run:
    """Made for one operation, and thrown away.

    What is there at once is shown in one go. A future that lands shows its part
    in one go, too, so that what is nested in a whole batch asks in the same turn
    of the loop.

    Args:
        plan: That is executed.
        context: Of the operation.
        values: Of its variables.
        root_value: What the root fields are resolved of.
    """

    __slots__ = (
        "_finished", "_landings", "_loose", "_stale", "arguments", "context", "data", "faults",
        "late", "plan", "root_value", "share", "values", "wait",
    )  # fmt: skip

    def __init__(
        self, plan: Plan, context: object, values: VariableValues, root_value: object
    ) -> None:
        self.plan = plan
        self.context: Any = context
        self.values = values
        self.root_value = root_value
        self.arguments: dict[Arguments, Given] = {}
        self.faults = Faults()
        self.late = 0
        """Grows whenever something has to be waited for that was not expected to."""
        self.data: Any = None
        self._loose: list[Waiting] = []
        self._stale = False
        self._finished: Future[None] | None = None
        self._landings = Landings(self._land)
        self.wait = self._landings.wait
        self.share = self._landings.share

    async def execute(self) -> None:
        """Fill ``data``; returns when no task of the run is left."""
        landings = self._landings
        try:
            self.data = self.plan.root.show(self.root_value, None, self)
            self._tidy()
            if landings.open:
                self._finished = asyncio.get_running_loop().create_future()
                await self._finished
        finally:
            await landings.aclose()

    def info(self, field: Field, place: Place) -> FieldInfo:
        """What a resolver may ask of the run."""
        return FieldInfo(self, field, place)

    def later(self, awaitable: object, *, asked: bool = False) -> Waiting:
        """A stand-in for a value; whoever puts it into the answer has it adopted."""
        self.late += 1
        waiting = Waiting(awaitable, asked=asked)
        self._loose.append(waiting)
        return waiting

    def loose(self, awaitable: object, *, asked: bool = False) -> None:
        """Dispose of an awaitable whose value nobody wants."""
        self._loose.append(Waiting(awaitable, asked=asked))

    def abandon(self, rest: Iterable[object]) -> None:
        """Dispose of the awaitables among items that are not shown."""
        with suppress(Exception):  # the list has failed already
            self._loose += [Waiting(each) for each in rest if is_awaitable(each)]

    def landed_or_later(
        self, position: Position, raw: object, source: object, place: Place
    ) -> object:
        """Show what a field in two steps was told, once it is there."""
        if isinstance(raw, Future) and not raw.done():
            return self.later(raw, asked=True)
        return position.answer(raw, source, place, self)

    def adopt(self, node: Node, source: object, data: dict[str, object], place: Place) -> None:
        """Have the stand-ins in an object replaced when their values land."""
        for field in node.fields:
            waiting = data[field.key]
            if type(waiting) is Waiting:
                data[field.key] = None
                waiting.taken = True
                position, awaitable = field.position, waiting.awaitable
                land = position.land if waiting.asked else position.arrive
                slot = (position, land, source, data, field.key, place)
                if waiting.asked and isinstance(awaitable, Future):
                    self.share(awaitable, slot)
                else:
                    self.wait(awaitable, slot)

    def adopt_items(self, items: list[object], position: Position, place: Place) -> None:
        """Have the stand-ins in a list replaced when their values land."""
        for number, waiting in enumerate(items):
            if type(waiting) is Waiting:
                items[number] = None
                waiting.taken = True
                slot = (position, position.arrive, None, items, number, place)
                self.wait(waiting.awaitable, slot)

    def fault(self, position: Position, error: Exception, place: Place) -> None:
        """Null a place for an error.

        Raises:
            GraphQLError: Located; the place may not be null.
        """
        located = located_error(error, position.nodes, keys_of(place))
        if not position.nullable:
            raise located
        self.null(position, located, place)

    def null(self, position: Position | None, error: GraphQLError, place: Place) -> None:
        """Null a place for an error below it.

        Raises:
            GraphQLError: The place may not be null.
        """
        if position is not None and not position.nullable:
            raise error
        self.faults.add(error, place)
        self._stale = True

    def _land(self, future: Future[Any], slots: list[Slot]) -> None:
        try:
            if future.cancelled():
                error: BaseException | None = AbandonedError("The look-up was cancelled.")
            else:
                error = future.exception()
            if error is None:
                self._fill(slots, future.result())
            else:
                for slot in slots:
                    self._fail(slot, error)
            if self._stale or self._loose:
                self._tidy()
            if not self._landings.open:
                self._finish(None)
        except BaseException as exc:  # noqa: BLE001 - or the operation would wait for ever
            self._finish(exc)

    def _fill(self, slots: list[Slot], landed: object) -> None:
        errors = self.faults.errors
        for position, land, source, container, key, around in slots:
            if errors and self.faults.covers(around):
                continue
            place = (around, key)
            try:
                found = land(landed, source, place, self)
            except Exception as exc:  # noqa: BLE001 - whatever is raised is the field's error
                self._null_late(position, exc, place)
                continue
            if type(found) is Waiting:
                found.taken = True
                slot = (position, position.arrive, source, container, key, around)
                self.wait(found.awaitable, slot)
            else:
                container[key] = found

    def _fail(self, slot: Slot, error: BaseException) -> None:
        if not isinstance(error, Exception):
            raise error
        if not self.faults.covers(slot[-1]):
            self._null_late(slot[0], error, (slot[-1], slot[-2]))

    def _null_late(self, position: Position, error: Exception, place: Place) -> None:
        """Null the nearest place that may be null, in an answer that is partly there."""
        located = located_error(error, position.nodes, keys_of(place))
        nullable = position.nullable
        above = list(position.above)
        while not nullable and place is not None:
            place = place[0]
            nullable = above.pop() if above else True
        self.faults.add(located, place)
        self._stale = True
        if place is None:
            self.data = None
        else:
            put_null(self.data, place)

    def _tidy(self) -> None:
        """After what was shown in one go: forget what nobody waits for any more."""
        for waiting in self._loose:
            if not waiting.taken:
                self._landings.leave(waiting.awaitable, shared=waiting.asked)
        self._loose.clear()
        if self._stale and self._landings.open:
            self._landings.drop(self.faults.covers)
        self._stale = False

    def _finish(self, error: BaseException | None) -> None:
        finished = self._finished
        if finished is None or finished.done():
            return
        if error is None:
            finished.set_result(None)
        else:
            finished.set_exception(error)
