"""Several operations in one POST: refused unless switched on, then bounded."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager

import httpx
import pytest

from tests.edge.played import Played, client_of, edge_of, gate_of, turns

Connect = Callable[..., AbstractAsyncContextManager[httpx.AsyncClient]]

HELLO = {"query": '{ echo(text: "hi") }'}
BAD = {"query": "{ unknown"}


def code(response: httpx.Response) -> str:
    (error,) = response.json()["errors"]
    return str(error["extensions"]["code"])


async def test_it_is_off_unless_a_setting_says_so(connect: Connect) -> None:
    async with connect() as client:
        response = await client.post("/graphql", json=[HELLO])
    assert (response.status_code, code(response)) == (400, "BATCHING_NOT_SUPPORTED")


async def test_each_operation_tells_by_itself_how_it_went(connect: Connect) -> None:
    async with connect(max_batch=3) as client:
        response = await client.post("/graphql", json=[HELLO, BAD, HELLO])
    first, second, third = response.json()
    assert response.status_code == 200
    assert response.headers["cache-control"] == "no-store"
    assert first == third == {"data": {"echo": "hi"}}
    assert second["errors"][0]["extensions"]["code"] == "GRAPHQL_PARSE_FAILED"


@pytest.mark.parametrize(("count", "expected"), [(0, "BATCH_TOO_LARGE"), (4, "BATCH_TOO_LARGE")])
async def test_its_size_is_bounded(connect: Connect, count: int, expected: str) -> None:
    async with connect(max_batch=3) as client:
        response = await client.post("/graphql", json=[HELLO] * count)
    assert (response.status_code, code(response)) == (400, expected)


async def test_what_is_no_operation_spoils_the_batch(connect: Connect) -> None:
    async with connect(max_batch=3) as client:
        for wrong in ([HELLO, []], [HELLO, {"query": 1}], [[HELLO]]):
            response = await client.post("/graphql", json=wrong)
            assert (response.status_code, code(response)) == (400, "BAD_REQUEST")


async def test_each_takes_a_place_of_its_own() -> None:
    app = Played()
    async with client_of(edge_of(app, gate=gate_of(1))) as http:
        asked = asyncio.create_task(http.post("/graphql", json=[{"query": "{ a }"}] * 3))
        await turns()
        assert app.begun == 1
        app.open.set()
        one, two, three = (await asked).json()
    assert one == two == {"data": {}}
    assert three["errors"][0]["extensions"]["code"] == "OVERLOADED"  # one inside, one in line


async def test_a_client_that_goes_ends_them_all() -> None:
    app, gate = Played(), gate_of(4)
    async with client_of(edge_of(app, gate=gate)) as http:
        asked = asyncio.create_task(http.post("/graphql", json=[{"query": "{ a }"}] * 3))
        await turns()
        asked.cancel()
        await asyncio.wait([asked])
        await turns()
    assert (app.begun, app.cancelled, gate._admission.inside) == (3, 3, 0)
