"""p99 of warm pages while everything is purged around them, and while Redis is frozen.

The goal is three times its usual value. Usual and unusual seconds take turns in one run, at a pace
that leaves the server idle most of the time, so that it is not the queue that is measured.
"""

from __future__ import annotations

import asyncio
import itertools
import os
import random
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractContextManager, asynccontextmanager, contextmanager, nullcontext
from statistics import median
from typing import Final

import orjson
import pytest

from tests.bench.paced import Paced, percentile, shown
from tests.bench.race import servers
from tests.bench.race.operations import OPERATIONS, Keys, keys_of
from tests.valkey import freeze, running, thaw

pytestmark = [pytest.mark.bench, pytest.mark.timeout(600)]

ROUNDS: Final = 3
SECONDS: Final = 8
PER_S: Final = 100
PURGES_PER_S: Final = 100
PAGES: Final = 5
GOAL: Final = 3
TOKEN: Final = "correct-horse-battery"  # noqa: S105 - a test's own
ADMIN: Final = f"Authorization: Bearer {TOKEN}"


def bodies_of(keys: Keys) -> list[bytes]:
    """All three operations."""
    return [body for each in OPERATIONS for body in each.bodies(keys)]


@asynccontextmanager
async def storm(port: int, films: Callable[[], int]) -> AsyncIterator[None]:
    """Purge films, one after the other, as fast as was said."""
    purging = Paced(port, "/admin/cache/purge", ADMIN)
    await purging.open()
    count = itertools.count()

    def body() -> bytes:
        next(count)
        return orjson.dumps({"tags": [f"movie:{films()}"]})

    task = asyncio.create_task(purging.times_ms(body, per_s=PURGES_PER_S, seconds=SECONDS))
    try:
        yield
    finally:
        await task
        await purging.close()
        print(f"    {next(count)} purges")  # noqa: T201 - it is read


@asynccontextmanager
async def of(block: AbstractContextManager[object]) -> AsyncIterator[None]:
    """The same, for whoever awaits."""
    with block:
        yield


@pytest.mark.parametrize("kind", ["purges of other films", "purges of all films", "frozen Redis"])
async def test_warm_pages(kind: str) -> None:
    every = set(os.sched_getaffinity(0))
    with running(save="") as valkey, servers.upstream(every) as upstream:
        more = {
            "GATEWAY_REDIS_URL": f"redis://127.0.0.1:{valkey.port}/0",
            "GATEWAY_ADMIN_TOKEN": TOKEN,
        }

        @contextmanager
        def frozen():  # type: ignore[no-untyped-def]  # noqa: ANN202 - a block
            freeze(valkey)
            try:
                yield
            finally:
                thaw(valkey)

        with servers.gateway(upstream.url, every, warm=True, more=more) as server:
            keys = keys_of(server.url, PAGES)
            bodies = bodies_of(Keys(keys.films[:50], keys.cursors))
            asking = Paced(server.port)
            await asking.open()
            shuffled = itertools.cycle(random.sample(bodies, len(bodies)))
            unusual: dict[str, Callable[[], object]] = {
                "purges of other films": lambda: storm(
                    server.port, lambda: random.randrange(500_000, 600_000)
                ),
                "purges of all films": lambda: storm(
                    server.port, lambda: random.choice([*keys.films, *range(500_000, 509_900)])
                ),
                "frozen Redis": lambda: of(frozen()),
            }
            await asking.times_ms(shuffled.__next__, per_s=PER_S, seconds=3)
            ratios = []
            for _ in range(ROUNDS):
                found = {}
                for name, block in (("usual", lambda: of(nullcontext())), (kind, unusual[kind])):
                    async with block():  # type: ignore[attr-defined] # each is one
                        found[name] = await asking.times_ms(
                            shuffled.__next__, per_s=PER_S, seconds=SECONDS
                        )
                    print(f"\n{name}: {shown(found[name])}, load {os.getloadavg()[0]:.1f}")  # noqa: T201 - ditto
                    await asking.times_ms(shuffled.__next__, per_s=PER_S, seconds=2)
                ratios.append(percentile(found[kind], 99) / percentile(found["usual"], 99))
            print(f"{kind}: p99 {median(ratios):.1f} times the usual (goal {GOAL})")  # noqa: T201 - ditto
            await asking.close()
