"""A body that does not come, or drips, on a real socket: refused in time and hung up."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

import pytest
import uvicorn

from gateway.edge import Drain, Gate
from gateway.edge.graphql.endpoint import GraphQLEndpoint
from gateway.edge.graphql.intake import Intake
from gateway.edge.graphql.pipeline import Pipeline
from gateway.edge.graphql.reply import Answer
from gateway.engine.execute import Outcome
from gateway.engine.prepared import Prepared

HEAD = (
    b"POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
    b"Content-Length: 400\r\n\r\n"
)


class Never:
    """There is no whole body."""

    def known(self, *_: object) -> Prepared | None:
        raise AssertionError

    def prepare(self, *_: object) -> Outcome:
        raise AssertionError

    async def run(self, *_: object) -> Answer:
        raise AssertionError


async def ready() -> Mapping[str, str]:
    return {}


@asynccontextmanager
async def listening(patience_s: float) -> AsyncIterator[int]:
    endpoint = GraphQLEndpoint(
        intake=Intake(max_body_bytes=4096, body_patience_s=patience_s),
        pipeline=Pipeline(Never(), Gate(most=1)),
        drain=Drain(ready, lasts_s=0),
        page=None,
        deadline_s=5.0,
    )
    config = uvicorn.Config(endpoint, log_config=None, lifespan="off", ws="none")
    server = uvicorn.Server(config)
    with socket.create_server(("127.0.0.1", 0)) as sock:
        task = asyncio.create_task(server.serve([sock]))
        try:
            yield sock.getsockname()[1]
        finally:
            server.should_exit = True
            await task


async def drip(writer: asyncio.StreamWriter) -> None:
    while True:
        writer.write(b" ")
        await writer.drain()
        await asyncio.sleep(0.01)


@pytest.mark.parametrize("dripping", [False, True])
async def test_a_body_has_a_time_limit_as_a_whole(*, dripping: bool) -> None:
    async with listening(patience_s=0.1) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(HEAD + b"{")
        dripper = asyncio.create_task(drip(writer)) if dripping else None
        try:
            async with asyncio.timeout(5):
                head = (await reader.readuntil(b"\r\n\r\n")).lower()
                rest = await reader.read() if not dripping else await reader.readuntil(b"]}")
        finally:
            if dripper is not None:
                dripper.cancel()
            writer.close()
    assert head.startswith(b"http/1.1 408 ")
    assert b"\r\nconnection: close\r\n" in head
    assert b'"code":"REQUEST_TIMEOUT"' in rest
