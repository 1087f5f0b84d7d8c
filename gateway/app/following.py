"""What follows the log of whoever keeps the requests."""

from __future__ import annotations

import socket
from hashlib import blake2b
from urllib.parse import urlsplit

from gateway.app.keeping import keeps_itself
from gateway.cache.redis_line import RedisLine
from gateway.cache.redis_tail import RedisTail
from gateway.events.exchange import Exchange
from gateway.events.feed import Feed
from gateway.events.log import Log
from gateway.events.relay import Relay
from gateway.events.stream import EventStream
from gateway.graph.context import Runtime
from gateway.registry import BUILT_IN, load_subgraphs
from gateway.upstreams.book.location import Location, PostgresUrl


def feed_of(
    runtime: Runtime, where: Location, shared: tuple[RedisLine, str] | None = None
) -> Feed | None:
    """The process' feed; ``None``: nobody keeps a log of requests.

    Args:
        runtime: With the store.
        where: The log is.
        shared: The wire to Redis, and its URL; ``None``: processes hear each other by the store.
    """
    store, cache = runtime.store, runtime.cache
    if store is None:
        return None
    log = Log(store)
    scope = f"{keeper_of(runtime)}:{_digest(_place(where))}"
    exchange = None
    if shared is not None:
        line, url = shared
        stream = EventStream(line, RedisTail(url), f"{scope}:{_digest(_machine(where))}")
        exchange = Exchange(stream, Relay(log, stream, cache.purge))
    return Feed(log, scope=scope, purge=cache.purge, forget=cache.forget, exchange=exchange)


def keeper_of(runtime: Runtime) -> str:
    """Whoever keeps the requests, and at which address: their numbers are theirs alone."""
    if keeps_itself(runtime):
        return BUILT_IN
    names = [each.name for each in load_subgraphs() if each.keeps is not None]
    handles = [each for name, each in runtime.upstreams.items() if name in names]
    return next(f"{each.name}:{each.scope}" for each in handles if each.client is not None)


def _place(where: Location) -> str:
    """Tells databases apart, however one logs in."""
    if not isinstance(where, PostgresUrl):
        return str(where.path.absolute())
    parts = urlsplit(where.url)
    return f"{parts.hostname}:{parts.port or 5432}{parts.path}"


def _machine(where: Location) -> str:
    """Files of two machines may have one name, and must not share a stream."""
    return "" if isinstance(where, PostgresUrl) else socket.gethostname()


def _digest(text: str) -> str:
    return blake2b(text.encode(), digest_size=4).hexdigest()
