"""Several workers at once, and workers that end in the middle: nothing is lost, order holds."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from datetime import timedelta

from gateway.domain.webhook import DeliveryState, Failure
from gateway.webhooks.courier import USUAL
from tests.webhooks.receiver import Receiver, receiving, status
from tests.webhooks.stage import SCOPE, Stage

HELD = timedelta(seconds=USUAL.held_s)


def by_request(receiver: Receiver) -> dict[int, list[int]]:
    """The versions of each film's request, in the order of their arrival."""
    found: dict[int, list[int]] = defaultdict(list)
    for each in receiver.told:
        found[each.data["tmdbId"]].append(each.data["version"])
    return found


async def test_four_workers_tell_each_event_once_and_in_order(stage: Stage) -> None:
    async with receiving() as receiver:
        await stage.endpoint(receiver.url)
        workers = [stage.another() for _ in range(4)]
        for _ in range(12):
            await stage.decide(await stage.ask())
        await asyncio.gather(*map(stage.look, workers))
        await stage.look()
        assert len({each.id for each in receiver.told}) == len(receiver.told) == 24
        assert set(map(tuple, by_request(receiver).values())) == {(1, 2)}


async def test_what_a_killed_worker_held_is_sent_again_and_holds_back_what_follows(
    stage: Stage,
) -> None:
    async with receiving() as receiver:
        endpoint = await stage.endpoint(receiver.url)
        await stage.decide(await stage.ask())
        receiver.open.clear()
        killed, other = stage.another(), stage.another()
        await stage.begin(killed)
        await receiver.until_waits(1)
        await killed.aclose()  # the answer never gets there
        receiver.open.set()
        stage.clock.advance(seconds=USUAL.held_s - 1)
        await stage.look(other)
        assert len(receiver.told) == 1
        stage.clock.advance(seconds=1)
        await stage.look(other)
        assert by_request(receiver) == {1: [1, 1, 2]}
        assert receiver.told[0].id == receiver.told[1].id
        assert {each.state for each in await stage.log(endpoint)} == {DeliveryState.DELIVERED}


async def test_a_worker_that_ends_waits_for_the_answer_it_has_asked_for(stage: Stage) -> None:
    async with receiving() as receiver:
        endpoint = await stage.endpoint(receiver.url)
        await stage.decide(await stage.ask())
        receiver.open.clear()
        ending = stage.another(patience_s=10.0)
        await stage.begin(ending)
        await receiver.until_waits(1)
        closed = asyncio.create_task(ending.aclose())
        await asyncio.sleep(0)
        receiver.open.set()
        await closed
        assert by_request(receiver) == {1: [1]}
        first, second = await stage.log(endpoint)
        assert (first.state, second.state) == (DeliveryState.DELIVERED, DeliveryState.WAITING)
        assert second.held_until is None


async def test_who_comes_too_late_changes_nothing(stage: Stage) -> None:
    """A worker stood still in the middle of a try; another one has its delivery by now."""
    async with receiving() as receiver:
        endpoint = await stage.endpoint(receiver.url)
        await stage.decide(await stage.ask())
        await stage.begin()
        await stage.worker.aclose()
        receiver.told.clear()
        stage.clock.advance(hours=1)
        now, whose = stage.clock(), endpoint.endpoint_id
        slow = await stage.store.hold(whose, now, now + HELD)
        assert slow is not None
        assert await stage.store.hold(whose, now, now + HELD) is None
        stage.clock.advance(seconds=USUAL.held_s)
        now = stage.clock()
        fast = await stage.store.hold(whose, now, now + HELD)
        assert fast is not None
        assert fast.event_id == slow.event_id
        for late in (
            stage.store.failed(slow, Failure(problem="x", disable_why="x"), now),
            stage.store.failed(slow, Failure(problem="x"), now),
            stage.store.delivered(slow, 204, now),
        ):
            await late
            (kept, _) = await stage.log(endpoint)
            assert (kept.state, kept.attempts) == (DeliveryState.WAITING, 0)
            assert kept.held_until == now + HELD
        assert (await stage.as_kept(endpoint)).disabled_at is None
        await stage.store.delivered(fast, 204, now)
        await stage.look(stage.another())
        assert by_request(receiver) == {1: [2]}


async def test_a_worker_that_stood_still_sends_nothing(stage: Stage) -> None:
    """Its hold may have ended, and a later event of the request may have been told since."""
    async with receiving() as receiver:
        await stage.endpoint(receiver.url)
        await stage.ask()
        ticks = iter([0.0, USUAL.sent_s - 1, USUAL.sent_s - 1])  # taken, written down, looked up
        await stage.look(stage.another(clock=lambda: next(ticks, USUAL.sent_s)))
        assert receiver.told == []
        stage.clock.advance(minutes=1)
        await stage.look()
        assert by_request(receiver) == {1: [1]}


async def test_a_position_moves_once(stage: Stage) -> None:
    """Of two workers that read the same events, one takes them over."""
    await stage.ask()
    endpoint = await stage.endpoint("http://127.0.0.1:9/")
    whose = endpoint.endpoint_id
    assert await stage.store.positions(SCOPE) == {whose: 1}
    for scope, before in ((SCOPE, 1), ("newer", 0)):
        moved = await asyncio.gather(
            *(stage.store.take_over(whose, scope, (before, 9), ()) for _ in range(4))
        )
        assert sorted(moved) == [False, False, False, True]
        assert not await stage.store.take_over(whose, scope, (0, 12), ())
        assert await stage.store.positions(scope) == {whose: 9}


async def test_a_position_is_moved_back_and_never_forwards(stage: Stage) -> None:
    await stage.ask()
    stage.clock.advance(hours=1)
    since = stage.clock()
    endpoint = await stage.endpoint("http://127.0.0.1:9/")
    await stage.ask()
    whose = endpoint.endpoint_id
    assert await stage.store.rewind(whose, since, stage.clock())
    assert await stage.store.positions(SCOPE) == {whose: 1}
    assert await stage.store.take_over(whose, SCOPE, (1, 2), ())
    stage.clock.advance(hours=1)
    assert await stage.store.rewind(whose, stage.clock(), stage.clock())
    assert await stage.store.positions(SCOPE) == {whose: 2}
    assert await stage.store.rewind(whose, since, stage.clock())
    assert not await stage.store.take_over(whose, SCOPE, (2, 3), ())  # of a worker that read before
    assert await stage.store.positions(SCOPE) == {whose: 1}


async def test_what_is_not_there_is_told_so(stage: Stage) -> None:
    now = stage.clock()
    assert not await stage.store.remove("nobody")
    assert not await stage.store.enable("nobody", now)
    assert not await stage.store.rewind("nobody", now, now)
    assert await stage.store.hold("nobody", now, now) is None
    endpoint = await stage.endpoint("http://127.0.0.1:9/")
    await stage.store.remove(endpoint.endpoint_id)
    for before in (0, 1):
        assert not await stage.store.take_over(endpoint.endpoint_id, SCOPE, (before, 2), ())
    assert await stage.store.positions(SCOPE) == {}


async def test_answers_that_are_lost_cost_a_second_delivery_not_the_first(stage: Stage) -> None:
    async with receiving(lambda _: b"") as receiver:
        endpoint = await stage.endpoint(receiver.url)
        await stage.ask()
        await stage.look()
        (kept,) = await stage.log(endpoint)
        assert kept.problem == "the connection was lost before an answer"
        receiver.reply = lambda _: status(200)
        stage.clock.advance(seconds=6)
        await stage.look()
        assert len(receiver.told) == 2
