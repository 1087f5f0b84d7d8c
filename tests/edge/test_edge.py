"""Who is let in, who is sent away, and who is never asked."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from gateway.edge import Drain
from gateway.edge.graphql.reply import Answer
from tests.edge.played import Played, client_of, edge_of, gate_of, turns

QUERY = {"query": "{ __typename }"}


async def test_what_finds_no_place_is_told_so_in_graphql() -> None:
    app = Played()
    async with client_of(edge_of(app, gate=gate_of(2))) as http:
        asked = [asyncio.create_task(http.post("/graphql", json=QUERY)) for _ in range(4)]
        await turns()
        shed = await http.post("/graphql", json=QUERY)
        assert shed.status_code == 503
        assert int(shed.headers["retry-after"]) >= 1
        assert shed.headers["content-type"].startswith("application/json")
        (error,) = shed.json()["errors"]
        assert error["extensions"] == {
            "code": "OVERLOADED",
            "retryable": True,
            "retryAfterMs": int(shed.headers["retry-after"]) * 1000,
        }
        assert app.begun == 2
        app.open.set()
        assert [each.status_code for each in await asyncio.gather(*asked)] == [200] * 4


async def test_the_newer_media_type_is_kept_in_a_refusal() -> None:
    app = Played()
    accept = {"Accept": "application/graphql-response+json"}
    async with client_of(edge_of(app, gate=gate_of(1))) as http:
        asked = [asyncio.create_task(http.post("/graphql", json=QUERY)) for _ in range(2)]
        await turns()
        shed = await http.get("/graphql", params=QUERY, headers=accept)
        assert shed.status_code == 503
        assert shed.headers["content-type"].startswith("application/graphql-response+json")
        app.open.set()
        await asyncio.gather(*asked)


async def test_pages_files_and_health_are_never_shed() -> None:
    app = Played()
    async with client_of(edge_of(app, gate=gate_of(1))) as http:
        asked = [asyncio.create_task(http.post("/graphql", json=QUERY)) for _ in range(2)]
        await turns()
        for path in ("/health/live", "/health/ready", "/schema.graphql", "/static/licenses.txt"):
            assert (await http.get(path)).status_code == 200
        html = {"Accept": "text/html,*/*;q=0.8"}
        assert (await http.get("/graphql", params=QUERY, headers=html)).status_code == 200
        app.open.set()
        await asyncio.gather(*asked)


async def test_one_that_gives_up_in_line_leaves_its_place() -> None:
    app = Played()
    async with client_of(edge_of(app, gate=gate_of(1))) as http:
        first = asyncio.create_task(http.post("/graphql", json=QUERY))
        await turns()
        leaver = asyncio.create_task(http.post("/graphql", json=QUERY))
        await turns()
        leaver.cancel()
        await asyncio.wait([leaver])
        second = asyncio.create_task(http.post("/graphql", json=QUERY))
        await turns()
        app.open.set()
        assert (await first).status_code == (await second).status_code == 200
        assert app.begun == 2


async def test_a_failing_operation_gives_its_place_back() -> None:
    class Broken(Played):
        async def run(self, *_: object) -> Answer:
            raise LookupError

    gate = gate_of(1)
    async with client_of(edge_of(Broken(), gate=gate)) as http:
        for _ in range(5):
            assert (await http.post("/graphql", json=QUERY)).status_code == 500
    assert gate._admission.inside == 0


async def test_a_body_may_come_in_pieces() -> None:
    app = Played()
    app.open.set()

    async def drip() -> AsyncIterator[bytes]:
        yield b'{"query":'
        await asyncio.sleep(0)
        yield b'"{ a }"}'

    headers = {"Content-Type": "application/json"}
    async with client_of(edge_of(app)) as http:
        answer = await http.post("/graphql", content=drip(), headers=headers)
    assert answer.json() == {"data": {}}


async def test_while_draining_it_is_unready_and_connections_end() -> None:
    async def ready() -> dict[str, str]:
        return {}

    app, drain = Played(), Drain(ready, lasts_s=1)
    app.open.set()
    async with client_of(edge_of(app, drain)) as http:
        assert await drain.ready() == {}
        assert "connection" not in (await http.post("/graphql", json=QUERY)).headers
        drain.begin()
        assert await drain.ready()
        assert (await http.post("/graphql", json=QUERY)).headers["connection"] == "close"
