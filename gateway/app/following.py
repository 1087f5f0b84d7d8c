"""What follows the log of whoever keeps the requests."""

from __future__ import annotations

from hashlib import blake2b
from urllib.parse import urlsplit

from gateway.cache.redis_line import RedisLine
from gateway.cache.redis_tail import RedisTail
from gateway.events.exchange import Exchange
from gateway.events.feed import Feed
from gateway.events.relay import Relay
from gateway.events.stream import EventStream
from gateway.graph.context import Runtime
from gateway.registry import load_subgraphs
from gateway.upstreams.book.client import Book
from gateway.upstreams.book.engines import Location, PostgresUrl


def feed_of(
    runtime: Runtime, where: Location, shared: tuple[RedisLine, str] | None = None
) -> Feed | None:
    """The process' feed; ``None``: nobody keeps requests.

    Args:
        runtime: With the store.
        where: The book is, if it is the store.
        shared: The wire to Redis, and its URL; ``None``: processes hear each other by the store.
    """
    store, cache = runtime.store, runtime.cache
    if store is None:
        return None
    scope = _book_scope(where) if isinstance(store, Book) else _upstream_scope(runtime)
    exchange = None
    if shared is not None:
        line, url = shared
        stream = EventStream(line, RedisTail(url), scope)
        exchange = Exchange(stream, Relay(store, stream, cache.purge))
    return Feed(store, scope=scope, purge=cache.purge, forget=cache.forget, exchange=exchange)


def _book_scope(where: Location) -> str:
    """Tells databases apart, however one logs in."""
    place = str(where.path if not isinstance(where, PostgresUrl) else _place(where.url))
    return f"book:{blake2b(place.encode(), digest_size=4).hexdigest()}"


def _place(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.hostname}:{parts.port or 5432}{parts.path}"


def _upstream_scope(runtime: Runtime) -> str:
    """Tells the upstream that keeps them, and its address, from every other."""
    keepers = [each.name for each in load_subgraphs() if each.keeps is not None]
    handles = [each for name, each in runtime.upstreams.items() if name in keepers]
    return next(f"{each.name}:{each.scope}" for each in handles if each.client is not None)
