"""Every shape of deployment by URL alone; nothing connects."""

from __future__ import annotations

import pytest
from redis.asyncio import Redis, RedisCluster, SSLConnection, UnixDomainSocketConnection
from redis.asyncio.sentinel import SentinelConnectionPool

from gateway.cache.redis_connect import connect
from gateway.errors import ConfigError


def single(url: str) -> Redis:
    client = connect(url, timeout_s=0.5)
    assert isinstance(client, Redis)
    return client


@pytest.mark.parametrize("scheme", ["redis", "valkey"])
async def test_one_server_with_an_acl_user(scheme: str) -> None:
    options = single(f"{scheme}://app:s%40cret@cache:6380/2").connection_pool.connection_kwargs
    found = {k: options[k] for k in ("host", "port", "db", "username", "password")}
    assert found == {
        "host": "cache", "port": 6380, "db": 2, "username": "app", "password": "s@cret",
    }  # fmt: skip
    assert options["socket_timeout"] == 0.5
    assert options["retry"].get_retries() == 0


@pytest.mark.parametrize("scheme", ["rediss", "valkeys"])
async def test_tls(scheme: str) -> None:
    pool = single(f"{scheme}://cache:6380?ssl_ca_certs=/ca.pem").connection_pool
    assert pool.connection_class is SSLConnection
    assert pool.connection_kwargs["ssl_ca_certs"] == "/ca.pem"


@pytest.mark.parametrize("scheme", ["unix", "redis+unix", "valkey+unix"])
async def test_a_unix_socket(scheme: str) -> None:
    pool = single(f"{scheme}:///run/valkey.sock?db=1").connection_pool
    assert pool.connection_class is UnixDomainSocketConnection
    assert (pool.connection_kwargs["path"], pool.connection_kwargs["db"]) == ("/run/valkey.sock", 1)


async def test_sentinel() -> None:
    url = "rediss+sentinel://app:pw@a,b:26380/main/3?sentinel_username=u&sentinel_password=s"
    pool = single(url).connection_pool
    assert isinstance(pool, SentinelConnectionPool)
    assert pool.service_name == "main"
    options = pool.connection_kwargs
    assert (options["username"], options["password"], options["db"]) == ("app", "pw", 3)
    sentinels = [s.connection_pool.connection_kwargs for s in pool.sentinel_manager.sentinels]
    assert [(s["host"], s["port"]) for s in sentinels] == [("a", 26379), ("b", 26380)]
    assert {(s["username"], s["password"]) for s in sentinels} == {("u", "s")}
    assert pool.connection_class.__name__ == "SentinelManagedSSLConnection"


async def test_cluster() -> None:
    client = connect("redis+cluster://app:pw@a:7000,[::1]:7001,c", timeout_s=0.5)
    assert isinstance(client, RedisCluster)
    nodes = [(node.host, node.port) for node in client.startup_nodes]
    assert nodes == [("a", 7000), ("::1", 7001), ("c", 6379)]
    assert client.connection_kwargs["username"] == "app"
    await client.aclose()


async def test_sentinels_by_ipv6_address() -> None:
    pool = single("redis+sentinel://:p%2Fw@[::1]:26380,[fe80::2],c/main?db=4#x").connection_pool
    assert isinstance(pool, SentinelConnectionPool)
    assert (pool.service_name, pool.connection_kwargs["password"]) == ("main", "p/w")
    sentinels = [s.connection_pool.connection_kwargs for s in pool.sentinel_manager.sentinels]
    found = [(s["host"], s["port"]) for s in sentinels]
    assert found == [("::1", 26380), ("fe80::2", 26379), ("c", 26379)]


@pytest.mark.parametrize(
    "url",
    [
        "", "cache:6379", "http://cache", "redis+cluster://", "redis+sentinel://a:26379",
        "redis://cache:port", "redis+raft://cache", "redis+cluster://a:7000/1x?db=x",
    ],
)  # fmt: skip
async def test_anything_else_is_a_wrong_setting(url: str) -> None:
    with pytest.raises(ConfigError, match="GATEWAY_REDIS_URL") as caught:
        connect(url, timeout_s=0.5)
    assert "port" not in str(caught.value)
