"""CPU of a cold movie page with resilience and cache, against the same page without them.

``PROFILE=1`` prints where the time of the whole goes.
"""

from __future__ import annotations

import asyncio
import cProfile
import gc
import itertools
import pstats
import random
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from statistics import median
from typing import Any, Final

import orjson
import pytest
import uvloop

from gateway.app import Gateway, create_app
from gateway.cli.embedded import inside_sandbox
from gateway.sandbox import Catalogue
from tests.bench.bypass import gateway_on, is_profiled, take_out
from tests.valkey import running

ROUNDS: Final = 15
PAGES: Final = 48
AT_ONCE: Final = 8
GOAL: Final = 1.15
RATE_PER_S: Final = "10000"  # the rate is kept count of, as toward TMDB itself; nobody waits
SETTLE_S: Final = 0.05  # what a page leaves to be done is its own cost, not the next one's
# All that is read for this film alone: what films share would be cached from the second on.
PAGE: Final = """
query Page($id: Int!) { movie(by: {tmdbId: $id}) {
  tmdbId title tagline overview releaseDate runtimeMinutes status imdbId homepage
  genres { name } poster { url } backdrop { url }
  credits { cast { name character } crew { name job } }
  keywords { name } certification watchProviders { link }
  recommendations(first: 10) { nodes { tmdbId title poster { url } } }
  trailers(first: 5) { nodes { key name viewCount durationSeconds channel { title } } }
  ratings { source value }
} }
"""

_SENT: Final = ("redis_trips", "redis_commands", "redis_failures")
Ask = Callable[[int], Awaitable[None]]


@asynccontextmanager
async def asking(gateway: Gateway, settings: Any) -> AsyncIterator[Ask]:  # noqa: ANN401 - GatewaySettings
    """Ask by ASGI itself: an HTTP client's own work would blur what is measured."""
    app = create_app(settings, gateway)
    await gateway.start()

    async def ask(tmdb_id: int) -> None:
        body = orjson.dumps({"query": PAGE, "variables": {"id": tmdb_id}})
        scope = {
            "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "POST",
            "scheme": "http", "path": "/graphql", "raw_path": b"/graphql", "root_path": "",
            "query_string": b"", "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 2),
            "headers": [(b"content-type", b"application/json"), (b"host", b"gateway")],
        }  # fmt: skip
        said: list[bytes] = []

        async def receive() -> dict[str, object]:
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message: dict[str, Any]) -> None:
            said.append(message.get("body", b""))

        await app(scope, receive, send)  # type: ignore[arg-type] # plain dictionaries
        answer = orjson.loads(b"".join(said))
        assert "errors" not in answer, answer["errors"]
        assert answer["data"]["movie"]["tmdbId"] == tmdb_id

    try:
        yield ask
    finally:
        await gateway.aclose()


async def cpu_ms(ask: Ask, ids: Iterator[int]) -> float:
    """CPU of one page, of this process alone."""
    gc.collect()
    films = list(itertools.islice(ids, PAGES))
    start_s = time.process_time()
    for at in range(0, PAGES, AT_ONCE):
        await asyncio.gather(*map(ask, films[at : at + AT_ONCE]))
    await asyncio.sleep(SETTLE_S)
    return (time.process_time() - start_s) / PAGES * 1000


async def measured(origin: str, redis_url: str) -> dict[str, list[float]]:
    """All variants in turn, round by round, each on films that it never saw."""
    variants = {
        "bypassed": ("off", True, True),
        "resilience only": ("off", False, True),
        "both, memory": ("off", False, False),
        "both, Valkey": (redis_url, False, False),
    }
    catalogue = Catalogue()
    async with AsyncExitStack() as stack:
        asks: dict[str, tuple[Ask, Iterator[int]]] = {}
        gateways: dict[str, Gateway] = {}
        for name, (url, is_bare, is_uncached) in variants.items():
            settings, gateway = gateway_on(origin, url, TMDB_RATE_PER_S=RATE_PER_S)
            ask = await stack.enter_async_context(asking(gateway, settings))
            take_out(gateway, resilience=is_bare, cache=is_uncached)
            gateways[name] = gateway
            asks[name] = ask, (catalogue.at(rank).tmdb_id for rank in itertools.count())
            await cpu_ms(*asks[name])  # to warm up
        found: dict[str, list[float]] = {name: [] for name in variants}
        before = Counter(gateways["both, Valkey"].cache.stats())
        for _ in range(ROUNDS):
            for name in random.sample(list(asks), len(asks)):
                found[name].append(await cpu_ms(*asks[name]))
        sent = Counter(gateways["both, Valkey"].cache.stats())
        sent.subtract(before)
        per_page = {name: sent[name] / ROUNDS / PAGES for name in ("fill", *_SENT)}
        print("\na page, Valkey:", {name: round(each, 1) for name, each in per_page.items()})  # noqa: T201
        if is_profiled():
            await profiled(*asks["both, Valkey"])
    return found


async def profiled(ask: Ask, ids: Iterator[int]) -> None:
    with cProfile.Profile() as profile:
        await cpu_ms(ask, ids)
    pstats.Stats(profile).sort_stats("tottime").print_stats(45)


@pytest.mark.bench
@pytest.mark.timeout(300)
def test_cold_movie_page() -> None:
    with inside_sandbox(0) as origin, running(save="") as server:
        url = f"redis://127.0.0.1:{server.port}/0"
        found = uvloop.run(measured(origin, url))
    base = found["bypassed"]
    print(f"\nCPU of a cold movie page, {ROUNDS} rounds of {PAGES} pages, {AT_ONCE} at once")  # noqa: T201
    for name, each in found.items():
        ratios = [one / other for one, other in zip(each, base, strict=True)]
        print(f"{name:>16}: {median(each):6.2f} ms, ratio {median(ratios):.3f} (goal {GOAL})")  # noqa: T201
