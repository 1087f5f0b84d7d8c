"""How our own client finds an upstream: URLs, names, addresses, trust."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import trustme

from gateway.transport import origin as origin_module
from gateway.transport.pool import PoolLimits
from gateway.transport.port import (
    HttpAnswer,
    MalformedCallError,
    NotConnectedError,
)
from gateway.transport.socket_port import SocketPort

OK = b"HTTP/1.1 200 OK\r\n"
BODY = b"Content-Length: 2\r\n\r\n{}"


@pytest.fixture
async def sockets() -> AsyncIterator[SocketPort]:
    made = SocketPort(PoolLimits(connect_timeout_s=0.3))
    yield made
    assert made.busy == 0
    await made.aclose()


async def get(port: SocketPort, url: str, timeout_s: float = 3.0) -> HttpAnswer:
    return await port.send("GET", url, headers={"Accept": "*/*"}, timeout_s=timeout_s)


@pytest.mark.parametrize(
    "url",
    [
        "http://x/a b", "http://x/ä", "http://x/a\r\nX: y", "http://x/a#b", "ftp://x/", "x", "http:///a",
        "http://user:secret@x/", "http://x:port/", "http://x:99999/", "http://[::1/", "http://a b/",
    ],
)  # fmt: skip
async def test_what_is_no_url_is_not_sent(sockets, url) -> None:  # noqa: ANN001
    with pytest.raises(MalformedCallError) as raised:
        await get(sockets, url)
    assert "secret" not in str(raised.value)
    assert raised.value.__cause__ is None


@pytest.mark.parametrize("method", ["get", "GET /x HTTP/1.1\r\n", ""])
async def test_what_is_no_method_is_not_sent(server, sockets, method) -> None:  # noqa: ANN001
    with pytest.raises(MalformedCallError):
        await sockets.send(method, server.base_url, headers={}, timeout_s=1.0)
    assert server.connections == 0


async def test_a_silent_address_is_not_waited_for(server, reply, sockets, monkeypatch) -> None:  # noqa: ANN001
    """Broken IPv6: its address comes first and swallows everything."""
    loop = asyncio.get_running_loop()
    port = int(server.base_url.rsplit(":", 1)[1])
    with socket.socket() as full:
        full.bind(("127.0.0.2", 0))
        full.listen(0)
        fillers = [socket.socket() for _ in range(4)]
        for filler in fillers:
            filler.setblocking(False)
            filler.connect_ex(full.getsockname())

        async def found(*_: object, **__: object) -> list[tuple]:
            kind = (socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP, "")
            return [(*kind, full.getsockname()), (*kind, ("127.0.0.1", port))]

        monkeypatch.setattr(loop, "getaddrinfo", found)
        monkeypatch.setattr(origin_module, "_NEXT_ADDRESS_S", 0.02)
        server.replies = [reply(b"{}")]
        assert (await get(sockets, f"http://played.test:{port}/")).body == b"{}"
        for filler in fillers:
            filler.close()


async def test_names_are_looked_up_once_for_a_burst(server, reply, sockets, monkeypatch) -> None:  # noqa: ANN001
    loop = asyncio.get_running_loop()
    ask, asked = loop.getaddrinfo, list[object]()

    async def counted(*args: object, **more: object) -> object:
        asked.append(args)
        return await ask(*args, **more)

    monkeypatch.setattr(loop, "getaddrinfo", counted)
    server.replies = [reply(b"{}")]
    url = server.base_url.replace("127.0.0.1", "localhost")
    await asyncio.gather(*[get(sockets, url) for _ in range(8)])
    assert len(asked) == 1


@pytest.fixture
def authority(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[trustme.CA]:
    """One that this machine trusts, as its operator would tell it to."""
    made = trustme.CA()
    made.cert_pem.write_to_path(tmp_path / "ca.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    origin_module.tls_context.cache_clear()
    yield made
    origin_module.tls_context.cache_clear()


@pytest.mark.parametrize("case", ["good", "another name", "unknown authority"])
async def test_only_a_trusted_server_is_sent_anything(sockets, authority, case) -> None:  # noqa: ANN001
    heads: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for _ in range(2):
            heads.append(await reader.readuntil(b"\r\n\r\n"))
            writer.write(OK + BODY)
        await writer.drain()
        writer.close()

    signer = trustme.CA() if case == "unknown authority" else authority
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    name = "elsewhere" if case == "another name" else "localhost"
    signer.issue_cert(name).configure_cert(context)
    async with await asyncio.start_server(serve, "127.0.0.1", 0, ssl=context) as listening:
        url = f"https://localhost:{listening.sockets[0].getsockname()[1]}/secret"
        if case == "good":
            assert [(await get(sockets, url)).body for _ in range(2)] == [b"{}", b"{}"]
            assert len(heads) == 2
            return
        with pytest.raises(NotConnectedError) as raised:
            await get(sockets, url)
        assert isinstance(raised.value.__cause__, ssl.SSLCertVerificationError)
        assert "secret" not in str(raised.value)
        assert heads == []
