"""One reader: what they are told when they are slow, late, or gone."""

from __future__ import annotations

import asyncio

import pytest

from gateway.errors import ConfigError, GatewayError, UpstreamUnavailableError
from gateway.events.feed import Feed
from gateway.events.follower import QUEUE, Follower
from gateway.events.history import KEPT
from gateway.events.log import Log
from gateway.events.seen import Missed, Seen
from tests.events.replicas import no_purge, settle
from tests.events.table import Table


def feed_over(log: Table) -> Feed:
    return Feed(Log(log), scope="test", purge=no_purge, forget=lambda *_: None)


async def look(feed: Feed) -> None:
    feed._look_soon()
    await feed._take()


async def begun(follower: Follower) -> asyncio.Task[Seen | Missed]:
    """A reader who waits for the next event."""
    task = asyncio.create_task(anext(follower))
    await settle()
    assert not task.done()
    return task


async def test_a_full_queue_is_dropped_and_told() -> None:
    log = Table()
    log.write()
    feed = feed_over(log)
    follower = await feed.follow()
    waiting = await begun(follower)
    for _ in range(1 + QUEUE + 1):
        log.write()
    await look(feed)
    assert (await waiting).event.sequence == 2
    assert await anext(follower) == Missed(QUEUE, after=2)
    assert (await anext(follower)).event.sequence == log.rows[-1].sequence


async def test_a_burst_is_no_reason_to_drop() -> None:
    log = Table()
    feed = feed_over(log)
    follower = await feed.follow()
    await begun(await feed.follow())  # who reads nothing holds nobody up for long
    got: list[int] = []

    async def read() -> None:
        async for item in follower:
            await settle()
            got.append(item.event.sequence)

    task = asyncio.create_task(read())
    await settle()
    for _ in range(3 * QUEUE):
        log.write()
    await look(feed)
    await look(feed)
    for _ in range(10 * QUEUE):
        await settle()
    assert got == [row.sequence for row in log.rows]
    await follower.aclose()
    await task


async def test_who_was_ahead_is_told_nothing_twice() -> None:
    """They have come from a process that had heard more."""
    log = Table()
    behind = feed_over(log)
    other = await behind.follow()
    log.write()
    log.write()
    follower = await behind.follow(after=2)
    waiting = await begun(follower)
    await look(behind)
    await settle()
    assert not waiting.done()
    log.write()
    await look(behind)
    assert (await waiting).event.sequence == 3
    await other.aclose()


async def test_who_closes_is_let_go() -> None:
    feed = feed_over(Table())
    follower = await feed.follow()
    waiting = await begun(follower)
    await follower.aclose()
    with pytest.raises(StopAsyncIteration):
        await waiting
    assert feed._audience.is_empty


async def test_all_are_let_go_at_the_end() -> None:
    feed = feed_over(Table())
    feed.start()
    follower = await feed.follow()
    waiting = await begun(follower)
    await feed.aclose()
    with pytest.raises(StopAsyncIteration):
        await waiting


async def test_those_who_come_back_together_read_together() -> None:
    log = Table()
    for _ in range(KEPT):
        log.write()
    feed = feed_over(log)
    followers = [await feed.follow(after=0) for _ in range(50)]
    log.reads = 0
    firsts = await asyncio.gather(*map(anext, followers))
    assert {id(seen) for seen in firsts} == {id(firsts[0])}
    assert log.reads == 2  # the events, and their requests


async def test_an_event_is_read_once_for_all() -> None:
    log = Table()
    feed = feed_over(log)
    followers = [await feed.follow() for _ in range(50)]
    await look(feed)
    log.write()
    log.reads = 0
    await look(feed)
    seen = await asyncio.gather(*map(anext, followers))
    assert {id(each) for each in seen} == {id(seen[0])}
    assert log.reads == 2


async def test_a_request_that_cannot_be_read_is_an_event_all_the_same() -> None:
    log = Table()
    feed = feed_over(log)
    follower = await feed.follow()
    await look(feed)
    event = log.write()
    log.trouble = UpstreamUnavailableError("book", "get_many")
    [seen] = await feed._history.seen([event])
    assert seen.event.reason is None
    assert "book" in str(seen.request)
    await follower.aclose()


@pytest.mark.parametrize(
    "trouble",
    [UpstreamUnavailableError("book", "events"), ConfigError("GATEWAY_DATA_DIR: cannot be used")],
)
async def test_a_log_that_cannot_be_read_is_an_outage(trouble: GatewayError) -> None:
    """Why it is not kept is for whoever runs the gateway; it may be there later."""
    log = Table()
    log.write()
    feed = feed_over(log)
    log.trouble = trouble
    with pytest.raises(UpstreamUnavailableError) as raised:
        await feed.follow()
    assert "GATEWAY" not in str(raised.value)
    log.trouble = None
    follower = await feed.follow(after=0)
    log.trouble, feed._history.pause_s = trouble, 0.0
    assert await feed.behind(0) is None
    log.trouble = None
    assert (await anext(follower)).event.sequence == 1


async def test_news_wakes_whoever_waits() -> None:
    log = Table()
    feed = feed_over(log)
    waiting = asyncio.create_task(feed.news(0))
    await settle()
    assert not waiting.done()
    log.write()
    await look(feed)
    await waiting
    await feed.news(0)  # at once, now
