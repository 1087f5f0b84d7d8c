"""Calls to chosen addresses: looked up once, and nothing but that address is called."""

from __future__ import annotations

import asyncio
import itertools
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from socket import AF_INET

import pytest
import trustme

from gateway.transport import origin as origin_module
from gateway.transport.heard import MOST_BYTES, Heard
from gateway.transport.names import Found
from gateway.transport.pinned import PinnedSender
from gateway.transport.port import (
    AnswerCutError,
    BodyTooLargeError,
    ConnectionLostError,
    EncodingError,
    ExchangeError,
    ExchangeTimeoutError,
    NotConnectedError,
    UnsentTimeoutError,
)
from gateway.transport.targets import TargetRefusedError

Script = Callable[[asyncio.StreamWriter], Awaitable[None]]


@dataclass
class Names:
    """A resolver that changes its answer; the last one stays."""

    answers: list[Sequence[Found] | Exception]
    asked: list[tuple[str, int]] = field(default_factory=list)

    async def find(self, host: str, port: int) -> Sequence[Found]:
        self.asked.append((host, port))
        found = self.answers[min(len(self.asked), len(self.answers)) - 1]
        if isinstance(found, Exception):
            raise found
        return found

    def close(self) -> None:
        """Nothing is held."""


def at(host: str, port: int) -> Found:
    return (int(AF_INET), (host, port))


@dataclass
class Server:
    """Records what it is sent, and plays a script."""

    script: Script
    heads: list[str] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)
    connections: int = 0
    port: int = 0
    names: list[str | None] = field(default_factory=list)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            self.heads.append(head)
            length = int(head.lower().split("content-length: ")[1].split("\r\n")[0])
            self.bodies.append(await reader.readexactly(length))
            await self.script(writer)
        except (OSError, asyncio.IncompleteReadError):
            pass  # the caller went
        finally:
            writer.close()


def saying(*parts: bytes) -> Script:
    async def say(writer: asyncio.StreamWriter) -> None:
        for part in parts:
            writer.write(part)
            await writer.drain()

    return say


OK = saying(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")


@asynccontextmanager
async def served(script: Script = OK, tls: ssl.SSLContext | None = None) -> AsyncIterator[Server]:
    found = Server(script)
    tasks: set[asyncio.Task[None]] = set()

    def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        tasks.add(asyncio.ensure_future(found.serve(reader, writer)))

    listening = await asyncio.start_server(accept, "127.0.0.1", 0, ssl=tls)
    found.port = listening.sockets[0].getsockname()[1]
    yield found
    listening.close()
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    await asyncio.sleep(0)


async def post(sender: PinnedSender, url: str, body: bytes = b"{}") -> Heard:
    return await sender.post(url, headers={"X-Test": "1"}, body=body)


def local(server: Server, **more: object) -> PinnedSender:
    names = Names([[at("127.0.0.1", server.port)]])
    return PinnedSender(private=True, resolver=names, **more)  # type: ignore[arg-type]


async def test_a_body_arrives_once_with_the_url_s_own_host() -> None:
    async with served() as server:
        sender = local(server)
        url = f"http://Hook.test:{server.port}/a?token=x"
        assert await post(sender, url, b'{"a": 1}') == Heard(200)
        assert server.bodies == [b'{"a": 1}']
        lines = server.heads[0].split("\r\n")
        assert lines[0] == "POST /a?token=x HTTP/1.1"
        assert f"Host: Hook.test:{server.port}" in lines
        assert "Content-Length: 8" in lines


async def test_the_system_s_own_names_are_found() -> None:
    async with served() as server:
        sender = PinnedSender(private=True)
        assert (await post(sender, f"http://localhost:{server.port}/")).status == 200
        with pytest.raises(NotConnectedError, match="leads nowhere"):
            await post(sender, "http://nobody.invalid/")
        with pytest.raises(NotConnectedError, match="leads nowhere"):
            await post(sender, f"http://{'a' * 70}.example/")
        sender.close()


async def test_a_name_that_changes_its_answer_gains_nothing() -> None:
    async with served() as meant, served() as inside:
        names = Names([[at("127.0.0.1", meant.port)], [at("127.0.0.1", inside.port)]])
        sender = PinnedSender(private=True, resolver=names)
        await post(sender, "http://rebound.test/")
        assert names.asked == [("rebound.test", 80)]
        assert (meant.connections, inside.connections) == (1, 0)


async def test_a_name_that_was_good_is_looked_at_again_for_each_call() -> None:
    async with served() as inside:
        names = Names([[at("93.184.216.34", 80)], [at("127.0.0.1", inside.port)]])
        sender = PinnedSender(private=False, resolver=names)
        await sender.check("http://rebound.test/")
        with pytest.raises(TargetRefusedError):
            await post(sender, "http://rebound.test/")
        assert inside.connections == 0


@pytest.mark.parametrize("bad", ["127.0.0.1", "169.254.169.254", "0.0.0.0"])  # noqa: S104 - refused
async def test_one_bad_address_among_good_ones_spoils_the_name(bad: str) -> None:
    async with served() as inside:
        names = Names([[at("93.184.216.34", 80), at(bad, inside.port)]])
        sender = PinnedSender(private=False, resolver=names)
        with pytest.raises(TargetRefusedError):
            await post(sender, "http://mixed.test/")
        assert inside.connections == 0


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "[::1]", "[::ffff:127.0.0.1]"])
async def test_this_machine_is_not_called_unless_that_is_wanted(host: str) -> None:
    async with served() as server:
        sender = PinnedSender(private=False)
        with pytest.raises(TargetRefusedError, match="private"):
            await post(sender, f"http://{host}:{server.port}/")
        assert server.connections == 0
        sender.close()


async def test_another_address_of_the_name_is_tried() -> None:
    async with served() as dead:
        pass
    async with served() as server:
        names = Names([[at("127.0.0.1", dead.port), at("127.0.0.1", server.port)]])
        assert await post(PinnedSender(private=True, resolver=names), "http://two.test/")
        names = Names([[at("127.0.0.1", dead.port)]])
        with pytest.raises(NotConnectedError, match="no connection"):
            await post(PinnedSender(private=True, resolver=names), "http://one.test/")


async def test_a_redirect_is_an_answer() -> None:
    async with served() as other:
        line = f"Location: http://127.0.0.1:{other.port}/\r\n".encode()
        script = saying(b"HTTP/1.1 307 Elsewhere\r\nContent-Length: 0\r\n" + line + b"\r\n")
        async with served(script) as server:
            assert await post(local(server), "http://x.test/") == Heard(307)
        assert other.connections == 0


async def test_the_wish_to_wait_is_heard_and_foretastes_are_not_final() -> None:
    script = saying(
        b"HTTP/1.1 103 Early Hints\r\nRetry-After: 9\r\n\r\n",
        b"HTTP/1.1 503 Busy\r\nRetry-After: 120\r\nContent-Length: 0\r\n\r\n",
    )
    async with served(script) as server:
        found = await post(local(server), "http://x.test/")
        assert (found.status, found.retry_after) == (503, "120")


async def test_an_endless_body_is_cut_and_the_status_counts() -> None:
    sent, is_cut = [0], asyncio.Event()

    async def flood(writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        try:
            while True:
                writer.write(b"1000\r\n" + b"x" * 4096 + b"\r\n")
                await writer.drain()
                sent[0] += 4096
        except OSError:
            is_cut.set()

    async with served(flood) as server:
        assert (await post(local(server), "http://x.test/")).status == 200
        await asyncio.wait_for(is_cut.wait(), 5)
    assert MOST_BYTES < sent[0] < 8 * 1024 * 1024  # what was read, and what sockets hold


async def test_an_endless_head_is_refused() -> None:
    line = b"X-Long: " + b"x" * 1000 + b"\r\n"
    async with served(saying(b"HTTP/1.1 200 OK\r\n", *[line] * 100)) as server:
        with pytest.raises((BodyTooLargeError, EncodingError)):
            await post(local(server), "http://x.test/")


async def stall(_: asyncio.StreamWriter) -> None:
    await asyncio.Event().wait()


async def drip(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\n")
    for number in itertools.count():
        writer.write(f"X-{number}: x\r\n".encode())
        await asyncio.sleep(0.005)


@pytest.mark.parametrize("script", [stall, drip])
async def test_who_does_not_answer_is_not_waited_for(script: Script) -> None:
    async with served(script) as server:
        with pytest.raises(ExchangeTimeoutError, match="no answer in") as raised:
            await post(local(server, timeout_s=0.05), "http://x.test/")
        assert raised.value.sent


async def test_a_status_counts_though_the_rest_never_comes() -> None:
    async def head_only(writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n")
        await asyncio.Event().wait()

    async with served(head_only) as server:
        assert (await post(local(server, timeout_s=0.1), "http://x.test/")).status == 200


@pytest.mark.parametrize(
    ("said", "error"),
    [
        (b"", ConnectionLostError),
        (b"HTTP/1.1 200", AnswerCutError),
        (b"SSH-2.0-OpenSSH_9.6\r\n", EncodingError),
        (b"HTTP/1.1 101 Switching\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n", EncodingError),
        (b"HTTP/1.1 999999 Odd\r\n\r\n", EncodingError),
    ],
)
async def test_what_is_no_answer_is_told_in_a_few_words(
    said: bytes, error: type[ExchangeError]
) -> None:
    async with served(saying(said)) as server:
        with pytest.raises(error) as raised:
            await post(local(server), "http://x.test/secret?canary=1")
        assert "canary" not in str(raised.value)


async def test_not_a_byte_goes_out_when_it_is_too_late() -> None:
    """This process stood still between its look at the clock and its call."""
    async with served() as server:
        sender = local(server)
        with pytest.raises(UnsentTimeoutError):
            await sender.post("http://x.test/", headers={}, body=b"{}", until_s=0.0)
        ticks = iter([0.0, 11.0])
        sender = local(server, clock=lambda: next(ticks))
        with pytest.raises(UnsentTimeoutError) as raised:
            await post(sender, "http://x.test/")
        assert not raised.value.sent
        await asyncio.sleep(0.01)
        assert server.heads == []


async def test_a_name_that_nobody_answers_for_takes_no_longer_than_allowed() -> None:
    class Silent(Names):
        async def find(self, host: str, port: int) -> Sequence[Found]:
            await asyncio.Event().wait()
            return await super().find(host, port)

    sender = PinnedSender(private=True, resolver=Silent([]), timeout_s=0.02)
    with pytest.raises(UnsentTimeoutError):
        await post(sender, "http://x.test/")
    with pytest.raises(UnsentTimeoutError):
        await sender.check("http://x.test/")


@pytest.mark.parametrize("header", ["a\r\nX-More: 1", "ü€"])
async def test_no_header_breaks_out_of_its_line(header: str) -> None:
    async with served() as server:
        with pytest.raises(ExchangeError):
            await local(server).post("http://x.test/", headers={"X": header}, body=b"")
        assert server.connections == 0


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
async def test_tls_is_with_the_name_that_the_url_has(authority: trustme.CA, case: str) -> None:
    signer = trustme.CA() if case == "unknown authority" else authority
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    name = "elsewhere.test" if case == "another name" else "hook.test"
    signer.issue_cert(name).configure_cert(context)
    asked: list[str | None] = []
    context.sni_callback = lambda _, name, __: asked.append(name)
    async with served(tls=context) as server:
        url = f"https://hook.test:{server.port}/?canary=1"
        if case == "good":
            assert (await post(local(server), url)).status == 200
            assert asked == ["hook.test"]
            return
        with pytest.raises(NotConnectedError, match="certificate is not trusted") as raised:
            await post(local(server), url)
        assert "canary" not in str(raised.value)
        assert server.heads == []
