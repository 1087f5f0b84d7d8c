"""Joins settings, sockets and schema; its lifespan opens and closes every socket."""

from __future__ import annotations

import asyncio
import gc
import hashlib
import logging
import os
import re
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping
from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI
from starlette.middleware.cors import CORSMiddleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request

from gateway.cache.leader import Leader
from gateway.cache.notes import Notes
from gateway.cache.readthrough import ReadThrough
from gateway.cache.redis import RedisStore
from gateway.cache.redis_line import RedisLine
from gateway.engine.execute import Engine, Operation
from gateway.engine.limits import Limits
from gateway.errors import UpstreamError
from gateway.graph.context import GraphContext, Runtime, UpstreamHandle
from gateway.graph.freshness import FreshnessLog
from gateway.graph.locale import Locale, negotiate
from gateway.quota.budget import UpstreamBudget
from gateway.quota.ledger import Ledger
from gateway.registry import load_subgraphs
from gateway.schema import build_schema, print_sdl
from gateway.settings import GatewaySettings, UpstreamSettings, resolve_upstreams
from gateway.subgraph import BackgroundContext, Subgraph
from gateway.telemetry import setup_logging
from gateway.transport.aiohttp_port import AiohttpPort
from gateway.transport.deadline import limit, remaining_s
from gateway.transport.http import UpstreamHttp
from gateway.transport.pool import PoolLimits
from gateway.transport.port import HttpPort
from gateway.web import ExecutionAnswer, GraphQLParams, routes
from gateway.web.admin import admin_routes

_LOG = logging.getLogger(__name__)
_VARY = "Accept, Accept-Language, X-Freshness"
_MILLISECONDS = re.compile("[1-9][0-9]{0,6}")
_START_RETRY_S = 30.0
_START_PATIENCE_S = 2.0

PortFactory = Callable[[str, PoolLimits], HttpPort]


class Gateway:
    """Everything of one process that lives as long as it serves.

    Args:
        settings: Of the gateway.
        upstreams: Of each registered upstream.
        port: Makes the HTTP client of an upstream, by its name.
    """

    def __init__(
        self,
        settings: GatewaySettings,
        upstreams: Mapping[str, UpstreamSettings],
        port: PortFactory = lambda _, pool: AiohttpPort(pool),
    ) -> None:
        self._settings = settings
        self._subgraphs = [each for each in load_subgraphs() if each.name in upstreams]
        self._ports: list[HttpPort] = []
        self._started = False
        self._tasks: set[asyncio.Task[None]] = set()
        self._upstreams = upstreams
        self._line = line = _line(settings)
        self._ledger = Ledger(line)
        self._budgets: list[UpstreamBudget] = []
        handles = {
            each.name: self._handle(each, upstreams[each.name], port) for each in self._subgraphs
        }
        self.cache = ReadThrough(
            None if line is None else RedisStore(line), remaining_s=remaining_s
        )
        self.runtime = Runtime(
            cache=self.cache,
            upstreams=handles,
            loaders={
                port: kind for each in self._subgraphs for port, kind in each.provides.items()
            },
            nodes={name: find for each in self._subgraphs for name, find in each.nodes.items()},
            fill_s=settings.deadline_s,
        )
        limits = Limits(
            max_depth=settings.max_depth,
            max_tokens=settings.max_tokens,
            max_aliases=settings.max_aliases,
        )
        self._engine = Engine(build_schema()._schema, limits)  # noqa: SLF001 - the engine runs below Strawberry
        self._locale = Locale(language=settings.language, region=settings.region)

    @property
    def shares(self) -> bool:
        """Whether other processes share the cache."""
        return self._line is not None

    async def execute(self, params: GraphQLParams, request: Request) -> ExecutionAnswer:
        """Run one operation of one HTTP request."""
        locale = negotiate(request.headers.get("accept-language"), self._locale)
        asked = request.headers.get("x-freshness", "").strip().lower()
        freshness = FreshnessLog(everything=asked == "all")
        context = GraphContext(runtime=self.runtime, locale=locale, freshness=freshness)
        operation = Operation(
            query=params.query,
            variables=params.variables,
            name=params.operation_name,
            read_only=params.read_only,
        )
        with limit(self._deadline_s(request)):
            outcome = await self._engine.run(operation, context)
        told = freshness.shown()
        return ExecutionAnswer(
            body={**outcome.body, "extensions": {"freshness": told}} if told else outcome.body,
            executed=outcome.executed,
            headers={"Vary": _VARY, **freshness.headers()},
            status=HTTPStatus.METHOD_NOT_ALLOWED if outcome.forbidden else None,
        )

    def _deadline_s(self, request: Request) -> float:
        """The gateway's deadline, or less where the client has less time; nonsense is ignored."""
        asked = request.headers.get("x-deadline-ms", "")
        most_s = self._settings.deadline_s
        return min(most_s, int(asked) / 1000) if _MILLISECONDS.fullmatch(asked) else most_s

    async def ready(self) -> Mapping[str, str]:
        """What keeps us from serving; upstreams and Redis do not, what is cached is served."""
        return {} if self._started else {"start": "upstreams are being asked"}

    async def start(self) -> None:
        """Let every upstream that is on prepare itself; none of them can hold the start up."""
        await asyncio.gather(*(budget.look() for budget in self._budgets))
        for each in self._subgraphs:
            client = self.runtime.upstreams[each.name].client
            if each.start is not None and client is not None:
                self._spawn(_until_started(each, client))
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=_START_PATIENCE_S)
        self._begin_background()
        self._started = True

    async def aclose(self) -> None:
        """Close every socket."""
        self._started = False
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await asyncio.gather(*(budget.aclose() for budget in self._budgets))
        await self.cache.aclose()
        await asyncio.gather(*(port.aclose() for port in self._ports))

    def _begin_background(self) -> None:
        """Let upstreams work beside the operations."""
        notes = Notes(self._line)
        for each in self._subgraphs:
            handle = self.runtime.upstreams[each.name]
            if each.background is None or handle.client is None:
                continue
            name = f"{each.name}:{handle.scope}"
            context = BackgroundContext(
                settings=self._upstreams[each.name],
                name=name,
                leader=Leader(self._line, name),
                notes=notes,
                purge=self.cache.purge,
            )
            self._spawn(_until_done(each, handle.client, context))

    def _spawn(self, work: Coroutine[object, object, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _handle(
        self, subgraph: Subgraph[Any, Any], settings: UpstreamSettings, port: PortFactory
    ) -> UpstreamHandle:
        if not settings.enabled:
            return UpstreamHandle(name=subgraph.name)
        made = port(subgraph.name, subgraph.pool)
        self._ports.append(made)
        scope = hashlib.blake2b(settings.base_url.encode(), digest_size=4).hexdigest()
        http = UpstreamHttp(
            subgraph.name,
            made,
            base_url=settings.base_url,
            headers=settings.headers(),
            limits=subgraph.limits(settings),
            classify=subgraph.classify,
            hedged=subgraph.hedged,
            budget=self._budget(subgraph, settings, scope),
        )
        return UpstreamHandle(
            name=subgraph.name,
            scope=scope,
            client=subgraph.client(http, settings),
            http=http,
        )

    def _budget(
        self, subgraph: Subgraph[Any, Any], settings: UpstreamSettings, scope: str
    ) -> UpstreamBudget | None:
        specs = subgraph.budgets(settings)
        if not specs:
            return None
        budget = UpstreamBudget(
            subgraph.name,
            specs,
            ledger=self._ledger,
            scope=scope,
            replicas=self._settings.replicas,
        )
        self._budgets.append(budget)
        return budget


async def _until_started(subgraph: Subgraph[Any, Any], client: object) -> None:
    while subgraph.start is not None:
        try:
            await subgraph.start(client)
        except UpstreamError:
            await asyncio.sleep(_START_RETRY_S)
        else:
            return


async def _until_done(
    subgraph: Subgraph[Any, Any], client: object, context: BackgroundContext[Any]
) -> None:
    """Begin again after whatever went wrong: nobody else would."""
    while subgraph.background is not None:
        try:
            await subgraph.background(client, context)
        except Exception:  # noqa: BLE001 - nobody waits for it, and serving must go on
            _LOG.exception("background work failed", extra={"upstream": subgraph.name})
            await asyncio.sleep(_START_RETRY_S)
        else:
            return


def _line(settings: GatewaySettings) -> RedisLine | None:
    url = settings.redis_url
    return None if url is None or url == "off" else RedisLine(url)


def _spare_collections() -> None:
    """Collect garbage less often: a cache of parsed values is a large heap without any.

    With Python's own thresholds a burst of cold pages spent a third of its time looking for cycles.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 50, 100)


def create_app(settings: GatewaySettings, gateway: Gateway) -> FastAPI:
    """Make the ASGI app around a gateway; its lifespan starts and closes it."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        await gateway.start()
        _spare_collections()
        try:
            yield
        finally:
            await gateway.aclose()

    app = FastAPI(title="Marquee", lifespan=lifespan, openapi_url=None, docs_url=None)
    app.router.routes.extend(
        routes(
            execute=gateway.execute,
            sdl=print_sdl(),
            ready=gateway.ready,
            graphiql=settings.graphiql,
            max_body_bytes=settings.max_body_bytes,
        )
    )
    if settings.admin_token is not None:
        token = settings.admin_token.get_secret_value()
        app.router.routes.extend(admin_routes(gateway.cache, token=token, shared=gateway.shares))
    if settings.cors_origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=list(settings.cors_origins),
            allow_methods=["GET", "POST"],
            allow_headers=["*"],
        )
    if settings.trusted_hosts:
        app.add_middleware(TrustedHostMiddleware, allowed_hosts=list(settings.trusted_hosts))
    return app


def app_from_env() -> FastAPI:
    """Make the app from environment variables: what each worker of ``gateway serve`` runs.

    Raises:
        ConfigError: A setting is wrong; the message names it.
    """
    settings = GatewaySettings.from_environ(os.environ)
    setup_logging(settings.log_level, json=settings.log_format == "json")
    classes = {each.name: each.settings for each in load_subgraphs()}
    upstreams = resolve_upstreams(classes, os.environ)
    return create_app(settings, Gateway(settings, upstreams))
