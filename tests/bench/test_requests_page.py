"""A page of requests with its films and their trailers, over a million requests in the book.

Warm: films and trailers are known. Whole answers are off in one run, so that each page reads the
list anew; and on in the other, where most of them were kept.
"""

from __future__ import annotations

import itertools
import os
import random
from pathlib import Path
from typing import Any, Final

import orjson
import pytest

from gateway.upstreams.book.location import Location, PostgresUrl, SqliteFile
from gateway.upstreams.book.settings import FILE
from tests.bench.paced import Paced, shown
from tests.bench.race import servers
from tests.book.bulk import Bulk
from tests.postgres import running as postgres
from tests.valkey import running

pytestmark = [pytest.mark.bench, pytest.mark.timeout(1800)]

PER_S: Final = 25
SECONDS: Final = 24
PAGES: Final = 100
GOAL: Final = 20
PAGE: Final = """query Page($after: String) { requests(first: 20, after: $after) {
  pageInfo { endCursor }
  nodes { id status createdAt requestedBy { displayName } movie { tmdbId title releaseDate
    poster { url } trailers(first: 3) { nodes { name viewCount durationSeconds } } } } } }"""


class Films(Bulk):
    """Requests for films that the sandbox has."""

    def _film(self, rng: random.Random) -> int:
        return 200_000 + super()._film(rng)


MILLION: Final = Films(1_000_000)


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
async def test_pages(kind: str, tmp_path: Path) -> None:
    if kind == "sqlite":
        await _measure(kind, SqliteFile(tmp_path / FILE), {"GATEWAY_DATA_DIR": str(tmp_path)})
        return
    with postgres(shared_buffers="512MB", max_wal_size="4GB") as server:
        url = server.url()
        await _measure(kind, PostgresUrl(url), {"GATEWAY_DATABASE_URL": url})


async def _measure(kind: str, where: Location, more: dict[str, str]) -> None:
    await MILLION.write(where)
    every = set(os.sched_getaffinity(0))
    for answers in ("off", "on"):
        with running(save="") as valkey, servers.upstream(every) as upstream:
            settings = {
                **more,
                "GATEWAY_REDIS_URL": f"redis://127.0.0.1:{valkey.port}/0",
                "GATEWAY_ANSWER_CACHE": answers,
                "GATEWAY_BOOK": "on",
                "SEERR_BASE_URL": "off",
            }
            with servers.gateway(upstream.url, every, warm=True, more=settings) as server:
                asking = Paced(server.port)
                await asking.open()
                bodies = itertools.cycle(await _walked(asking))
                found = await asking.times_ms(bodies.__next__, per_s=PER_S, seconds=SECONDS)
                await asking.close()
        print(  # noqa: T201 - it is read
            f"\n{kind}, whole answers {answers}: {shown(found)} (goal {GOAL}), "
            f"load {os.getloadavg()[0]:.1f}"
        )


async def _walked(asking: Paced) -> list[bytes]:
    """Bodies for the first pages; each was asked for, so its films are known."""
    after, bodies = None, []
    for _ in range(PAGES):
        bodies.append(orjson.dumps({"query": PAGE, "variables": {"after": after}}))
        _, answer = await asking.post(bodies[-1])
        told: Any = orjson.loads(answer)
        nodes = told["data"]["requests"]["nodes"]
        assert len(nodes) == 20
        assert all(each["movie"]["title"] for each in nodes), told
        after = told["data"]["requests"]["pageInfo"]["endCursor"]
    return random.sample(bodies, len(bodies))
