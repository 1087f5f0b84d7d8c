"""A client that goes ends its work, over a real socket; what others share goes on."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from gateway.app import create_app
from gateway.sandbox import Fault, Sandbox
from tests.edge.played import Played, edge_of, gate_of
from tests.faults.house import FILMS, Clock, environ_of, make_gateway, serving

PAGE = """{ charts(chart: POPULAR, first: 20) { nodes {
    runtimeMinutes trailers { nodes { viewCount } } availability } } }"""


@dataclass
class Site:
    """A served gateway and the sandbox behind it."""

    port: int
    sandbox: Sandbox

    def calls(self) -> list[str]:
        return [call.path for call in self.sandbox.tmdb.calls]


@asynccontextmanager
async def site() -> AsyncIterator[Site]:
    sandbox = Sandbox(FILMS)
    async with AsyncExitStack() as stack:
        behind = await stack.enter_async_context(serving(sandbox.app()))
        ports = dict.fromkeys(("tmdb", "youtube", "seerr", "omdb"), behind)
        given = {**environ_of(ports), "GATEWAY_DEADLINE_S": "5", "GATEWAY_REDIS_URL": "off"}
        settings, gateway = make_gateway(given, Clock())
        await gateway.start()
        stack.push_async_callback(gateway.aclose)
        port = await stack.enter_async_context(serving(create_app(settings, gateway)))
        for name in ports:
            getattr(sandbox, name).log.clear()
        yield Site(port, sandbox)


def request(query: str) -> bytes:
    body = json.dumps({"query": query}).encode()
    head = b"POST /graphql HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
    return b"%bContent-Length: %d\r\n\r\n%b" % (head, len(body), body)


async def send(port: int, query: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(request(query))
    await writer.drain()
    return reader, writer


async def until(what: object) -> None:
    """Turn the loop until something holds; pytest's timeout is the bound."""
    assert callable(what)
    while not what():  # noqa: ASYNC110 - what a socket brings has no event
        await asyncio.sleep(0.002)


async def test_no_new_call_after_the_client_has_gone() -> None:
    """The chart's call is under way; the calls for its twenty films would follow."""
    async with site() as found:
        found.sandbox.tmdb.faults.set([Fault(kind="latency", latency_s=0.15)])
        _, writer = await send(found.port, PAGE)
        await until(found.calls)
        writer.close()
        await asyncio.sleep(0.4)
        assert len(found.calls()) == 1

        reader, writer = await send(found.port, PAGE)
        found.sandbox.tmdb.faults.clear()
        assert (await reader.readline()).split()[1] == b"200"
        writer.close()
        assert len(found.calls()) == 1 + 20, "the chart's fill was kept"


async def test_a_neighbour_is_not_disturbed() -> None:
    """Both wait for the same fill; one goes."""
    async with site() as found:
        found.sandbox.tmdb.faults.set([Fault(kind="latency", latency_s=0.1)])
        _, leaver = await send(found.port, PAGE)
        reader, stayer = await send(found.port, PAGE)
        await until(found.calls)
        leaver.close()
        assert (await reader.readline()).split()[1] == b"200"
        stayer.close()
        assert len(found.calls()) == 1 + 20


async def test_work_ends_at_once_unless_it_changes_something() -> None:
    for query, must_finish in (("{ a }", False), ("mutation { a }", True)):
        app, gate = Played(), gate_of()
        async with serving(edge_of(app, gate=gate)) as port:
            _, writer = await send(port, query)
            await until(lambda app=app: app.begun)
            writer.close()
            if must_finish:
                await asyncio.sleep(0.1)
                app.open.set()
                await until(lambda app=app: app.ended)
            else:
                async with asyncio.timeout(0.1):
                    await until(lambda app=app: app.cancelled)
            assert app.cancelled == int(not must_finish)
            await until(lambda gate=gate: gate._admission.inside == 0)


async def test_a_connection_serves_many_operations_in_turn() -> None:
    """Watching one request must not eat the next one of the same connection."""
    app = Played()
    app.open.set()
    async with serving(edge_of(app)) as port:
        reader, writer = await send(port, "{ a }")
        for _ in range(3):
            await answered(reader)
            writer.write(request("{ a }"))
        await answered(reader)
        writer.close()
    assert app.ended == 4


async def answered(reader: asyncio.StreamReader) -> None:
    head = await reader.readuntil(b"\r\n\r\n")
    assert head.split()[1] == b"200"
    assert await reader.readuntil(b"}}") == b'{"data":{}}'
