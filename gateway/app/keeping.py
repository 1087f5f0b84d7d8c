"""Who keeps the requests: the upstream that is set up for it, else the gateway's own book."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import Any

from gateway.app.records import Records
from gateway.cache.readthrough import ReadThrough
from gateway.cache.redis_line import RedisLine
from gateway.domain.request_store import RequestStore
from gateway.domain.role import Role
from gateway.errors import UpstreamError
from gateway.graph.context import Runtime, UpstreamHandle
from gateway.graph.members import Members
from gateway.graph.requests import request_node
from gateway.registry import load_built_in
from gateway.settings import GatewaySettings
from gateway.subgraph import Keeping, Subgraph
from gateway.upstreams.book.client import Book
from gateway.upstreams.book.observed import RecordedLog


def make_runtime(
    parts: Sequence[Subgraph[Any, Any]],
    handles: Mapping[str, UpstreamHandle],
    settings: GatewaySettings,
    *,
    cache: ReadThrough,
    line: RedisLine | None,
    records: Records,
) -> Runtime:
    """What all operations share; at most one of all keeps requests."""
    on = [each for each in parts if handles[each.name].client is not None]
    nodes = {name: find for each in parts for name, find in each.nodes.items()}
    runtime = Runtime(
        cache=cache,
        upstreams=handles,
        loaders={port: kind for each in (*parts, *on) for port, kind in each.provides.items()},
        nodes={**nodes, "Request": request_node},
        fill_s=settings.deadline_s,
    )
    for each in on:
        if each.keeps is not None and each.member is not None:
            handle = handles[each.name]
            log = None if settings.book == "off" else RecordedLog(records.ready)
            keeping = Keeping(cache=cache, line=line, scope=handle.scope, observed=log)
            store = each.keeps(handle.client, keeping)
            return replace(runtime, store=store, members=Members(partial(each.member, store)))
    return _with_book(runtime, records, settings) if settings.book != "off" else runtime


def _with_book(runtime: Runtime, records: Records, settings: GatewaySettings) -> Runtime:
    """Nothing is opened yet."""
    built_in = load_built_in()
    approving = frozenset(map(Role, settings.auto_approve))
    book: RequestStore = Book(records.database, approving=approving)
    handle = UpstreamHandle(name=built_in.name, client=book, health=records.database)
    return replace(
        runtime,
        upstreams={**runtime.upstreams, built_in.name: handle},
        loaders={**runtime.loaders, **built_in.provides},
        store=book,
        members=Members(partial(built_in.member, book)),
    )


async def open_book(runtime: Runtime, records: Records) -> None:
    """Make the book ready, if it is what keeps requests.

    A server that does not answer now may do so later; until then its fields fail alone.

    Raises:
        ConfigError: It cannot be used; the message says what to set.
    """
    if isinstance(runtime.store, Book):
        with suppress(UpstreamError):
            await records.ready()
