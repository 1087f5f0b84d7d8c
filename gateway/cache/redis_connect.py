"""From a URL to a client of Redis or Valkey: single, Sentinel or Cluster, TLS, ACL user.

``redis://``, ``rediss://`` (TLS) and ``unix://`` are one server. ``redis+sentinel://a,b:26379/name``
asks sentinels for the primary called ``name`` (``/name/2`` for its database 2);
``redis+cluster://a,b:6379`` is a cluster; ``rediss+...`` is the same over TLS, with
``ssl_ca_certs`` and its like in the query. User and password stand before the ``@`` and go to the
data nodes; for sentinels with their own there are ``?sentinel_username=&sentinel_password=``.
``valkey`` reads as ``redis``.
"""

from __future__ import annotations

from typing import Any, NamedTuple, TypeAlias
from urllib.parse import urlsplit

from redis.asyncio import ConnectionPool, Redis, RedisCluster, SSLConnection
from redis.asyncio.cluster import ClusterNode
from redis.asyncio.connection import parse_url
from redis.asyncio.retry import Retry
from redis.asyncio.sentinel import Sentinel, SentinelConnectionPool
from redis.backoff import NoBackoff

from gateway.errors import ConfigError

Client: TypeAlias = Redis | RedisCluster
Options: TypeAlias = dict[str, Any]  # redis-py's own edge: keyword arguments of many types


def connect(url: str, *, timeout_s: float, max_connections: int = 64) -> Client:
    """Make a client; nothing is sent before its first command.

    redis-py's own patience is switched off: without that, one read from a frozen server takes a
    minute. RESP2 and no driver info spare two round trips per connection.

    Raises:
        ConfigError: The URL is none of the forms above.
    """
    scheme, _, rest = url.partition("://")
    base, _, kind = scheme.replace("valkey", "redis").partition("+")
    options: Options = {
        "socket_timeout": timeout_s,
        "socket_connect_timeout": timeout_s,
        "retry": Retry(NoBackoff(), 0),
        "driver_info": None,
        "protocol": 2,
    }
    try:
        if kind in {"sentinel", "cluster"}:
            parts = _split(rest)
            hosts = _hosts(parts.hosts, port=26379 if kind == "sentinel" else 6379)
            options |= _from_query_and_login(base, parts)
            if kind == "cluster":
                return _cluster(hosts, options, max_connections)
            return _sentinel(hosts, options, path=parts.path)
        plain = f"{ {'': base, 'unix': 'unix'}[kind] }://{rest}"
        limit: Options = {"max_connections": max_connections}
        return Redis.from_pool(ConnectionPool.from_url(plain, **limit, **options))
    except (ValueError, TypeError, KeyError) as exc:
        complaint = "GATEWAY_REDIS_URL is not a URL of Redis, Sentinel or Cluster"
        raise ConfigError(complaint) from exc


async def disconnect(client: Client) -> None:
    """Close a client's connections, those to its sentinels too."""
    await client.aclose()
    pool = client.connection_pool if isinstance(client, Redis) else None
    if isinstance(pool, SentinelConnectionPool):
        for sentinel in pool.sentinel_manager.sentinels:
            await sentinel.aclose()


class _Parts(NamedTuple):
    login: str  # with its ``@``, where there is one
    hosts: str
    path: str
    query: str


def _split(rest: str) -> _Parts:
    """Split what follows ``://`` by hand: to urlsplit, ``a,[::1]`` is a wrong IPv6 address."""
    before, _, query = rest.partition("#")[0].partition("?")
    authority, _, path = before.partition("/")
    login, at, hosts = authority.rpartition("@")
    return _Parts(login + at, hosts, path, query)


def _hosts(listed: str, *, port: int) -> list[tuple[str, int]]:
    found = [urlsplit(f"redis://{host}") for host in listed.split(",")]
    if not all(one.hostname for one in found):
        raise ValueError("a host is missing")
    return [(one.hostname or "", one.port or port) for one in found]


def _from_query_and_login(scheme: str, parts: _Parts) -> Options:
    """Read with redis-py's own parser what does not depend on the hosts."""
    options: Options = dict(parse_url(f"{scheme}://{parts.login}one?{parts.query}"))
    del options["host"]
    if options.pop("connection_class", None) is SSLConnection:
        options["ssl"] = True
    return options


def _cluster(hosts: list[tuple[str, int]], options: Options, max_connections: int) -> RedisCluster:
    nodes = [ClusterNode(host, port) for host, port in hosts]
    return RedisCluster(startup_nodes=nodes, max_connections=max_connections, **options)


def _sentinel(hosts: list[tuple[str, int]], options: Options, *, path: str) -> Redis:
    name, _, database = path.strip("/").partition("/")
    if not name:
        raise ValueError("the primary's name is missing")
    shared = {k: v for k, v in options.items() if k not in {"username", "password", "db"}}
    own = {
        k: shared.pop(f"sentinel_{k}")
        for k in ("username", "password")
        if options.pop(f"sentinel_{k}", None) is not None
    }
    sentinel = Sentinel(  # type: ignore[no-untyped-call]  # redis-py leaves it untyped
        hosts, sentinel_kwargs={**shared, **own}, **options
    )
    client: Redis = sentinel.master_for(name, db=int(database or 0))
    return client
