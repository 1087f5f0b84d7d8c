"""One gateway process as the cache sees it; driven by lines on stdin, answers on stdout.

``read <key> <callers> <fetch seconds>`` reads one film by so many callers at once. What was fetched
is counted in the Valkey itself, so that all processes are counted together.
"""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Mapping, Sequence

from redis.asyncio import Redis

from gateway.cache.readthrough import Cached, ReadThrough
from gateway.cache.redis import RedisStore
from gateway.cache.redis_line import RedisLine
from gateway.cache.slot import AnySlot
from tests.cache.stage import Film, film_slot


async def main(url: str) -> None:
    """Serve until stdin ends."""
    line = RedisLine(url, timeout_s=1.0)  # the machine that tests may be busy
    cache, counter = ReadThrough(RedisStore(line)), Redis.from_url(url)
    loop = asyncio.get_running_loop()
    while line := (await loop.run_in_executor(None, sys.stdin.readline)).split():
        _, key, callers, fetch_s = line
        tmdb_id = int(key)

        async def fetch(
            slots: Sequence[AnySlot], tmdb_id: int = tmdb_id, fetch_s: float = float(fetch_s)
        ) -> Mapping[str, object]:
            await counter.incr(f"calls:{tmdb_id}")
            say(f"fetching {tmdb_id}")
            await asyncio.sleep(fetch_s)
            return {slot.key: Film(tmdb_id=tmdb_id) for slot in slots}

        start_s = time.monotonic()
        found = await asyncio.gather(
            *(cache.get_many([film_slot(tmdb_id)], fetch) for _ in range(int(callers)))
        )
        good = sum(isinstance(f, Cached) and f.value == Film(tmdb_id=tmdb_id) for [f] in found)
        say(f"done {good} {time.monotonic() - start_s:.3f}")
    await counter.aclose()
    await cache.aclose()


def say(what: str) -> None:
    """Tell the test, at once."""
    sys.stdout.write(what + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
