"""A gateway whose every call runs over real sockets, through a proxy that can misbehave."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import Any

import httpx
import uvicorn

from gateway.app import Gateway, create_app
from gateway.registry import UPSTREAMS, load_subgraphs
from gateway.sandbox import Catalogue, Sandbox
from gateway.sandbox.upstream import SandboxUpstream
from gateway.settings import GatewaySettings, resolve_upstreams
from tests.faults.proxy import FAIR, ChaosProxy, proxied

DEADLINE_S = 0.6


class RealFilms(Catalogue):
    """Without ten thousand synthetic ones to build an index of."""

    indexed = property(lambda self: self.real)


FILMS = RealFilms()


class Clock:
    """The wall clock, put forward as far as a test wants."""

    def __init__(self) -> None:
        self.ahead_s = 0.0

    def __call__(self) -> float:
        """Seconds of the epoch."""
        return time.time() + self.ahead_s


@dataclass(frozen=True, slots=True)
class Answer:
    """A GraphQL response, and how long it took."""

    body: dict[str, Any]
    took_s: float
    headers: Mapping[str, str]

    @property
    def data(self) -> dict[str, Any]:
        """Its data, perhaps partial."""
        found: dict[str, Any] = self.body["data"]
        return found

    @property
    def errors(self) -> list[dict[str, Any]]:
        """Its errors."""
        found: list[dict[str, Any]] = self.body.get("errors", [])
        return found

    @property
    def codes(self) -> set[str]:
        """The code of each error."""
        return {error["extensions"]["code"] for error in self.errors}

    def stale(self, upstream: str) -> list[dict[str, Any]]:
        """The marks of what is stale of an upstream."""
        marks = self.body.get("extensions", {}).get("freshness", ())
        return [m for m in marks if m["upstream"] == upstream and m["state"] == "STALE"]


@dataclass(slots=True)
class House:
    """A gateway, what it calls, and what stands between."""

    gateway: Gateway
    sandbox: Sandbox
    proxies: Mapping[str, ChaosProxy]
    clock: Clock
    http: httpx.AsyncClient

    async def ask(self, query: str, **headers: str) -> Answer:
        """Send an operation; the answer is a 200 whatever fails behind it."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        start_s = time.perf_counter()
        answer = await self.http.post("/graphql", json={"query": query}, headers=named)
        took_s = time.perf_counter() - start_s
        assert answer.status_code == 200, answer.text
        return Answer(answer.json(), took_s, answer.headers)

    def upstream(self, name: str) -> SandboxUpstream:
        """The sandbox's play of one upstream."""
        found: SandboxUpstream = getattr(self.sandbox, name)
        return found

    def calls(self) -> dict[str, int]:
        """Calls that reached each upstream since the last look."""
        counts = {name: len(self.upstream(name).calls) for name in UPSTREAMS}
        for name in UPSTREAMS:
            self.upstream(name).log.clear()
        return counts

    async def settle(self) -> None:
        """Let every fill and refresh under way come to its end."""
        await self.gateway.cache.settled()

    async def heal(self) -> None:
        """Fair weather, and upstreams that behave."""
        for proxy in self.proxies.values():
            await proxy.set(FAIR)
        for name in UPSTREAMS:
            self.upstream(name).faults.clear()


class _Server(uvicorn.Server):
    """Ends at once: uvicorn's own looks up ten times a second."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.over = asyncio.Event()

    async def main_loop(self) -> None:
        """Wait for the end."""
        await self.on_tick(0)
        await self.over.wait()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave signals to the test run."""
        yield


@asynccontextmanager
async def serving(app: Any) -> AsyncIterator[int]:  # noqa: ANN401 - any ASGI app
    """Serve an app on a loopback port, in this loop."""
    sock = socket.create_server(("127.0.0.1", 0), backlog=1024)
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # asyncio does not see that it may
    options: dict[str, Any] = {"log_config": None, "log_level": "error", "access_log": False}
    server = _Server(uvicorn.Config(app, ws="none", lifespan="off", **options))
    task = asyncio.create_task(server.serve(sockets=[sock]))
    try:
        while not server.started:  # noqa: ASYNC110 - uvicorn tells it by a flag
            await asyncio.sleep(0.005)
        port: int = sock.getsockname()[1]
        yield port
    finally:
        server.force_exit = True
        server.over.set()
        await task
        sock.close()


def environ_of(ports: Mapping[str, int]) -> dict[str, str]:
    """Variables that point each upstream at the sandbox behind a loopback port."""
    classes = {each.name: each.settings for each in load_subgraphs()}
    found: dict[str, str] = {
        "GATEWAY_DEADLINE_S": str(DEADLINE_S),
        "TMDB_CHANGES_INTERVAL_S": "0",
        "GATEWAY_BOOK": "off",  # a log would be kept in the home of whoever runs the tests
    }
    for name, settings in resolve_upstreams(classes, {}).items():
        found |= settings.in_sandbox(f"http://127.0.0.1:{ports[name]}")
    return found


def make_gateway(environ: Mapping[str, str], clock: Clock) -> tuple[GatewaySettings, Gateway]:
    """A gateway on its own HTTP client, whose cache reads the clock given and has no luck."""
    settings = GatewaySettings.from_environ(environ)
    classes = {each.name: each.settings for each in load_subgraphs()}
    gateway = Gateway(settings, resolve_upstreams(classes, environ), now=clock)
    cache = gateway.cache
    cache._serving._dice = cache._fills._loader._dice = lambda: 0.5
    return settings, gateway


@asynccontextmanager
async def housed(
    redis_url: str = "off", environ: Mapping[str, str] | None = None
) -> AsyncIterator[House]:
    """Sandbox, proxies and gateway, the latter started while all is well."""
    clock, sandbox = Clock(), Sandbox(FILMS)
    async with AsyncExitStack() as stack:
        port = await stack.enter_async_context(serving(sandbox.app()))
        proxies = {name: await stack.enter_async_context(proxied(port)) for name in UPSTREAMS}
        given = environ_of({name: proxy.port for name, proxy in proxies.items()})
        given |= {"GATEWAY_REDIS_URL": redis_url, **(environ or {})}
        settings, gateway = make_gateway(given, clock)
        await gateway.start()
        stack.push_async_callback(gateway.aclose)
        transport = httpx.ASGITransport(app=create_app(settings, gateway))
        http = await stack.enter_async_context(
            httpx.AsyncClient(transport=transport, base_url="http://gateway")
        )
        house = House(gateway, sandbox, proxies, clock, http)
        house.calls()
        yield house
