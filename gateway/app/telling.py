"""Subscriptions: what happens is told once to all who asked in the same words."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final, Self

from gateway.edge.answers.flights import Flights
from gateway.edge.answers.question import written
from gateway.edge.graphql.fields import shows_everything
from gateway.edge.graphql.ports import Asked
from gateway.edge.graphql.reply import Answer
from gateway.edge.live.frames import BrokenError, Frame
from gateway.engine.execute import Engine, Outcome
from gateway.engine.prepared import Prepared
from gateway.engine.presentation import of_unplanned
from gateway.engine.subscribe import Subscribed, variables_of_frames
from gateway.graph.context import GraphContext
from gateway.transport.clock import Clock
from gateway.transport.deadline import limit

log = logging.getLogger(__name__)

AT_ONCE: Final = 16
"""Executions; the others wait, and slow subscribers miss events rather than all their time."""
KEPT_S: Final = 2.0
MOST_KEPT: Final = 512
MOST_KEPT_LETTERS: Final = 4 * 1024 * 1024

_LONGEST_CURSOR: Final = 200

MakeContext = Callable[[Prepared, Asked], GraphContext]


@dataclass(slots=True)
class _Kept:
    frame: Frame
    until_s: float


class Telling:
    """Begins subscriptions, and executes for their events.

    Args:
        engine: Executes.
        make_context: Of an operation, fresh.
        deadline_s: For one execution; not the clients' own, for it is for several of them.
        clock: Monotonic seconds.
    """

    def __init__(
        self,
        engine: Engine,
        make_context: MakeContext,
        *,
        deadline_s: float,
        clock: Clock = time.monotonic,
    ) -> None:
        self._engine = engine
        self.make_context = make_context
        self._deadline_s = deadline_s
        self._clock = clock
        self._flights: Flights[Frame] = Flights(lambda: 0, lambda _: False)
        self._kept: OrderedDict[str, _Kept] = OrderedDict()
        self._letters = 0
        self._room = asyncio.Semaphore(AT_ONCE)
        self.executed = 0

    async def begin(self, prepared: Prepared, asked: Asked) -> Answer | Told:
        """Begin one, or tell why not."""
        context = self.make_context(prepared, asked)
        context.resume = _resume(asked)
        found = await self._engine.subscribe(prepared, asked.params.variables, context)
        if isinstance(found, Outcome):
            return Answer(found.body, found.executed)
        return Told(self, found, prepared, asked, _key(prepared, asked, context))

    async def frame(self, key: str, make: Callable[[], Awaitable[Frame]]) -> Frame:
        """What somebody made, or makes now, under the same key."""
        known = self._kept.get(key)
        if known is not None and self._clock() < known.until_s:
            return known.frame

        async def made() -> Frame:
            frame = await self.executing(make)
            self._keep(key, frame)
            return frame

        return await self._flights.join(key, made)

    async def executing(self, make: Callable[[], Awaitable[Frame]]) -> Frame:
        """Make one, when there is room for it."""
        async with self._room:
            self.executed += 1
            with limit(self._deadline_s):
                return await make()

    def _keep(self, key: str, frame: Frame) -> None:
        kept = self._kept
        old = kept.pop(key, None)
        kept[key] = _Kept(frame, self._clock() + KEPT_S)
        self._letters += len(frame.text) - (0 if old is None else len(old.frame.text))
        while len(kept) > MOST_KEPT or self._letters > MOST_KEPT_LETTERS:
            _, gone = kept.popitem(last=False)
            self._letters -= len(gone.frame.text)


class Told:
    """One client's subscription.

    Args:
        telling: Executes.
        subscribed: The source.
        prepared: The operation.
        asked: By whom, and how.
        key: The same for all who are told the same of an event.
    """

    def __init__(
        self,
        telling: Telling,
        subscribed: Subscribed,
        prepared: Prepared,
        asked: Asked,
        key: str,
    ) -> None:
        self._telling = telling
        self._subscribed = subscribed
        self._prepared = prepared
        self._asked = asked
        self._key = key

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Frame:
        """The next frame.

        Raises:
            BrokenError: The source came to grief.
        """
        try:
            event = await anext(self._subscribed.events)
        except StopAsyncIteration:
            raise
        except Exception as exc:
            raise BrokenError(of_unplanned(exc)) from exc
        cursor = getattr(event, "cursor", None)
        if not isinstance(cursor, str):
            return await self._telling.executing(lambda: self._made(event, None))
        return await self._telling.frame(f"{self._key}{cursor}", lambda: self._made(event, cursor))

    async def aclose(self) -> None:
        """End it; nothing of it is left."""
        await self._subscribed.aclose()

    async def _made(self, event: object, cursor: str | None) -> Frame:
        context = self._telling.make_context(self._prepared, self._asked)
        try:
            outcome = await self._subscribed.tell(event, context)
        finally:
            context.end()
        return Frame.of(outcome.body, cursor)


def _resume(asked: Asked) -> str | None:
    """Where a stream goes on that broke; browsers send it by themselves."""
    last = asked.fields.get(b"last-event-id", b"")
    return last.decode("latin-1") if 0 < len(last) <= _LONGEST_CURSOR else None


def _key(prepared: Prepared, asked: Asked, context: GraphContext) -> str:
    variables = written(variables_of_frames(prepared), asked.params.variables).decode()
    locale = context.locale
    everything = shows_everything(asked.fields)
    parts = (prepared.key, locale.language, locale.region, everything, asked.caller.scope)
    return f"{parts}{variables}"
