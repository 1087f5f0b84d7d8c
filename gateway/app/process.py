"""Everything of one process that lives as long as it serves."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

from gateway.app.answering import realm
from gateway.app.background import Background
from gateway.app.callers import identity_of
from gateway.app.executing import Executor
from gateway.app.following import feed_of
from gateway.app.hooks import hooks_of
from gateway.app.keeping import hearings, keeps_itself, make_runtime, open_book
from gateway.app.records import Records
from gateway.app.sizes import line_of, memory_bytes
from gateway.app.wiring import PortFactory, Wiring
from gateway.cache.leader import Leader
from gateway.cache.memory import MemoryStore
from gateway.cache.notes import Notes
from gateway.cache.persisted import PersistedDocuments
from gateway.cache.readthrough import ReadThrough
from gateway.cache.redis import RedisStore
from gateway.edge.answers.answers import Answers
from gateway.edge.answers.shelf import Shelf
from gateway.edge.clients import ClientLimits
from gateway.edge.graphql.documents import Documents
from gateway.edge.graphql.manifest import Manifest, check_manifest, read_manifest
from gateway.errors import ConfigError
from gateway.graph.context import Runtime
from gateway.quota.ledger import Ledger
from gateway.quota.tabs import Tabs
from gateway.registry import load_built_in, load_subgraphs
from gateway.settings import GatewaySettings, UpstreamSettings
from gateway.subgraph import BackgroundContext, Hearing
from gateway.transport.deadline import remaining_s
from gateway.transport.ports import make_port
from gateway.upstreams.book.settings import location, requests_location

_START_PATIENCE_S = 2.0


class Gateway:
    """The graph, its upstreams and its cache, without a way in.

    Args:
        settings: Of the gateway.
        upstreams: Of each registered upstream.
        port: Makes the HTTP client of an upstream, by its name; the settings' if not given.
        now: Seconds of the epoch, for the ages of what is cached.
    """

    def __init__(
        self,
        settings: GatewaySettings,
        upstreams: Mapping[str, UpstreamSettings],
        *,
        port: PortFactory | None = None,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._settings = settings
        self._upstreams = upstreams
        self._now = now
        self._subgraphs = [each for each in load_subgraphs() if each.name in upstreams]
        self._line = line_of(settings)
        self._background = Background()
        self._started = False
        self.records = Records(location(settings))
        asked_for = requests_location(settings)
        is_apart = asked_for != self.records.where
        self._requests = Records(asked_for) if is_apart else self.records
        self.identity = identity_of(settings, self.records)
        made = port or (lambda _, pool: make_port(settings.http_client, pool))
        self._wiring = Wiring(Ledger(self._line), made, replicas=settings.replicas)
        store = None if self._line is None else RedisStore(self._line)
        memory = MemoryStore(max_bytes=memory_bytes(settings))
        self.cache = ReadThrough(
            store,
            memory=memory,
            now=now,
            remaining_s=remaining_s,
            snapshots_only=not settings.cache,
        )
        runtime = self._runtime()
        url = settings.redis_url
        shared = None if self._line is None or url is None else (self._line, url)
        is_logged = settings.book != "off"
        self.feed = feed_of(runtime, self._requests.where, shared) if is_logged else None
        self.runtime = replace(runtime, feed=self.feed)
        self.executor = Executor(settings, self.runtime, self._units())
        self.clients = self._limits()

    @property
    def shares(self) -> bool:
        """Whether other processes share the cache."""
        return self._line is not None

    def documents(self, own: Manifest) -> Documents:
        """What operations may name instead of sending it.

        Args:
            own: The gateway's own, by id.

        Raises:
            ConfigError: The manifest of trusted documents is not one.
        """
        settings = self._settings
        path = settings.trusted_documents
        if settings.trusted_only and path is None:
            raise ConfigError("GATEWAY_TRUSTED_ONLY: GATEWAY_TRUSTED_DOCUMENTS is not set")
        return Documents(
            PersistedDocuments(self._line) if settings.persisted_queries else None,
            own if path is None else {**self._trusted(path), **own},
            only=settings.trusted_only,
        )

    def _trusted(self, path: Path) -> Manifest:
        manifest = read_manifest(path)
        check_manifest(manifest, self.executor, path)
        return manifest

    def answers(self) -> Answers:
        """Whole answers that are kept, and operations in flight that are shared."""
        questions = self.executor.questions(realm(self._upstreams))
        shelf = Shelf(self.cache, now=self._now)
        keeps = self._settings.cache and self._settings.answer_cache
        return Answers(questions, shelf, keeps=keeps)

    def _limits(self) -> ClientLimits | None:
        """What each client may spend; ``None``: anything."""
        most, replicas = self._settings.client_cost_per_minute, self._settings.replicas
        if not most:
            return None
        tabs = Tabs(Ledger(self._line), per_minute=most, replicas=replicas)
        return ClientLimits(self.executor.engine.costs, tabs, per_minute=most)

    async def ready(self) -> Mapping[str, str]:
        """What keeps us from serving; upstreams and Redis do not, what is cached is served."""
        return {} if self._started else {"start": "upstreams are being asked"}

    def hearings(self) -> Mapping[str, Hearing]:
        """Upstreams whose webhooks are listened to."""
        return hearings(self._subgraphs, self._upstreams, self.runtime)

    async def start(self) -> None:
        """Let every upstream that is on prepare itself; none of them can hold the start up.

        Raises:
            ConfigError: Requests are to be kept where they cannot be.
        """
        self.records.load()
        await open_book(self.runtime, self._requests, self._settings)
        await self._wiring.look()
        for each in self._subgraphs:
            self._background.start(each, self.runtime.upstreams[each.name].client)
        await self._background.settled(_START_PATIENCE_S)
        self._follow()
        if self.feed is not None:
            self.feed.start()
        self._started = True

    async def aclose(self) -> None:
        """Close every socket."""
        self._started = False
        await self.runtime.writes.aclose()
        if self.feed is not None:
            await self.feed.aclose()
        await self._background.aclose()
        await self._wiring.aclose()
        if self.clients is not None:
            await self.clients.aclose()
        await self.cache.aclose()
        await self.identity.aclose()
        await self.records.aclose()
        if self._requests is not self.records:
            await self._requests.aclose()

    def _runtime(self) -> Runtime:
        parts = self._subgraphs
        return make_runtime(
            parts,
            {e.name: self._wiring.connect(e, self._upstreams[e.name]) for e in parts},
            self._settings,
            cache=self.cache,
            line=self._line,
            records=self._requests,
        )

    def _units(self) -> Mapping[str, str]:
        """What is counted of each upstream that is on."""
        return {
            each.name: f"{each.name}{each.unit}"
            for each in self._subgraphs
            if self.runtime.upstreams[each.name].client is not None
        }

    def _follow(self) -> None:
        """Let upstreams, and the book, work beside the operations."""
        if keeps_itself(self.runtime):
            self._background.beside(load_built_in().background(self.runtime.store))
        hooks = hooks_of(self.runtime, self._requests, self._settings, self._line)
        if hooks is not None:
            self._background.beside(hooks.run())
        notes = Notes(self._line)
        for each in self._subgraphs:
            handle = self.runtime.upstreams[each.name]
            if handle.client is None:
                continue
            name = f"{each.name}:{handle.scope}"
            context = BackgroundContext(
                settings=self._upstreams[each.name],
                name=name,
                leader=Leader(self._line, name),
                notes=notes,
                purge=self.cache.outdate,
                store=self.runtime.store,
                nudge=(lambda: None) if self.feed is None else self.feed.nudge,
            )
            self._background.follow(each, handle.client, context)
