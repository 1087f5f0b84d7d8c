"""Somebody who gives up takes nobody along, and leaves nothing behind."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from gateway.sandbox import Fault, Sandbox
from tests.graph.stage import Stage, staged

FILM = "{ movie(by: {tmdbId: 603}) { title credits { cast { name } } trailers { totalCount } } }"


class Held:
    """A sleep that ends when the test says so: how long an upstream takes."""

    def __init__(self) -> None:
        self.begun = asyncio.Event()
        self.over = asyncio.Event()

    async def __call__(self, _seconds: float) -> None:
        self.begun.set()
        await self.over.wait()


@pytest.fixture
async def held() -> AsyncIterator[tuple[Stage, Held]]:
    """A stage whose TMDB answers no sooner than told."""
    sleep = Held()
    async with staged(sandbox=Sandbox(sleep=sleep)) as stage:
        stage.sandbox.tmdb.faults.set([Fault(kind="latency", latency_s=1)])
        yield stage, sleep
        sleep.over.set()


def ask(stage: Stage, query: str = FILM) -> asyncio.Task[dict[str, Any]]:
    return asyncio.create_task(stage.ask(query))


async def cancelled(task: asyncio.Task[dict[str, Any]]) -> bool:
    task.cancel()
    await asyncio.wait([task])
    return task.cancelled()


async def turns(count: int = 50) -> None:
    for _ in range(count):
        await asyncio.sleep(0)


async def test_who_waits_for_the_same_fill_gets_it(held: tuple[Stage, Held]) -> None:
    """The operation that began the call gives up; the other one never notices."""
    stage, sleep = held
    leaver = ask(stage)
    await sleep.begun.wait()
    stayer = ask(stage)
    await turns()
    assert await cancelled(leaver)
    sleep.over.set()
    body = await stayer
    assert "errors" not in body
    assert body["data"]["movie"]["title"] == "The Matrix"
    assert len(stage.sandbox.tmdb.calls) == 1


async def test_one_who_joined_gives_up_alone(held: tuple[Stage, Held]) -> None:
    stage, sleep = held
    stayer = ask(stage)
    await sleep.begun.wait()
    leavers = [ask(stage) for _ in range(5)]
    await turns()
    for leaver in leavers:
        assert await cancelled(leaver)
    sleep.over.set()
    assert "errors" not in await stayer
    assert len(stage.sandbox.tmdb.calls) == 1


async def test_a_fill_that_nobody_waits_for_any_more_is_kept(held: tuple[Stage, Held]) -> None:
    """It was paid for: the next one finds it."""
    stage, sleep = held
    leaver = ask(stage)
    await sleep.begun.wait()
    assert await cancelled(leaver)
    sleep.over.set()
    await turns()
    assert "errors" not in await stage.ask(FILM)
    assert len(stage.sandbox.tmdb.calls) == 1


async def test_no_task_is_left_behind(held: tuple[Stage, Held]) -> None:
    stage, sleep = held
    before = asyncio.all_tasks()
    leavers = [ask(stage) for _ in range(3)]
    leavers.append(
        ask(stage, "{ movie(by: {tmdbId: 550}) { bestTrailer { viewCount } availability } }")
    )
    await sleep.begun.wait()
    for leaver in leavers:
        assert await cancelled(leaver)
    sleep.over.set()
    left = asyncio.all_tasks() - before
    if left:
        await asyncio.wait(left, timeout=1)
    assert asyncio.all_tasks() == before


async def test_a_field_that_fails_does_not_cancel_its_neighbours(stage: Stage) -> None:
    """Both wait for YouTube and TMDB; one of them has a bad argument."""
    body = await stage.ask(
        """{ movie(by: {tmdbId: 603}) {
          trailers(first: 2) { nodes {
            bad: playableIn(region: "?") good: playableIn(region: "US") } }
          worse: trailers(first: 0) { totalCount } credits { cast { name } } } }"""
    )
    nodes = body["data"]["movie"]["trailers"]["nodes"]
    assert [node["bad"] for node in nodes] == [None, None]
    assert all(isinstance(node["good"], bool) for node in nodes)
    assert body["data"]["movie"]["credits"]["cast"]
    codes = [error["extensions"]["code"] for error in body["errors"]]
    assert codes == ["BAD_USER_INPUT"] * 3


async def test_a_slow_film_does_not_hold_up_its_neighbours() -> None:
    """One of a page hangs until the deadline: the others are whole, YouTube's part included."""
    sleep = Held()
    async with staged({"GATEWAY_DEADLINE_S": "1"}, Sandbox(sleep=sleep)) as stage:
        query = """{ movies(by: [{tmdbId: 603}, {tmdbId: 550}]) {
            runtimeMinutes availability trailers { nodes { viewCount } } } }"""
        stage.sandbox.tmdb.faults.set([Fault(kind="black_hole", route="/movie/{id}", count=1)])
        body = await stage.ask(query)
        assert sum(movie is None for movie in body["data"]["movies"]) == 1
        (whole,) = (movie for movie in body["data"]["movies"] if movie is not None)
        assert whole["runtimeMinutes"]
        assert whole["availability"]
        assert any(node["viewCount"] for node in whole["trailers"]["nodes"])
        assert {error["path"][0] for error in body["errors"]} == {"movies"}
        sleep.over.set()
