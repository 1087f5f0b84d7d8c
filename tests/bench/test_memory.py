"""Memory of a worker over ten minutes of everything at once, and whether it still grows.

``MINUTES=60`` makes it longer. With the book on, its database takes a quarter as much again.
"""

from __future__ import annotations

import asyncio
import itertools
import os
import random
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from statistics import linear_regression
from typing import Final

import orjson
import pytest

from gateway.upstreams.book.location import SqliteFile
from gateway.upstreams.book.schema import walk
from gateway.upstreams.book.settings import FILE
from tests.bench.paced import Paced, shown
from tests.bench.race import servers
from tests.bench.race.operations import OPERATIONS, Keys, Operation, keys_of
from tests.bench.race.spent import rss_mb
from tests.graph.test_call_counts import FILM_PAGE
from tests.valkey import running

MINUTES: Final = float(os.environ.get("MINUTES", "10"))
PER_S: Final = 40
EVERY_S: Final = 5.0
GOAL_MB: Final = 150
FILMS: Final = range(300_000, 330_000)
CHART, FILM, PAGE = OPERATIONS

pytestmark = [pytest.mark.bench, pytest.mark.timeout(MINUTES * 60 + 300)]


def mixed(keys: Keys, rng: random.Random) -> Iterator[bytes]:
    """Pages and films, known and unknown, and documents that come once."""
    chart, page = CHART.bodies(keys), PAGE.bodies(keys)
    numbers = itertools.count()

    def film(operation: Operation = FILM) -> bytes:
        tmdb_id = rng.choice(keys.films) if rng.random() < 0.5 else rng.choice(FILMS)
        return operation.bodies(Keys([tmdb_id], []))[0]

    def whole() -> bytes:
        text = FILM_PAGE.replace("tmdbId: 603", f"tmdbId: {rng.choice(FILMS)}")
        return orjson.dumps({"query": text})

    def once() -> bytes:
        text = (
            f"{{ movie(by: {{tmdbId: {rng.choice(keys.films)}}}) {{ a{next(numbers)}: title }} }}"
        )
        return orjson.dumps({"query": text})

    kinds: tuple[tuple[Callable[[], bytes], int], ...] = (
        (film, 50),
        (lambda: rng.choice(chart), 15),
        (lambda: rng.choice(page), 15),
        (whole, 10),
        (once, 10),
    )
    makers, weights = zip(*kinds, strict=True)
    while True:
        yield rng.choices(makers, weights)[0]()


async def sampled(process: int, found: list[tuple[float, float]]) -> None:
    """Note time and memory until cancelled."""
    start_s = time.monotonic()
    while True:
        found.append((time.monotonic() - start_s, rss_mb(process)))
        await asyncio.sleep(EVERY_S)


def grows(found: Sequence[tuple[float, float]]) -> float:
    """Megabytes an hour, over the second half."""
    late = found[len(found) // 2 :]
    return linear_regression(*zip(*late, strict=True)).slope * 3600


@pytest.mark.parametrize("book", ["off", "on"])
async def test_ten_minutes_of_mixed_load(tmp_path: Path, book: str) -> None:
    if book == "on":
        await walk(SqliteFile(tmp_path / FILE))  # a first start alone loads what makes tables
    every = set(os.sched_getaffinity(0))
    with running(save="", maxmemory="128mb") as valkey, servers.upstream(every) as upstream:
        url = f"redis://127.0.0.1:{valkey.port}/0"
        more = {
            "GATEWAY_REDIS_URL": url,
            "GATEWAY_BOOK": book,
            "GATEWAY_DATA_DIR": str(tmp_path),
        }
        with servers.gateway(upstream.url, every, warm=True, more=more) as server:
            bodies = mixed(keys_of(server.url, 40), random.Random(4))
            found: list[tuple[float, float]] = []
            asking = Paced(server.port)
            await asking.open()
            sampling = asyncio.create_task(sampled(server.process, found))
            times = await asking.times_ms(bodies.__next__, per_s=PER_S, seconds=MINUTES * 60)
            sampling.cancel()
            await asking.close()
    steps = found[:: max(1, len(found) // 10)]
    print("\nRSS by minute:", ", ".join(f"{at / 60:.0f}: {mb:.0f}" for at, mb in steps))  # noqa: T201 - it is read
    print(  # noqa: T201 - ditto
        f"at the end {found[-1][1]:.0f} MB, at most {max(mb for _, mb in found):.0f} "
        f"(goal {GOAL_MB}), {grows(found):+.1f} MB/h over the second half; {shown(times)}"
    )
