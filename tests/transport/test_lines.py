"""What our own client has to see to: framing, kept connections, places in the pool."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from gateway.transport.line import Line
from gateway.transport.pool import PoolLimits
from gateway.transport.port import (
    AnswerCutError,
    BodyTooLargeError,
    ConnectionLostError,
    EncodingError,
    ExchangeError,
    ExchangeTimeoutError,
    HttpAnswer,
    NotConnectedError,
    UnsentTimeoutError,
)
from gateway.transport.socket_port import SocketPort

Reply = Callable[[asyncio.StreamWriter], Awaitable[None]]

OK = b"HTTP/1.1 200 OK\r\n"
BODY = b"Content-Length: 2\r\n\r\n{}"


@pytest.fixture
async def sockets() -> AsyncIterator[SocketPort]:
    made = SocketPort(PoolLimits(connect_timeout_s=0.3, max_body_bytes=100_000))
    yield made
    assert made.busy == 0
    await made.aclose()


def raw(*parts: bytes, close: bool = False) -> Reply:
    """Send the parts one by one, each as a packet of its own."""

    async def reply(writer: asyncio.StreamWriter) -> None:
        for part in parts:
            writer.write(part)
            await writer.drain()
            await asyncio.sleep(0.001)
        if close:
            writer.close()

    return reply


async def get(port: SocketPort, url: str, timeout_s: float = 3.0) -> HttpAnswer:
    return await port.send("GET", url, headers={"Accept": "*/*"}, timeout_s=timeout_s)


@pytest.mark.parametrize(
    ("parts", "body", "is_kept"),
    [
        ([OK + BODY], b"{}", True),
        ([bytes([each]) for each in OK + BODY], b"{}", True),
        (
            [OK + b"Transfer-Encoding: chunked\r\n\r\n1\r\n{\r\n1;x=y\r\n}\r\n0\r\n\r\n"],
            b"{}",
            True,
        ),
        ([OK + b"Transfer-Encoding: chunked\r\n\r\n0\r\nX-Sum: 1\r\n\r\n"], b"", True),
        ([b"HTTP/1.1 103 Early Hints\r\nLink: a\r\n\r\n" + OK + BODY], b"{}", True),
        ([b"HTTP/1.1 100 Continue\r\n\r\n", OK + BODY], b"{}", True),
        ([OK + b"Connection: close\r\n" + BODY], b"{}", False),
        ([b"HTTP/1.0 200 OK\r\n" + BODY], b"{}", False),
        ([OK + BODY + b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n!"], b"{}", False),
        ([OK + BODY + b"nonsense"], b"{}", False),
    ],
)
async def test_answers_end_where_they_say(server, sockets, parts, body, is_kept) -> None:  # noqa: ANN001
    server.replies = [raw(*parts), raw(OK + BODY)]
    answer = await get(sockets, server.base_url)
    assert (answer.status, answer.body) == (200, body)
    assert "link" not in answer.headers
    assert "x-sum" not in answer.headers
    assert (await get(sockets, server.base_url)).body == b"{}"
    assert server.served_on == ([1, 1] if is_kept else [1, 2])


async def test_an_answer_without_a_length_ends_with_its_connection(server, sockets) -> None:  # noqa: ANN001
    server.replies = [raw(OK + b"\r\n{", b'"a": 1}', close=True)]
    assert (await get(sockets, server.base_url)).body == b'{"a": 1}'


@pytest.mark.parametrize(
    ("sent", "error"),
    [
        (OK + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}", EncodingError),
        (OK + b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n{}", EncodingError),
        (OK + b"Content-Length: -2\r\n\r\n{}", EncodingError),
        (OK + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n", EncodingError),
        (OK + b"Bad Header: x\r\n\r\n", EncodingError),
        (
            b"HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: h2c\r\n\r\n",
            EncodingError,
        ),
        (b"HTTP/2 200\r\n\r\n", EncodingError),
        (b"HTTP/1.1 200", AnswerCutError),
        (OK, AnswerCutError),
        (OK + b"Transfer-Encoding: gzip\r\n\r\n{}", AnswerCutError),
        (OK + b"Content-Length: 200000\r\n\r\n" + bytes(200_000), BodyTooLargeError),
        (OK + b"X-Long: " + b"a" * 100_000, BodyTooLargeError),
        (OK + b"X-A: b\r\n" * 20_000, BodyTooLargeError),
        (
            OK + b"Transfer-Encoding: chunked\r\n\r\n" + b"1\r\na\r\n" * 80_000,
            BodyTooLargeError,
        ),
        (
            OK + b"Transfer-Encoding: chunked\r\n\r\n0\r\nX-A: " + b"a" * 400_000,
            BodyTooLargeError,
        ),
    ],
)
async def test_what_cannot_be_framed_is_no_answer(server, sockets, sent, error) -> None:  # noqa: ANN001
    server.replies = [raw(sent, close=True), raw(OK + BODY)]
    with pytest.raises(ExchangeError) as raised:
        await get(sockets, server.base_url)
    assert type(raised.value) is error
    assert (await get(sockets, server.base_url)).body == b"{}"
    assert server.connections == 2


async def test_bytes_that_nobody_asked_for_answer_nobody(server, sockets) -> None:  # noqa: ANN001
    """An answer that comes late must not become that of the next call."""

    async def late(writer: asyncio.StreamWriter) -> None:
        writer.write(OK + BODY)
        await asyncio.sleep(0.02)
        writer.write(OK + b"Content-Length: 6\r\n\r\nforged")

    server.replies = [late, raw(OK + BODY)]
    await get(sockets, server.base_url)
    await asyncio.sleep(0.05)
    assert (await get(sockets, server.base_url)).body == b"{}"
    assert server.served_on == [1, 2]


async def test_a_read_is_resent_once_and_only_on_a_new_connection(server, sockets) -> None:  # noqa: ANN001
    async def hang_up(writer: asyncio.StreamWriter) -> None:
        writer.close()

    server.replies = [raw(OK + BODY), raw(OK + BODY), hang_up]
    await asyncio.gather(get(sockets, server.base_url), get(sockets, server.base_url))
    with pytest.raises(ConnectionLostError):
        await get(sockets, server.base_url)
    assert len(server.calls) == 4
    assert server.served_on[-1] == server.connections == 3


async def test_half_an_answer_is_not_asked_for_again(server, sockets) -> None:  # noqa: ANN001
    server.replies = [raw(OK + BODY), raw(b"HTTP/1.", close=True)]
    await get(sockets, server.base_url)
    with pytest.raises(AnswerCutError):
        await get(sockets, server.base_url)
    assert len(server.calls) == 2


async def test_idle_connections_are_closed_in_time(server) -> None:  # noqa: ANN001
    port = SocketPort(PoolLimits(idle_s=0.05))
    server.replies = [raw(OK + BODY)]
    await asyncio.gather(*[get(port, server.base_url) for _ in range(3)])
    (lines,) = port._origins.values()
    assert len(lines._open) == 3
    async with asyncio.timeout(3):
        await asyncio.gather(*[line.gone for line in lines._open])
    assert not lines._kept
    assert lines._sweeper is None
    await port.aclose()


async def test_calls_beyond_the_pool_wait_in_order(server) -> None:  # noqa: ANN001
    port = SocketPort(PoolLimits(max_connections=2))
    server.replies = [raw(OK + BODY)]
    await asyncio.gather(*[get(port, f"{server.base_url}/{n}") for n in range(20)])
    order = [int(call.split()[1][1:]) for call in server.calls]
    assert max(abs(place - number) for place, number in enumerate(order)) <= 2
    assert server.connections == 2
    await port.aclose()


async def test_a_call_that_gets_no_connection_in_time_was_not_sent(server) -> None:  # noqa: ANN001
    async def black_hole(_writer: asyncio.StreamWriter) -> None:
        await asyncio.Event().wait()

    port = SocketPort(PoolLimits(max_connections=1))
    server.replies = [black_hole]
    first = asyncio.ensure_future(get(port, server.base_url))
    await server.called.wait()
    with pytest.raises(UnsentTimeoutError) as raised:
        await port.send("POST", server.base_url, headers={}, body=b"", timeout_s=0.05)
    assert not raised.value.sent
    assert len(server.calls) == 1
    await port.aclose()
    with pytest.raises(ConnectionLostError):
        await first
    assert port.busy == 0


async def test_a_port_that_closes_leaves_no_connection_behind(server) -> None:  # noqa: ANN001
    port = SocketPort(PoolLimits(max_connections=1))
    server.replies = [raw(b"")]  # never answers
    calls = [asyncio.ensure_future(get(port, server.base_url)) for _ in range(3)]
    await server.called.wait()
    await port.aclose()
    found = await asyncio.gather(*calls, return_exceptions=True)
    assert all(isinstance(each, ConnectionLostError | NotConnectedError) for each in found)
    assert len(server.calls) == 1
    assert port.busy == 0


@pytest.mark.parametrize("at", range(8))
async def test_a_call_may_be_cancelled_at_any_step(server, at) -> None:  # noqa: ANN001
    port = SocketPort(PoolLimits(max_connections=1))
    server.replies = [raw(OK + BODY)]
    calls = [asyncio.ensure_future(get(port, server.base_url)) for _ in range(3)]
    for _ in range(at):
        await asyncio.sleep(0)
    calls[at % 3].cancel()
    found = await asyncio.gather(*calls, return_exceptions=True)
    answered = [each for each in found if isinstance(each, HttpAnswer)]
    assert len(answered) >= 2
    assert port.busy == 0
    assert (await get(port, server.base_url)).body == b"{}"
    await port.aclose()


async def test_each_call_on_a_connection_has_its_own_time(server) -> None:  # noqa: ANN001
    """The timer of an earlier call neither ends a later one nor lets it outlive its own."""

    async def slow(writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(0.4)
        await raw(OK + BODY)(writer)

    async def black_hole(_writer: asyncio.StreamWriter) -> None:
        await asyncio.Event().wait()

    port, loop = SocketPort(), asyncio.get_running_loop()
    server.replies = [raw(OK + BODY), slow, raw(OK + BODY), black_hole]
    assert (await get(port, server.base_url, 0.35)).body == b"{}"
    assert (await get(port, server.base_url, 3.0)).body == b"{}"
    assert (await get(port, server.base_url, 60.0)).body == b"{}"
    started_s = loop.time()
    with pytest.raises(ExchangeTimeoutError):
        await get(port, server.base_url, 0.1)
    assert 0.09 <= loop.time() - started_s < 0.5
    assert server.connections == 1
    await port.aclose()


async def test_a_closed_connection_needs_no_garbage_collector(server) -> None:  # noqa: ANN001
    server.replies = [raw(OK + b"Connection: close\r\n" + BODY)]
    port = SocketPort()
    gc.collect()
    before = sum(isinstance(each, Line) for each in gc.get_objects())
    gc.disable()
    try:
        for _ in range(20):
            await get(port, server.base_url)
        (lines,) = port._origins.values()
        await asyncio.gather(*[line.gone for line in lines._open])
        await asyncio.sleep(0)
        assert sum(isinstance(each, Line) for each in gc.get_objects()) <= before + 1
    finally:
        gc.enable()
    await port.aclose()
