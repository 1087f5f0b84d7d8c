"""``gateway serve``, told to end while it is followed: everybody hears of it, and it is gone."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import aiohttp
import pytest
from websockets.asyncio.client import ClientConnection, connect

from gateway.edge.live.messages import SUBPROTOCOL
from tests.faults.replicas import Replica, replicas
from tests.live.raw import PING, frame, opened

FOLLOW = "subscription { requestChanged { kind } }"
SOCKETS, STREAMS, STALLED = 20, 10, 3
MOST_S = 10.0


async def followed(client: ClientConnection) -> int | None:
    """Follow to the end; how it was closed."""
    await client.send(json.dumps({"type": "connection_init"}))
    await client.recv()
    payload = {"query": FOLLOW}
    await client.send(json.dumps({"id": "1", "type": "subscribe", "payload": payload}))
    await client.wait_closed()
    return client.close_code


async def over_a_socket(replica: Replica) -> int | None:
    url = f"{replica.url}/graphql".replace("http", "ws")
    async with connect(url, subprotocols=[SUBPROTOCOL]) as client:  # type: ignore[list-item] # a str of a new kind
        return await followed(client)


async def over_a_stream(replica: Replica, http: aiohttp.ClientSession) -> bytes:
    headers = {"Accept": "text/event-stream"}
    async with http.post(
        f"{replica.url}/graphql", json={"query": FOLLOW}, headers=headers
    ) as answer:
        assert answer.status == 200
        return await answer.read()


async def stalls(replica: Replica) -> None:
    async with opened(("127.0.0.1", replica.port), limit=1024) as raw:
        raw.writer.write(frame(PING, b"x" * 125) * 20_000)
        await asyncio.sleep(60)


@pytest.mark.slow
@pytest.mark.parametrize("arguments", [(), ("--workers", "2")], ids=["one", "two workers"])
async def test_everybody_is_told_to_come_back(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    data = {"GATEWAY_DATA_DIR": str(tmp_path)}
    async with (
        replicas(1, data, arguments=arguments) as (replica,),
        aiohttp.ClientSession() as http,
    ):
        sockets = [asyncio.create_task(over_a_socket(replica)) for _ in range(SOCKETS)]
        streams = [asyncio.create_task(over_a_stream(replica, http)) for _ in range(STREAMS)]
        stalled = [asyncio.create_task(stalls(replica)) for _ in range(STALLED)]
        await asyncio.sleep(2)
        assert not any(each.done() for each in (*sockets, *streams, *stalled))
        replica.process.terminate()
        async with asyncio.timeout(MOST_S):
            assert {await each for each in sockets} == {1012}
            told = {await each for each in streams}
            assert await replica.process.wait() == 0
        assert not any(b"complete" in each for each in told)
        for each in stalled:
            each.cancel()
        await asyncio.wait(stalled)
