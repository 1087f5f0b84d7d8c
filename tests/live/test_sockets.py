"""Hostile clients on real sockets: none takes more of the process than its share."""

from __future__ import annotations

import asyncio
import json
import struct
from collections.abc import Callable, Coroutine
from urllib.parse import urlencode

import pytest
import uvloop
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from gateway.cli.heads import BoundedProtocol
from tests.live.raw import CONT, PING, TEXT, dialled, frame, head, opened
from tests.live.server import MOST_BYTES, HastyHead, HastySocket, served
from tests.live.stage import house_of

SAID = "subscription { said { text } }"
ECHO = '{ echo(text: "hi") }'
SUBSCRIBE = {"id": "1", "type": "subscribe", "payload": {"query": SAID}}
PROTOCOL = "graphql-transport-ws"


async def greeted(client: ClientConnection) -> None:
    await client.send(json.dumps({"type": "connection_init"}))
    assert json.loads(await client.recv()) == {"type": "connection_ack"}


async def until(condition: Callable[[], object]) -> None:
    """Let the server work until it is so."""
    while not condition():  # noqa: ASYNC110 - what sockets do sets no event
        await asyncio.sleep(0.005)


async def test_a_client_follows_for_longer_than_a_head_may_take() -> None:
    house = house_of()
    async with served(house) as server, connect(server.url, subprotocols=[PROTOCOL]) as client:
        await greeted(client)
        await client.send(json.dumps(SUBSCRIBE))
        await until(lambda: house.radio.ears)
        await asyncio.sleep(BoundedProtocol.patience_s / 40)
        house.radio.say("hello")
        assert json.loads(await client.recv())["payload"]["data"]["said"]["text"] == "hello"
        await client.close()
        await until(lambda: not house.radio.ears)
        await until(lambda: server.connections == 0)


@pytest.mark.slow
async def test_who_does_not_read_is_cut_off() -> None:
    house = house_of()
    async with served(house) as server, opened(server.address, limit=1024) as raw:
        raw.writer.write(frame(TEXT, json.dumps(SUBSCRIBE).encode()))
        await until(lambda: house.radio.ears)
        while house.radio.ears:
            house.radio.say("x" * 100_000)
            await asyncio.sleep(0.001)
        await until(lambda: server.connections == 0)
    assert len(house.room) == 0


@pytest.mark.slow
async def test_who_does_not_read_a_stream_is_cut_off() -> None:
    house = house_of()
    body = json.dumps({"query": SAID}).encode()
    asked = (
        "POST /graphql HTTP/1.1\r\nHost: x\r\nAccept: text/event-stream\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    async with served(house) as server, dialled(server.address, limit=1024) as raw:
        raw.writer.write(asked.encode() + body)
        await until(lambda: house.radio.ears)
        while house.radio.ears:
            house.radio.say("x" * 100_000)
            await asyncio.sleep(0.001)
        await until(lambda: server.connections == 0)
    assert len(house.room) == 0


@pytest.mark.slow
async def test_who_reads_slowly_is_not() -> None:
    """A long answer over a bad line is no stall, as long as it goes on."""
    house = house_of()
    async with served(house) as server, dialled(server.address, limit=1024) as raw:
        query = urlencode({"query": SAID}).encode()
        raw.writer.write(
            b"GET /graphql?" + query + b" HTTP/1.1\r\nHost: x\r\nAccept: text/event-stream\r\n\r\n"
        )
        await until(lambda: house.radio.ears)
        house.radio.say("x" * 8_000_000)
        house.radio.put(None)
        began, read = asyncio.get_running_loop().time(), 0
        while not raw.reader.at_eof() and read < 8_000_000:
            read += len(await raw.reader.read(200_000))
            await asyncio.sleep(0.02)
        assert read >= 8_000_000
        assert asyncio.get_running_loop().time() - began > 2 * HastyHead.stall_s


@pytest.mark.slow
async def test_who_pings_and_does_not_read_is_cut_off() -> None:
    house = house_of()
    pings = frame(PING, b"x" * 125) * 1000
    async with served(house) as server, opened(server.address, limit=1024) as raw:
        largest = 0
        while server.connections:
            (socket,) = server.inner.server_state.connections
            assert isinstance(socket, HastySocket)
            largest = max(largest, socket.transport.get_write_buffer_size())
            if raw.writer.transport.get_write_buffer_size() < 1_000_000:
                raw.writer.write(pings)
            await asyncio.sleep(0)
        assert largest < 300_000


@pytest.mark.slow
async def test_a_flood_lets_others_through() -> None:
    """Forty thousand messages in one piece; somebody else is answered long before their end."""
    house = house_of()
    flood = frame(TEXT, b'{"type":"ping"}') * 40_000
    async with (
        served(house) as server,
        opened(server.address) as raw,
        connect(server.url, subprotocols=[PROTOCOL]) as client,
    ):
        await greeted(client)
        pongs = 0

        async def read() -> None:
            nonlocal pongs
            while True:
                await raw.read()
                pongs += 1

        reading = asyncio.create_task(read())
        raw.writer.write(flood)
        await until(lambda: pongs)
        for number in range(5):
            payload = {"query": ECHO}
            await client.send(
                json.dumps({"id": str(number), "type": "subscribe", "payload": payload})
            )
            assert json.loads(await client.recv())["type"] == "next"
            await client.recv()
        assert pongs < 20_000
        reading.cancel()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("sent", "code"),
    [
        pytest.param(frame(TEXT, b"x" * (MOST_BYTES + 1)), 1009, id="long"),
        pytest.param(struct.pack("!BBQ4x", 0x81, 0xFF, 2**40), 1009, id="a terabyte announced"),
        pytest.param(
            frame(TEXT, b"x" * 5000, last=False) + frame(CONT, b"x" * 5000), 1009, id="two halves"
        ),
        pytest.param(
            frame(TEXT, b"x", last=False) + frame(CONT, b"", last=False) * 5000, 1009, id="pieces"
        ),
        pytest.param(frame(TEXT, b"\xff\xfe"), 1007, id="not text"),
        pytest.param(frame(CONT, b"x"), 1002, id="no beginning"),
        pytest.param(frame(0x3, b""), 1002, id="unknown kind"),
        pytest.param(frame(PING, b"x" * 126), 1002, id="long ping"),
        pytest.param(struct.pack("!BB", 0x81, 2) + b"hi", 1002, id="no mask"),
        pytest.param(frame(0x2, b"hi"), 4400, id="bytes"),
    ],
)
async def test_frames_that_are_none_close(
    sent: bytes, code: int, caplog: pytest.LogCaptureFixture
) -> None:
    house = house_of()
    async with served(house) as server, opened(server.address) as raw:
        raw.writer.write(sent)
        assert await raw.code() == code
        await until(lambda: server.connections == 0)
    assert caplog.text == ""


@pytest.mark.slow
@pytest.mark.parametrize(
    "half",
    [
        pytest.param(frame(TEXT, b"x" * 5000)[:50], id="of a frame"),
        pytest.param(frame(TEXT, b"x")[:1], id="of a head"),
        pytest.param(frame(TEXT, b'{"type":', last=False), id="of a message"),
    ],
)
async def test_half_a_message_is_not_kept_for_ever(half: bytes) -> None:
    """Whole ones before it are no reason to wait for longer."""
    house = house_of()
    async with served(house) as server, opened(server.address) as raw:
        for _ in range(6):
            raw.writer.write(frame(TEXT, b'{"type":"ping"}'))
            await asyncio.sleep(HastySocket.message_s / 3)
        raw.writer.write(half)
        assert await raw.code() == 1008
        await until(lambda: server.connections == 0)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("sent", "status"),
    [
        pytest.param(head(f"X: {'a' * 9000}\r\n"), 400, id="a long line"),
        pytest.param(head("X: 1\r\n" * 200), 400, id="many lines"),
        pytest.param(head().replace(b"Version: 13", b"Version: 8"), 400, id="old version"),
        pytest.param(head().replace(b"MDEy", b"MDE"), 400, id="no key"),
        pytest.param(head("Origin: https://evil.example\r\n"), 403, id="foreign page"),
        pytest.param(head().replace(b"/graphql", b"/nothing"), 403, id="elsewhere"),
        pytest.param(
            head("Accept: application/json\r\n").replace(b"Sec-WebSocket-Key", b"X-Key"),
            400,
            id="another request",
        ),
        pytest.param(head(method="POST"), 415, id="a post"),
    ],
)
async def test_handshakes_that_are_none_are_refused(
    sent: bytes, status: int, caplog: pytest.LogCaptureFixture
) -> None:
    house = house_of()
    async with served(house, head=BoundedProtocol) as server, dialled(server.address) as raw:
        raw.writer.write(sent)
        assert int((await raw.reader.readuntil(b"\r\n")).split()[1]) == status
        raw.writer.close()
        await until(lambda: server.connections == 0)
    assert caplog.text == ""
    assert len(house.room) == 0


@pytest.mark.slow
async def test_a_half_open_connection_is_closed() -> None:
    house = house_of()
    async with served(house, ping_s=0.05) as server, opened(server.address) as raw:
        raw.writer.write(frame(TEXT, json.dumps(SUBSCRIBE).encode()))
        await until(lambda: house.radio.ears)
        await until(lambda: not house.radio.ears)  # nobody answers the pings
        await until(lambda: server.connections == 0)


@pytest.mark.slow
async def test_all_are_told_to_come_back_when_the_server_stops() -> None:
    house = house_of()
    async with (
        served(house) as server,
        connect(server.url, subprotocols=[PROTOCOL]) as client,
        connect(server.url, subprotocols=[PROTOCOL]) as silent,
        opened(server.address, limit=1024) as stalled,
        dialled(server.address) as stream,
    ):
        await greeted(client)
        query = urlencode({"query": SAID}).encode()
        stream.writer.write(
            b"GET /graphql?" + query + b" HTTP/1.1\r\nHost: x\r\nAccept: text/event-stream\r\n\r\n"
        )
        stalled.writer.write(frame(PING, b"x" * 125) * 20_000)
        await client.send(json.dumps(SUBSCRIBE))
        await until(lambda: len(house.radio.ears) == 2)
        house.radio.open.clear()
        await client.send(
            json.dumps({"id": "2", "type": "subscribe", "payload": {"query": "{ slow }"}})
        )
        await until(lambda: house.radio.begun)
        server.stop()
        await until(lambda: house.drain.has_begun)
        house.radio.open.set()
        told = [json.loads(await client.recv()) for _ in range(2)]
        assert [each["type"] for each in told] == ["next", "complete"]
        for each in (client, silent):
            with pytest.raises(ConnectionClosed):
                await each.recv()
            assert each.close_code == 1012
        assert (await stream.reader.read()).endswith(b"0\r\n\r\n")  # whole, as far as it goes
        await server.task
        assert server.connections == 0


@pytest.mark.slow
@pytest.mark.parametrize(
    "hostile",
    [
        test_a_client_follows_for_longer_than_a_head_may_take,
        test_who_does_not_read_is_cut_off,
        test_who_does_not_read_a_stream_is_cut_off,
        test_who_reads_slowly_is_not,
        test_who_pings_and_does_not_read_is_cut_off,
        test_a_flood_lets_others_through,
        test_a_half_open_connection_is_closed,
        test_all_are_told_to_come_back_when_the_server_stops,
    ],
)
def test_in_the_loop_that_the_server_has(
    hostile: Callable[[], Coroutine[None, None, None]],
) -> None:
    """All of it again under uvloop, whose transports are others."""
    uvloop.run(hostile())
