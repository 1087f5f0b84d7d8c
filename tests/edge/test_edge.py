"""Who is let in, who is sent away, and who is never asked."""

from __future__ import annotations

import asyncio
from typing import Any

from gateway.edge import Drain
from tests.edge.played import Played, client_of, edge_of, turns

QUERY = {"query": "{ __typename }"}


async def test_what_finds_no_place_is_told_so_in_graphql() -> None:
    app = Played()
    async with client_of(edge_of(app, max_operations=2)) as http:
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
    async with client_of(edge_of(app, max_operations=1)) as http:
        asked = [asyncio.create_task(http.post("/graphql", json=QUERY)) for _ in range(2)]
        await turns()
        shed = await http.get("/graphql", params=QUERY, headers=accept)
        assert shed.status_code == 503
        assert shed.headers["content-type"].startswith("application/graphql-response+json")
        app.open.set()
        await asyncio.gather(*asked)


async def test_pages_files_and_health_are_never_shed() -> None:
    app = Played()
    async with client_of(edge_of(app, max_operations=1)) as http:
        asked = [asyncio.create_task(http.post("/graphql", json=QUERY)) for _ in range(2)]
        await turns()
        for path in ("/health/live", "/health/ready", "/schema.graphql", "/static/main.js"):
            assert (await http.get(path)).status_code == 200
        html = {"Accept": "text/html,*/*;q=0.8"}
        page = asyncio.create_task(http.get("/graphql", params=QUERY, headers=html))
        await turns()
        app.open.set()
        assert (await page).status_code == 200
        await asyncio.gather(*asked)


async def test_one_that_gives_up_in_line_leaves_its_place() -> None:
    app = Played()
    async with client_of(edge_of(app, max_operations=1)) as http:
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
    async def broken(*_: object) -> None:
        raise LookupError

    edge = edge_of(broken, max_operations=1)
    async with client_of(edge) as http:
        for _ in range(5):
            try:
                await http.post("/graphql", json=QUERY)
            except LookupError:
                continue
    assert edge._gate._admission.inside == 0


async def test_a_body_arrives_whole_and_a_slow_one_is_left_to_the_app() -> None:
    app = Played()
    app.open.set()
    pieces = [b"a" * 10, b"b" * 10]

    async def drip() -> Any:  # noqa: ANN401 - httpx's own type
        for piece in pieces:
            yield piece

    async with client_of(edge_of(app)) as http:
        assert (await http.post("/graphql", content=drip())).status_code == 200
    assert b"".join(app.bodies) == pieces[0]  # the app took one message; both were there

    async def never() -> dict[str, object]:
        await asyncio.Event().wait()
        return {}

    async def slow(_scope: object, receive: Any, _send: object) -> None:  # noqa: ANN401
        try:
            await receive()
        except TimeoutError:
            app.bodies.append(b"late")

    scope = {"type": "http", "method": "POST", "path": "/graphql", "headers": []}
    await edge_of(slow, body_patience_s=0.01)(scope, never, None)  # type: ignore[arg-type] # unsent
    assert app.bodies[-1] == b"late"


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
