"""Replicas are killed, Redis begins anew: who comes back with a cursor has lost nothing."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack, ExitStack
from pathlib import Path
from typing import Final

import pytest

from tests.events.fleet import Crowd, fleet
from tests.faults.replicas import Replica
from tests.valkey import free_port, freeze, running, thaw

READERS: Final = 60
PAUSE_S: Final = 0.05

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


async def test_nothing_is_lost_or_doubled(tmp_path: Path) -> None:
    port = free_port()
    with ExitStack() as servers:
        first = servers.enter_context(running(port))
        async with AsyncExitStack() as stack:
            url = f"redis://127.0.0.1:{port}/0"
            writer, (doomed, other) = await stack.enter_async_context(fleet(url, tmp_path, 2))
            await writer.write(1)
            crowd = Crowd(writer)
            for at in range(READERS):
                await crowd.join((doomed, other)[at % 2].port, writer.cursors[0])
            numbers = iter(range(2, 10_000))

            async def write(count: int) -> None:
                for _ in range(count):
                    number = next(numbers)
                    await writer.write(number, is_told=number % 5 > 0)
                    await asyncio.sleep(PAUSE_S)

            await write(20)
            doomed.process.kill()
            await write(10)
            await come_back(crowd, other, range(0, READERS, 2))
            await write(10)
            freeze(first)
            await write(10)
            thaw(first)
            await write(10)
            first.terminate()  # it keeps nothing
            await write(10)
            servers.enter_context(running(port))
            await write(30)
            await come_back(crowd, other, range(READERS))
            await write(10)
            await crowd.all_heard(writer.cursors[1:])
            for wire in crowd.wires:
                assert not wire.errors
                wire.leave()
        assert len(writer.cursors) == 111
        assert all(each == writer.cursors[1:] for each in crowd.heard)


async def come_back(crowd: Crowd, replica: Replica, who: range) -> None:
    """They follow again, each from what they heard last."""
    for at in who:
        crowd.wires[at].leave()
        await crowd.rejoin(at, replica.port)
