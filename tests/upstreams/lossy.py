"""A way to Seerr on which the answers of writes get lost, or the calls themselves."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum

from gateway.transport.port import (
    AnswerCutError,
    ConnectionLostError,
    ExchangeTimeoutError,
    HttpAnswer,
    HttpPort,
    NotConnectedError,
)


class Loss(Enum):
    """What is lost."""

    ANSWER = "the answer, whole"
    PART = "a part of the answer"
    TIME = "so much time that nobody waits"
    CALL = "the call, without a word"
    CONNECTION = "the call, and one knows it"
    LATE = "nothing: the call comes through when nobody waits any more"


_THROUGH = {Loss.ANSWER, Loss.PART, Loss.TIME}
_ERRORS = {
    Loss.ANSWER: ConnectionLostError,
    Loss.PART: AnswerCutError,
    Loss.TIME: ExchangeTimeoutError,
    Loss.CALL: ConnectionLostError,
    Loss.CONNECTION: NotConnectedError,
    Loss.LATE: ExchangeTimeoutError,
}


@dataclass
class LossyPort:
    """Loses what a test orders, of writes only."""

    port: HttpPort
    writes: list[tuple[str, str, Mapping[str, str]]] = field(default_factory=list)
    losses: list[Loss] = field(default_factory=list)
    instead: list[HttpAnswer] = field(default_factory=list)
    deaf_reads: int = 0
    began: asyncio.Event = field(default_factory=asyncio.Event)
    held: asyncio.Event = field(default_factory=asyncio.Event)
    late: list[asyncio.Task[HttpAnswer]] = field(default_factory=list)

    async def send(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str],
        body: bytes | None = None,
        timeout_s: float,
    ) -> HttpAnswer:
        async def through() -> HttpAnswer:
            return await self.port.send(
                method, url, headers=headers, body=body, timeout_s=timeout_s
            )

        if method == "GET":
            if self.deaf_reads:
                self.deaf_reads -= 1
                raise ConnectionLostError("lost")
            return await through()
        self.writes.append((method, url.removeprefix("http://seerr"), headers))
        self.began.set()
        if self.instead:
            return self.instead.pop(0)
        loss = self.losses.pop(0) if self.losses else None
        if loss is None:
            return await through()
        if loss in _THROUGH:
            await through()
        elif loss is Loss.LATE:
            self.late.append(asyncio.create_task(self._later(through)))
        raise _ERRORS[loss]("lost")

    async def _later(self, through: Callable[[], Awaitable[HttpAnswer]]) -> HttpAnswer:
        await self.held.wait()
        return await through()

    async def arrive(self) -> None:
        """Let the late calls through."""
        self.held.set()
        await asyncio.gather(*self.late)

    async def aclose(self) -> None:
        await self.port.aclose()


@dataclass
class MeddledPort:
    """Lets a test do something before and after each call."""

    port: HttpPort
    before: Callable[[str], None] = lambda _: None
    after: Callable[[str, HttpAnswer], HttpAnswer] = lambda _, found: found

    async def send(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str],
        body: bytes | None = None,
        timeout_s: float,
    ) -> HttpAnswer:
        self.before(method)
        found = await self.port.send(method, url, headers=headers, body=body, timeout_s=timeout_s)
        return self.after(method, found)

    async def aclose(self) -> None:
        await self.port.aclose()
