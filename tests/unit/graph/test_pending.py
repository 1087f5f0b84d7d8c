"""An operation falls quiet when nothing is under way; nobody waits for that for long."""

from __future__ import annotations

import asyncio

from gateway.graph.pending import Pending


async def test_nothing_under_way_is_quiet_at_once() -> None:
    await asyncio.wait_for(quiet(Pending()), 0.1)


async def test_quiet_waits_for_loads_and_for_those_that_follow() -> None:
    loop, pending = asyncio.get_running_loop(), Pending()
    first: asyncio.Future[None] = loop.create_future()
    second: asyncio.Future[None] = loop.create_future()
    pending.watch(first)
    first.add_done_callback(lambda _: pending.watch(second))
    waiter = quiet(pending)
    await turns(20)
    assert not waiter.done()
    first.set_result(None)
    await turns(20)
    assert not waiter.done()
    second.set_result(None)
    await asyncio.wait_for(waiter, 0.1)


async def test_all_who_wait_go_on_together() -> None:
    pending = Pending()
    load: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    pending.watch(load)
    waiters = [quiet(pending) for _ in range(3)]
    await turns(20)
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
    await asyncio.wait_for(quiet(pending), 0.1)
    assert isinstance(failed.exception(), ValueError)


async def test_a_slow_load_does_not_hold_the_others_up() -> None:
    pending = Pending()
    pending.watch(asyncio.get_running_loop().create_future())
    await asyncio.wait_for(quiet(pending), 2)


async def test_who_waits_again_waits_anew() -> None:
    pending = Pending()
    await asyncio.wait_for(quiet(pending), 0.1)
    load: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    pending.watch(load)
    waiter = quiet(pending)
    await turns(20)
    assert not waiter.done()
    load.set_result(None)
    await asyncio.wait_for(waiter, 0.1)


def quiet(pending: Pending) -> asyncio.Future[None]:
    """The moment, for a test to wait for."""
    moment: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    pending.when_quiet(lambda: moment.set_result(None))
    return moment


async def turns(count: int) -> None:
    """Let the event loop go round."""
    for _ in range(count):
        await asyncio.sleep(0)
