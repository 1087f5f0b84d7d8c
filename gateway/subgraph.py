"""An upstream as a part of the graph: what it adds, and how its fields join the shared types."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Coroutine, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, Generic, TypeVar

from strawberry.types.field import StrawberryField

from gateway.cache.leader import Leader
from gateway.cache.notes import Notes
from gateway.cache.readthrough import ReadThrough
from gateway.cache.redis_line import RedisLine
from gateway.domain.observed import ObservedLog
from gateway.domain.request import User
from gateway.domain.request_store import RequestStore
from gateway.domain.viewer import Viewer
from gateway.errors import UpstreamError
from gateway.graph.context import NodeResolver
from gateway.graph.cost import Prices
from gateway.graph.merged import function_of
from gateway.quota.spec import BudgetSpec
from gateway.settings import UpstreamSettings
from gateway.transport.http import UpstreamHttp
from gateway.transport.limits import DEFAULT_LIMITS, CallLimits
from gateway.transport.pool import DEFAULT_POOL, PoolLimits
from gateway.transport.port import HttpAnswer

S = TypeVar("S", bound=UpstreamSettings)
C = TypeVar("C")
R = TypeVar("R", bound=RequestStore)

Classify = Callable[[HttpAnswer], UpstreamError | None]


def usual_limits(settings: UpstreamSettings) -> CallLimits:
    """The transport's defaults under the operator's settings."""
    most = settings.max_concurrency
    return replace(
        DEFAULT_LIMITS,
        timeout_s=settings.timeout_s,
        max_concurrency=most,
        min_concurrency=min(DEFAULT_LIMITS.min_concurrency, most),
        start_concurrency=min(DEFAULT_LIMITS.start_concurrency, most),
    )


def no_budgets(settings: UpstreamSettings) -> Sequence[BudgetSpec]:  # noqa: ARG001 - of no matter
    """An upstream that does not count our calls."""
    return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class BackgroundContext(Generic[S]):
    """What an upstream's work beside the operations may use.

    Args:
        settings: The upstream's variables.
        name: Tells this work from others' in Redis: the upstream and its address.
        leader: Picks one of all processes for it.
        notes: Facts that the next leader should know.
        purge: The cache's soft one, by tags; ``False`` when Redis will hear of it only later.
        store: Whatever keeps the requests, this upstream or another.
        nudge: Tells whoever follows that store's log that something was written.
        now: Aware wall time.
        sleep: Seconds.
    """

    settings: S
    name: str
    leader: Leader
    notes: Notes
    purge: Callable[..., Awaitable[bool]]
    store: RequestStore | None = None
    nudge: Callable[[], None] = lambda: None
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep


def nothing_hedged(settings: UpstreamSettings) -> Collection[str]:  # noqa: ARG001 - ditto
    """An upstream whose late calls are waited for."""
    return ()


def no_pictures(client: object) -> Sequence[str]:  # noqa: ARG001 - ditto
    """An upstream that shows none."""
    return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Keeping:
    """What a store of requests may use beside its client.

    Args:
        cache: Where the graph keeps what it reads of the upstream.
        line: The wire to Redis, which all processes share.
        scope: Tells its address from another of the same upstream.
        observed: A log for what happens there; ``None``: none is kept.
    """

    cache: ReadThrough
    line: RedisLine | None
    scope: str
    observed: ObservedLog | None = None


@dataclass(frozen=True, slots=True)
class Hearing:
    """An upstream's webhook: what it says is a hint, and costs whoever says it nothing.

    Args:
        secret: What the caller must know.
        hear: Takes a body, whatever it is, and returns at once.
    """

    secret: str
    hear: Callable[[bytes], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Subgraph(Generic[S, C]):
    """Everything the rest must know of one upstream.

    Args:
        name: As in the registry, in errors and in metrics.
        settings: Its variables.
        client: Makes the client from its transport and its settings.
        fields: Resolvers by the type they join.
        lists: Resolvers of list fields that several upstreams fill together.
        provides: Loaders by the port they implement.
        keeps: Makes its store of requests; ``None``: it keeps none.
        member: Finds the user of that store that a viewer is.
        hears: Listens to its webhook, on behalf of that store; ``None``: nothing is to be heard.
        nodes: Finders of one object by the parts of its id, by type name.
        costs: What its fields cost, and what they draw from the upstreams.
        unit: What is counted of it, as ``extensions.cost`` names it.
        classify: Reads errors that only this upstream sends.
        limits: How its transport behaves, from its settings.
        budgets: What it allows to all our processes together, from its settings.
        pool: How connections to it are kept.
        pictures: Where its pictures come from, as its client has learned by now.
        hedged: Client methods whose late reads may be sent a second time, by its settings.
        check: Asks whether the key is good; raises ``UpstreamError`` if not.
        start: Run once before the first operation; its failure stops nothing.
        background: Run beside the operations until the process ends, or until it returns.
    """

    name: str
    settings: type[S]
    client: Callable[[UpstreamHttp, S], C]
    fields: Mapping[type, Sequence[StrawberryField]] = field(default_factory=dict)
    lists: Mapping[type, Sequence[StrawberryField]] = field(default_factory=dict)
    provides: Mapping[type, type] = field(default_factory=dict)
    keeps: Callable[[C, Keeping], RequestStore] | None = None
    member: Callable[[Any, Viewer], Awaitable[User | None]] | None = None
    hears: Callable[[RequestStore | None, S], Hearing | None] | None = None
    nodes: Mapping[str, NodeResolver] = field(default_factory=dict)
    costs: Prices = field(default_factory=dict)
    unit: str = "Calls"
    classify: Classify | None = None
    limits: Callable[[S], CallLimits] = usual_limits
    budgets: Callable[[S], Sequence[BudgetSpec]] = no_budgets
    pool: PoolLimits = DEFAULT_POOL
    pictures: Callable[[C], Sequence[str]] = no_pictures
    hedged: Callable[[S], Collection[str]] = nothing_hedged
    check: Callable[[C], Awaitable[object]] | None = None
    start: Callable[[C], Awaitable[None]] | None = None
    background: Callable[[C, BackgroundContext[S]], Awaitable[None]] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BuiltIn(Generic[R]):
    """What the gateway does itself where the upstreams that do it are off.

    Args:
        name: In errors and in metrics.
        provides: Loaders by the port they implement.
        member: As a subgraph's.
        background: Run beside the operations until the process ends.
    """

    name: str
    provides: Mapping[type, type]
    member: Callable[[R, Viewer], Awaitable[User | None]]
    background: Callable[[R], Coroutine[Any, Any, None]]


def extend(owner: type, fields: Sequence[StrawberryField]) -> None:
    """Let fields join a Strawberry type, before the schema is built."""
    joined = owner.__strawberry_definition__.fields  # type: ignore[attr-defined] # set by Strawberry
    known = {each.python_name for each in joined}
    for each in fields:
        name = _named(each)
        if name in known:
            continue  # the process has built a schema before
        joined.append(each)
        known.add(name)


def _named(part: StrawberryField) -> str:
    if not part.python_name:
        part.python_name = function_of(part).__name__
    return part.python_name
