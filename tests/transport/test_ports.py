"""Both ports bear every rudeness on real sockets, and say the same about it."""

from __future__ import annotations

import asyncio
import gzip
import socket
import struct
import zlib
from collections.abc import Awaitable, Callable

import httpx
import pytest

from gateway.transport.httpx_port import HttpxPort
from gateway.transport.port import (
    AnswerCutError,
    BodyTooLargeError,
    ConnectionLostError,
    EncodingError,
    ExchangeError,
    ExchangeTimeoutError,
    HttpAnswer,
    HttpPort,
    MalformedCallError,
    NotConnectedError,
)

Reply = Callable[[asyncio.StreamWriter], Awaitable[None]]

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


async def get(port: HttpPort, url: str, timeout_s: float = 3.0) -> HttpAnswer:
    return await port.send("GET", url, headers={"Accept": "application/json"}, timeout_s=timeout_s)


def raw(data: bytes, *, close: bool = True) -> Reply:
    async def reply(writer: asyncio.StreamWriter) -> None:
        writer.write(data)
        await writer.drain()
        if close:
            writer.close()

    return reply


async def reset(writer: asyncio.StreamWriter) -> None:
    writer.transport.abort()


async def reset_later(writer: asyncio.StreamWriter) -> None:
    writer.write(HEAD + b"Content-Length: 100\r\n\r\n{")
    await writer.drain()
    linger = struct.pack("ii", 1, 0)  # closing sends a reset
    writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
    writer.transport.abort()


async def hang_up(writer: asyncio.StreamWriter) -> None:
    writer.close()


async def black_hole(_writer: asyncio.StreamWriter) -> None:
    await asyncio.Event().wait()


async def drip(writer: asyncio.StreamWriter) -> None:
    writer.write(HEAD + b"Content-Length: 1000000\r\n\r\n{")
    while True:
        writer.write(b" ")
        await writer.drain()
        await asyncio.sleep(0.01)


async def drip_head(writer: asyncio.StreamWriter) -> None:
    writer.write(HEAD)
    while True:
        writer.write(b"X-A: b\r\n")
        await writer.drain()
        await asyncio.sleep(0.01)


async def endless(writer: asyncio.StreamWriter) -> None:
    writer.write(HEAD + b"Transfer-Encoding: chunked\r\n\r\n")
    while True:
        writer.write(b"10000\r\n" + bytes(0x10000) + b"\r\n")
        await writer.drain()


def bomb() -> bytes:
    press = zlib.compressobj(9, wbits=31)
    return b"".join(press.compress(bytes(1_000_000)) for _ in range(60)) + press.flush()


async def test_a_whole_answer_comes_as_it_was_sent(server, reply, port) -> None:  # noqa: ANN001
    server.replies = [reply(b'{"id": 7}', x_odd="Yes", retry_after="3")]
    url = f"{server.base_url}/3/search?query=a%20b%2Bc%2F%C3%BC&x=%7E"
    answer = await get(port, url)
    assert (answer.status, answer.body) == (200, b'{"id": 7}')
    assert answer.headers["x-odd"] == "Yes"
    assert answer.headers["retry-after"] == "3"
    assert server.calls == ["GET /3/search?query=a%20b%2Bc%2F%C3%BC&x=%7E HTTP/1.1"]


async def test_repeated_headers_are_joined(server, port) -> None:  # noqa: ANN001
    cookies = b"Set-Cookie: a=1; Path=/\r\nSet-Cookie: b=2\r\nVary: a\r\nvary: b\r\n"
    server.replies = [raw(HEAD + cookies + b"Content-Length: 2\r\n\r\n{}", close=False)]
    for _ in range(2):
        headers = (await get(port, server.base_url)).headers
        assert headers["set-cookie"] == "a=1; Path=/\nb=2"
        assert headers["vary"] == "a, b"
    assert "cookie" not in server.heads[1].lower()  # one person's cookie serves nobody else


@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
async def test_compressed_answers_are_decoded(server, reply, port, encoding) -> None:  # noqa: ANN001
    press = gzip.compress if encoding == "gzip" else zlib.compress
    server.replies = [reply(press(b'{"id": 9}' * 1000), content_encoding=encoding)]
    assert (await get(port, server.base_url)).body == b'{"id": 9}' * 1000


@pytest.mark.parametrize("status", ["204 No Content", "304 Not Modified"])
async def test_answers_without_a_body_are_answers(server, port, status) -> None:  # noqa: ANN001
    server.replies = [raw(f"HTTP/1.1 {status}\r\n\r\n".encode(), close=False)]
    for _ in range(2):
        answer = await get(port, server.base_url)
        assert (str(answer.status), answer.body) == (status[:3], b"")
    assert server.connections == 1


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_redirects_are_answers_and_never_followed(server, reply, port, method) -> None:  # noqa: ANN001
    server.replies = [reply(b"", "302 Found", location="/elsewhere"), reply()]
    answer = await port.send(method, f"{server.base_url}/3", headers={}, timeout_s=3.0)
    assert answer.status == 302
    assert len(server.calls) == 1


@pytest.mark.parametrize(
    ("rude", "error"),
    [
        (reset, ConnectionLostError),
        (reset_later, AnswerCutError),
        (hang_up, ConnectionLostError),
        (raw(HEAD + b"Content-Length: 100\r\n\r\n{"), AnswerCutError),
        (raw(HEAD + b"Transfer-Encoding: chunked\r\n\r\n5\r\n{"), AnswerCutError),
        (raw(b"SSH-2.0-OpenSSH_9\r\n\r\n"), ExchangeError),
        (raw(HEAD + b"Content-Encoding: gzip\r\n\r\n{}"), EncodingError),
        (raw(HEAD + b"Content-Encoding: gzip\r\n\r\n" + gzip.compress(b"{}")[:-3]), EncodingError),
        (raw(HEAD + b"Content-Encoding: br\r\n\r\n{}"), EncodingError),
        (raw(HEAD + b"\r\n" + gzip.compress(b"{}")), EncodingError),
        (raw(HEAD + b"Content-Encoding: gzip\r\n\r\n" + bomb()), BodyTooLargeError),
        (endless, BodyTooLargeError),
        (black_hole, ExchangeTimeoutError),
        (drip, ExchangeTimeoutError),
        (drip_head, ExchangeTimeoutError),
    ],
)
async def test_rudeness_is_one_clear_error_and_the_port_lives_on(  # noqa: ANN201
    server,  # noqa: ANN001
    reply,  # noqa: ANN001
    port,  # noqa: ANN001
    rude,  # noqa: ANN001
    error,  # noqa: ANN001
):
    server.replies = [rude, reply()]
    started_s = asyncio.get_running_loop().time()
    patience_s = 0.15 if error is ExchangeTimeoutError else 3.0
    with pytest.raises(error) as raised:
        await get(port, f"{server.base_url}/secret?api_key=canary", patience_s)
    assert asyncio.get_running_loop().time() - started_s < patience_s + 0.2
    assert raised.value.sent
    assert "canary" not in str(raised.value)
    assert len(server.calls) == 1  # sent once: only the driver repeats
    assert (await get(port, server.base_url)).body == b'{"id": 603}'
    assert server.connections == 2


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("key", ["canary\nb", "canary\r\nX: y", "canary\x00"])
async def test_a_header_that_cannot_be_written_is_a_clear_error(  # noqa: ANN201
    server,  # noqa: ANN001
    port,  # noqa: ANN001
    method,  # noqa: ANN001
    key,  # noqa: ANN001
):
    with pytest.raises(MalformedCallError) as raised:
        await port.send(method, server.base_url, headers={"X-Key": key}, timeout_s=3.0)
    assert not raised.value.sent
    assert "can" not in str(raised.value).replace("cannot", "")
    assert raised.value.__cause__ is None
    assert server.calls == []


async def test_nobody_listens(server, port) -> None:  # noqa: ANN001
    url = server.base_url
    server.stop_listening()
    with pytest.raises(NotConnectedError) as raised:
        await get(port, url)
    assert not raised.value.sent
    with pytest.raises(NotConnectedError):
        await get(port, "http://no-such-host.invalid/")


async def test_a_connection_that_never_comes_about_ends_after_its_own_time(port) -> None:  # noqa: ANN001
    """A listener whose line is full lets further ones wait for ever."""
    loop = asyncio.get_running_loop()
    fillers = [socket.socket() for _ in range(4)]
    with socket.socket() as full:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        for filler in fillers:
            filler.setblocking(False)
            filler.connect_ex(full.getsockname())
        started_s = loop.time()
        with pytest.raises(NotConnectedError):
            await get(port, f"http://127.0.0.1:{full.getsockname()[1]}/")
        assert 0.2 <= loop.time() - started_s < 1.0
    for filler in fillers:
        filler.close()


async def test_connections_are_kept_for_reads(server, reply, port) -> None:  # noqa: ANN001
    server.replies = [reply()]
    for _ in range(5):
        await get(port, server.base_url)
    assert server.connections == 1


async def test_a_kept_connection_that_the_peer_closed_goes_unnoticed(server, reply, port) -> None:  # noqa: ANN001
    """The peer reads the second call and hangs up on it, as a server does that was idle."""
    server.replies = [reply(), hang_up, reply(b'{"id": 2}')]
    await get(port, server.base_url)
    assert (await get(port, server.base_url)).body == b'{"id": 2}'
    assert server.served_on == [1, 1, 2]


async def test_a_write_is_never_sent_twice(server, reply, port) -> None:  # noqa: ANN001
    server.replies = [reply(), hang_up, reply()]
    await get(port, server.base_url)
    for method in ("POST", "DELETE"):
        server.calls.clear()
        server.replies = [hang_up]
        with pytest.raises(ConnectionLostError):
            await port.send(method, server.base_url, headers={}, body=b"{}", timeout_s=3.0)
        assert len(server.calls) == 1


async def test_cancelling_a_call_closes_its_connection(server, reply, port) -> None:  # noqa: ANN001
    server.replies = [black_hole, reply()]
    call = asyncio.ensure_future(get(port, server.base_url))
    await server.called.wait()
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    assert (await get(port, server.base_url)).status == 200
    assert server.served_on == [1, 2]


async def test_a_closed_port_sends_nothing_more(server, reply, port) -> None:  # noqa: ANN001
    server.replies = [reply()]
    await get(port, server.base_url)
    await port.aclose()
    for method in ("GET", "POST"):
        with pytest.raises(NotConnectedError):
            await port.send(method, server.base_url, headers={}, timeout_s=3.0)
    assert len(server.calls) == 1


@pytest.mark.parametrize("as_client", [True, False])
async def test_httpx_reaches_an_app_without_a_socket(as_client) -> None:  # noqa: ANN001
    async def app(scope, _receive, send) -> None:  # noqa: ANN001 - ASGI
        body = scope["raw_path"] + b"?" + scope["query_string"]
        await send({"type": "http.response.start", "status": 203, "headers": []})
        await send({"type": "http.response.body", "body": body})

    transport = httpx.ASGITransport(app=app)
    port = HttpxPort(httpx.AsyncClient(transport=transport) if as_client else transport)
    answer = await get(port, "http://tmdb/3/search/a%20b?query=c%2Bd")
    assert (answer.status, answer.body) == (203, b"/3/search/a%20b?query=c%2Bd")
    await port.aclose()
