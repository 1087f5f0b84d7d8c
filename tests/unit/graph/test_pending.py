"""An operation falls quiet when nothing is under way; nobody waits for that for long."""

from __future__ import annotations

import asyncio

from gateway.graph.pending import Pending


async def test_nothing_under_way_is_quiet_at_once() -> None:
    await asyncio.wait_for(Pending().quiet(), 0.1)


async def test_quiet_waits_for_loads_and_for_those_that_follow() -> None:
    loop, pending = asyncio.get_running_loop(), Pending()
    first: asyncio.Future[None] = loop.create_future()
    second: asyncio.Future[None] = loop.create_future()
    pending.watch(first)
    first.add_done_callback(lambda _: pending.watch(second))
    waiter = asyncio.create_task(pending.quiet())
    await turns(10)
    assert not waiter.done()
    first.set_result(None)
    await turns(10)
    assert not waiter.done()
    second.set_result(None)
    await asyncio.wait_for(waiter, 0.1)


async def test_all_who_wait_go_on_together() -> None:
    pending = Pending()
    load: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    pending.watch(load)
    waiters = [asyncio.create_task(pending.quiet()) for _ in range(3)]
    await turns(10)
    load.set_result(None)
    done, _ = await asyncio.wait(waiters, timeout=0.1)
    assert len(done) == 3


async def test_a_failed_or_cancelled_load_has_settled_too() -> None:
    loop, pending = asyncio.get_running_loop(), Pending()
    failed: asyncio.Future[None] = loop.create_future()
    dropped: asyncio.Future[None] = loop.create_future()
    pending.watch(failed)
    pending.watch(dropped)
    failed.set_exception(ValueError())
    dropped.cancel()
    await asyncio.wait_for(pending.quiet(), 0.1)
    assert isinstance(failed.exception(), ValueError)


async def test_a_slow_load_does_not_hold_the_others_up() -> None:
    pending = Pending()
    pending.watch(asyncio.get_running_loop().create_future())
    await asyncio.wait_for(pending.quiet(), 2)


async def test_one_who_gives_up_leaves_the_others_waiting() -> None:
    pending = Pending()
    load: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    pending.watch(load)
    leaver, stayer = (asyncio.create_task(pending.quiet()) for _ in range(2))
    await turns(10)
    leaver.cancel()
    await turns(10)
    assert leaver.cancelled()
    assert not stayer.done()
    load.set_result(None)
    await asyncio.wait_for(stayer, 0.1)


async def turns(count: int) -> None:
    """Let the event loop go round."""
    for _ in range(count):
        await asyncio.sleep(0)
