"""One leader among processes on a real Valkey; killed, stopped, cut off."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from gateway.cache.leader import Leader
from gateway.cache.notes import Note, Notes
from gateway.cache.redis_line import RedisLine
from tests.valkey import freeze, running, thaw

LEASE_S = 0.5
PATIENCE_S = 20.0
ROOT = Path(__file__).parents[2]
OTHER = f"""
import asyncio, sys
from gateway.cache.leader import Leader
from gateway.cache.redis_line import RedisLine
async def work():
    print("leads", flush=True)
    await asyncio.Event().wait()
asyncio.run(Leader(RedisLine(sys.argv[1]), "task", lease_s={LEASE_S}).lead(work))
"""


class Candidate:
    """A process's part in the race, and whether its work runs."""

    def __init__(self, url: str) -> None:
        self.line = RedisLine(url)
        self.leader = Leader(self.line, "task", lease_s=LEASE_S)
        self.began, self.ended = asyncio.Event(), asyncio.Event()
        self.task = asyncio.create_task(self.leader.lead(self.work))

    async def work(self) -> None:
        self.began.set()
        try:
            await asyncio.Event().wait()
        finally:
            self.ended.set()

    async def aclose(self) -> None:
        self.task.cancel()
        await asyncio.gather(self.task, return_exceptions=True)
        await self.line.aclose()


@pytest.fixture
async def two(valkey_url: str) -> AsyncIterator[tuple[Candidate, Candidate]]:
    first = Candidate(valkey_url)
    await asyncio.wait_for(first.began.wait(), PATIENCE_S)
    second = Candidate(valkey_url)
    yield first, second
    await first.aclose()
    await second.aclose()


async def test_one_leads_and_hands_over_when_it_ends(two: tuple[Candidate, Candidate]) -> None:
    first, second = two
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(second.began.wait(), 1.2 * LEASE_S)
    assert (first.leader.is_leading, second.leader.is_leading) == (True, False)
    await first.aclose()
    assert first.ended.is_set()
    await asyncio.wait_for(second.began.wait(), PATIENCE_S)
    assert second.leader.is_leading


async def test_a_killed_leader_is_succeeded_within_its_lease(valkey_url: str) -> None:
    with subprocess.Popen(  # noqa: S603, ASYNC220 - our own interpreter, as another gateway
        [sys.executable, "-c", OTHER, valkey_url], stdout=subprocess.PIPE, cwd=ROOT
    ) as other:
        assert other.stdout is not None
        assert await asyncio.to_thread(other.stdout.readline) == b"leads\n"
        successor = Candidate(valkey_url)
        other.send_signal(signal.SIGKILL)
        start_s = time.monotonic()
        await asyncio.wait_for(successor.began.wait(), PATIENCE_S)
        took_s = time.monotonic() - start_s
    await successor.aclose()
    assert took_s <= 1.2 * LEASE_S + 0.5, f"succeeded after {took_s:.2f} s"


async def test_who_is_cut_off_stops_before_its_lease_ends() -> None:
    with running() as server:
        candidate = Candidate(f"redis://127.0.0.1:{server.port}/0")
        await asyncio.wait_for(candidate.began.wait(), PATIENCE_S)
        freeze(server)
        start_s = time.monotonic()
        await asyncio.wait_for(candidate.ended.wait(), PATIENCE_S)
        took_s = time.monotonic() - start_s
        assert not candidate.leader.is_leading
        candidate.began.clear()
        thaw(server)
        await asyncio.wait_for(candidate.began.wait(), PATIENCE_S)
        await candidate.aclose()
    assert took_s <= LEASE_S, f"stopped after {took_s:.2f} s"


async def test_a_leader_that_stood_still_hears_of_its_successor(
    two: tuple[Candidate, Candidate],
) -> None:
    first, second = two
    first.leader._tenure.heard(asked_at_s=time.monotonic() + 3600, is_ours=True)  # believes it
    await first.line.run([("DEL", first.leader._key)])
    await asyncio.wait_for(second.began.wait(), PATIENCE_S)
    await asyncio.wait_for(first.ended.wait(), PATIENCE_S)
    assert second.leader.is_leading


@pytest.mark.parametrize("shared", [False, True])
async def test_the_work_s_own_end_is_the_leader_s(valkey_url: str, *, shared: bool) -> None:
    line = RedisLine(valkey_url) if shared else None
    calls: list[str] = []

    async def once() -> None:
        calls.append("worked")

    async def fails() -> None:
        raise LookupError("the work's own business")

    await Leader(line, "task", lease_s=LEASE_S).lead(once)
    with pytest.raises(LookupError):
        await Leader(line, "task", lease_s=LEASE_S).lead(fails)
    assert calls == ["worked"]
    if line is not None:
        assert await line.run([("EXISTS", "mq:lead:task")]) == [0]
        await line.aclose()


async def test_notes_are_shared_and_tell_nothing_from_unknown(valkey_url: str) -> None:
    lines = [RedisLine(valkey_url) for _ in range(2)]
    ours, theirs = (Notes(line) for line in lines)
    assert await ours.read("until") == Note(None)
    assert await ours.write("until", "2026-03-01")
    assert await theirs.read("until") == Note("2026-03-01")
    lines[1]._trip.is_open = True  # as if Redis were away
    assert await theirs.read("until") is None
    assert not await theirs.write("until", "x")
    for line in lines:
        await line.aclose()
    alone = Notes(None)
    assert await alone.write("until", "2026-03-01")
    assert await alone.read("until") == Note("2026-03-01")
    assert await alone.read("other") == Note(None)
