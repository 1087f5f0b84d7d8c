"""Who keeps the requests: the upstream that is set up for it, else the gateway's own book."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import Any

from gateway.app.records import Records
from gateway.cache.readthrough import ReadThrough
from gateway.cache.redis_line import RedisLine
from gateway.domain.observed import ObservedLog
from gateway.domain.request_store import RequestStore
from gateway.domain.role import Role
from gateway.errors import ConfigError, UpstreamError
from gateway.graph.context import Runtime, UpstreamHandle
from gateway.graph.members import Members
from gateway.graph.requests import request_node
from gateway.registry import BUILT_IN, load_built_in
from gateway.settings import GatewaySettings, UpstreamSettings
from gateway.subgraph import Hearing, Keeping, Subgraph
from gateway.upstreams.book.location import SqliteFile

_LOG = logging.getLogger(__name__)


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
            log = None if settings.book == "off" else _log_in(records)
            keeping = Keeping(cache=cache, line=line, scope=handle.scope, observed=log)
            store = each.keeps(handle.client, keeping)
            return replace(runtime, store=store, members=Members(partial(each.member, store)))
    return _with_book(runtime, records, settings) if settings.book != "off" else runtime


def _with_book(runtime: Runtime, records: Records, settings: GatewaySettings) -> Runtime:
    """Nothing is opened yet."""
    from gateway.upstreams.book.client import Book  # noqa: PLC0415 -- see Records

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


def _log_in(records: Records) -> ObservedLog:
    from gateway.upstreams.book.observed import RecordedLog  # noqa: PLC0415 -- ditto

    return RecordedLog(records.ready)


def keeps_itself(runtime: Runtime) -> bool:
    """Whether requests are kept by the gateway's own book."""
    return BUILT_IN in runtime.upstreams


def hearings(
    parts: Sequence[Subgraph[Any, Any]], settings: Mapping[str, UpstreamSettings], runtime: Runtime
) -> Mapping[str, Hearing]:
    """Upstreams that are on and whose webhooks are listened to."""
    found = {
        each.name: each.hears(runtime.store, settings[each.name])
        for each in parts
        if each.hears is not None and runtime.upstreams[each.name].client is not None
    }
    return {name: hearing for name, hearing in found.items() if hearing is not None}


async def open_book(runtime: Runtime, records: Records, settings: GatewaySettings) -> None:
    """Make the database ready for requests, or for the log of what happens to them elsewhere.

    A server that does not answer now may do so later; until then its fields fail alone.

    Raises:
        ConfigError: It cannot be used; the message says what to set.
    """
    if runtime.store is None or settings.book == "off":
        return
    is_file, is_book = isinstance(records.where, SqliteFile), keeps_itself(runtime)
    try:
        with suppress(UpstreamError):
            await records.ready()
    except ConfigError as exc:
        if is_book or not is_file:
            raise
        _LOG.warning("nobody can follow requests: no log can be kept", extra={"why": str(exc)})
    if is_file and not is_book and settings.replicas > 1:
        _LOG.warning(
            "each machine keeps a log of requests of its own: replicas on several need "
            "GATEWAY_DATABASE_URL"
        )
