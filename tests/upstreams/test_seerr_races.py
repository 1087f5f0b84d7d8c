"""Processes that race for the same films at Seerr, and processes that are killed at it."""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter, defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import pytest

from gateway.domain.role import Role
from gateway.sandbox.seerr import SandboxSeerr
from tests.children import child, preload
from tests.faults.house import serving
from tests.upstreams.seerr_racer import race
from tests.upstreams.seerr_stage import PERMISSIONS, empty_seerr, seat
from tests.valkey import valkey_server, valkey_url

__all__ = ["valkey_server", "valkey_url"]

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

PROCESSES = 4
FILMS = 100
KILLS = 40

preload("tests.upstreams.seerr_racer")


@dataclass
class Racer:
    """A process that races, and what it says."""

    user_id: int
    seerr_url: str
    redis_url: str
    films: int = FILMS

    def run(self, kill_after_s: float | None = None) -> list[list[str]]:
        """Run it to its end, or kill it some time into its work; all that it says."""
        with child(race, self.user_id, self.seerr_url, self.redis_url, self.films) as process:
            said = [process.word().split()]
            if kill_after_s is not None:
                time.sleep(kill_after_s)
                process.kill()
            return said + [word.split() for word in process.words()]


@asynccontextmanager
async def seerr_for(people: int) -> AsyncIterator[tuple[SandboxSeerr, str]]:
    """A Seerr on a port, and people who may ask there."""
    seerr = empty_seerr()
    for user_id in range(10, 10 + people):
        seat(seerr, user_id, f"P{user_id}", PERMISSIONS[Role.REQUESTER])
    async with serving(seerr.app()) as port:
        yield seerr, f"http://127.0.0.1:{port}"


async def test_racing_processes_make_no_duplicate(valkey_url: str) -> None:
    began_s = time.monotonic()
    async with seerr_for(PROCESSES) as (seerr, url):
        racers = [Racer(10 + n, url, valkey_url) for n in range(PROCESSES)]
        raced = await asyncio.gather(*(asyncio.to_thread(racer.run) for racer in racers))
    said = [line for lines in raced for line in lines]
    answers = defaultdict(list)
    for word, *rest in said:
        if word in {"mine", "theirs", "other"}:
            answers[int(rest[0])].append((word, rest[1]))
    assert sorted(answers) == list(range(1, FILMS + 1))
    for tmdb_id, got in answers.items():
        words = Counter(word for word, _ in got)
        assert words == {"mine": 1, "theirs": PROCESSES - 1}, (tmdb_id, got)
        assert len({request_id for _, request_id in got}) == 1
    assert len(seerr.world.store.requests) == len(seerr.world.store.media) == FILMS
    errors = Counter(" ".join(line[2:]) for line in said if line[0] == "error")
    spent_s = time.monotonic() - began_s
    print(f"\n{FILMS * PROCESSES} creates in {spent_s:.1f} s, to try again: {dict(errors)}")  # noqa: T201 - a figure


async def test_killed_processes_leave_no_duplicate_and_lose_nothing(valkey_url: str) -> None:
    rng = random.Random(3)
    said: list[list[str]] = []
    async with seerr_for(KILLS) as (seerr, url):
        for first in range(0, KILLS, PROCESSES):
            killed = [
                asyncio.to_thread(
                    Racer(10 + first + n, url, valkey_url, films=2000).run, 0.1 + rng.random() * 0.4
                )
                for n in range(PROCESSES)
            ]
            said += [line for lines in await asyncio.gather(*killed) for line in lines]
        await seerr.settled()
    rows = seerr.world.store.requests
    films = Counter(row.media.tmdb_id for row in rows.values())
    assert max(films.values()) == 1
    mine = {int(line[2]): int(line[1]) for line in said if line[0] == "mine"}
    assert {number: rows[number].media.tmdb_id for number in mine} == mine
    print(f"\n{KILLS} kills, {len(mine)} acknowledged of {len(rows)}")  # noqa: T201 - a figure
    assert len(mine) > KILLS
