"""Clients that wait are looked after once they have waited for a moment."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

import pytest
from starlette.types import Message

from gateway.edge.disconnect import MOMENT_S, Watched


@dataclass(slots=True)
class Line:
    """A connection on which nothing comes before it is told to; counts who listens."""

    must_finish: bool = False
    kind: str = "http.disconnect"
    gone: asyncio.Event = field(default_factory=asyncio.Event)
    looked: asyncio.Event = field(default_factory=asyncio.Event)

    async def receive(self) -> Message:
        self.looked.set()
        await self.gone.wait()
        return {"type": self.kind}

    def run(self, work: asyncio.Event) -> asyncio.Task[bool | None]:
        return asyncio.create_task(Watched(self, self.receive).run(work.wait()))


async def test_who_is_answered_in_a_moment_is_not_looked_after() -> None:
    line, work = Line(), asyncio.Event()
    running = line.run(work)
    for _ in range(5):
        await asyncio.sleep(0)
    work.set()
    assert await running is True
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(3 * MOMENT_S):
            await line.looked.wait()


@pytest.mark.parametrize("is_gone_before", [False, True])
async def test_who_has_gone_ends_the_work(*, is_gone_before: bool) -> None:
    line, work = Line(), asyncio.Event()
    if is_gone_before:
        line.gone.set()
    running = line.run(work)
    async with asyncio.timeout(0.1):
        await line.looked.wait()
        line.gone.set()
        assert await running is None


@pytest.mark.parametrize(
    "line", [Line(must_finish=True), Line(kind="http.request")], ids=["a change", "no news"]
)
async def test_other_work_goes_on(line: Line) -> None:
    work = asyncio.Event()
    running = line.run(work)
    await line.looked.wait()
    line.gone.set()
    for _ in range(5):
        await asyncio.sleep(0)
    work.set()
    assert await running is True


async def test_what_ends_the_task_is_no_clients_doing() -> None:
    line, work = Line(), asyncio.Event()
    running = line.run(work)
    await line.looked.wait()
    line.gone.set()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running


async def test_nobody_listens_once_it_is_over() -> None:
    line, work = Line(), asyncio.Event()
    running = line.run(work)
    await line.looked.wait()
    work.set()
    assert await running is True
    await asyncio.sleep(0)
    assert asyncio.all_tasks() == {asyncio.current_task()}
