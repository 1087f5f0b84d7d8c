"""The connections to one origin: reads share kept ones, every write has one of its own."""

from __future__ import annotations

import asyncio
import sys
from collections import deque

from gateway.transport.limiter import AimdLimit
from gateway.transport.line import Line, NoAnswerError
from gateway.transport.origin import Dialler, Origin
from gateway.transport.pool import PoolLimits
from gateway.transport.port import HttpAnswer, NotConnectedError, UnsentTimeoutError
from gateway.transport.turnstile import Turnstile


class Lines:
    """At most so many exchanges at a time, in order of arrival.

    A write that meets a closed connection could neither be sent again nor be called unsent, so
    it never takes a kept one.
    """

    def __init__(self, origin: Origin, pool: PoolLimits) -> None:
        most = pool.max_connections
        self.origin = origin
        self._pool = pool
        self._loop = asyncio.get_running_loop()
        self._dialler = Dialler(origin, pool)
        self._places = Turnstile(AimdLimit(most, least=most, most=most), queue=sys.maxsize)
        self._kept: deque[tuple[Line, float]] = deque()  # and since when, the oldest first
        self._open: set[Line] = set()
        self._sweeper: asyncio.TimerHandle | None = None
        self._closed = False

    @property
    def busy(self) -> int:
        """Exchanges under way."""
        return self._places.in_flight

    async def read(self, call: bytes, ends_at_s: float) -> HttpAnswer:
        """Exchange a call that may go out again, on a new connection if a kept one is closed."""
        if not self._places.try_enter():
            await self._wait(ends_at_s)
        try:
            line = self._take()
            if line is not None:
                try:
                    return await self._ask(line, call, ends_at_s)
                except NoAnswerError:
                    pass
            return await self._ask(await self._dial(ends_at_s), call, ends_at_s)
        finally:
            self._places.leave()

    async def write(self, call: bytes, ends_at_s: float) -> HttpAnswer:
        """Exchange a call that goes out once."""
        if not self._places.try_enter():
            await self._wait(ends_at_s)
        try:
            line = await self._dial(ends_at_s)
            try:
                return await line.ask(call, ends_at_s)
            finally:
                line.abort()
        finally:
            self._places.leave()

    async def aclose(self) -> None:
        """Close every connection, those in use as well."""
        self._closed = True
        if self._sweeper is not None:
            self._sweeper.cancel()
        for line in self._open:
            line.abort()
        await asyncio.gather(*(line.gone for line in self._open))

    async def _ask(self, line: Line, call: bytes, ends_at_s: float) -> HttpAnswer:
        try:
            answer = await line.ask(call, ends_at_s)
        except BaseException:
            line.abort()
            raise
        if line.is_open:
            self._kept.append((line, self._loop.time()))
            if self._sweeper is None:
                self._sweeper = self._loop.call_later(self._pool.idle_s, self._sweep)
        return answer

    async def _wait(self, ends_at_s: float) -> None:
        try:
            await self._places.enter(ends_at_s - self._loop.time())
        except TimeoutError as exc:
            raise UnsentTimeoutError("no connection was free in time") from exc

    async def _dial(self, ends_at_s: float) -> Line:
        try:
            async with asyncio.timeout_at(ends_at_s):
                line = await self._dialler.dial(lambda: Line(self._pool.max_body_bytes))
        except TimeoutError as exc:
            raise UnsentTimeoutError("not connected in time") from exc
        if self._closed:
            line.abort()
            raise NotConnectedError("the gateway is closing")
        self._open.add(line)
        line.gone.add_done_callback(lambda _: self._open.discard(line))
        return line

    def _take(self) -> Line | None:
        """The connection used last; the others may grow old."""
        youngest_s = self._loop.time() - self._pool.idle_s
        while self._kept:
            line, since_s = self._kept.pop()
            if since_s > youngest_s and line.is_open:
                return line
            line.abort()
        return None

    def _sweep(self) -> None:
        """Close what was idle for too long, before the upstream does."""
        youngest_s = self._loop.time() - self._pool.idle_s
        while self._kept and (self._kept[0][1] <= youngest_s or not self._kept[0][0].is_open):
            self._kept.popleft()[0].abort()
        left_s = self._kept[0][1] - youngest_s if self._kept else None
        self._sweeper = None if left_s is None else self._loop.call_later(left_s, self._sweep)
