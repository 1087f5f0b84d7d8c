"""Work that is begun at once and awaited later behaves as if it had been awaited all along."""

from __future__ import annotations

import asyncio

import pytest

from gateway.edge.begun import Begun


async def test_what_does_not_wait_is_done_at_once() -> None:
    async def work() -> int:
        return 7

    begun = Begun(work())
    assert begun.is_done
    assert begun.result == await begun == 7


async def test_what_raises_at_once_raises_at_once() -> None:
    async def work() -> None:
        raise LookupError

    with pytest.raises(LookupError):
        Begun(work())


async def test_it_goes_on_in_the_same_task() -> None:
    tasks: list[object] = []

    async def work() -> str:
        tasks.append(asyncio.current_task())
        await asyncio.sleep(0)
        try:
            await asyncio.wait_for(asyncio.Event().wait(), 0.001)
        except TimeoutError:
            tasks.append(asyncio.current_task())
        return "late"

    begun = Begun(work())
    assert not begun.is_done
    assert await begun == "late"
    assert set(tasks) == {asyncio.current_task()}


async def test_a_cancellation_reaches_it() -> None:
    seen: list[str] = []

    async def work() -> str:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            seen.append("cancelled")
            await asyncio.sleep(0)
            raise
        return ""

    async def outer() -> None:
        await Begun(work())

    task = asyncio.create_task(outer())
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert seen == ["cancelled"]


async def test_a_timeout_around_it_ends_it() -> None:
    begun = Begun(asyncio.Event().wait())
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.001):
            await begun


async def test_any_awaitable_will_do() -> None:
    future = asyncio.get_running_loop().create_future()
    begun = Begun(future)
    assert not begun.is_done
    future.set_result(3)
    assert await begun == 3
