"""What one operation carries: who asks, in which language, and its loaders."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from graphql import GraphQLSchema
from strawberry.types import Info as StrawberryInfo

from gateway.cache.readthrough import ReadThrough
from gateway.domain.request_rules import Actor
from gateway.domain.request_store import RequestStore
from gateway.domain.viewer import Viewer
from gateway.engine.prepared import Prepared
from gateway.errors import GatewayError
from gateway.events.feed import Feed
from gateway.graph.freshness import FreshnessLog
from gateway.graph.locale import Locale
from gateway.graph.members import Members
from gateway.graph.pending import Pending
from gateway.graph.selection import NO_WANTS, MovieWants, wants
from gateway.graph.writes import Writes
from gateway.transport.budget import BudgetState
from gateway.transport.health import UpstreamHealth
from gateway.transport.http import UpstreamHttp

if TYPE_CHECKING:
    from gateway.graph.loader import Loader

C = TypeVar("C")
L = TypeVar("L")

NodeResolver = Callable[["Info", "tuple[str, ...]"], Awaitable[object | None]]


class Health(Protocol):
    """Whatever knows how an upstream is."""

    def status(self) -> UpstreamHealth:
        """How it looks from here."""

    def quota(self) -> BudgetState | None:
        """What is left of its budget; ``None`` where none is counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UpstreamHandle:
    """One upstream as the graph sees it; without a client it is switched off.

    Args:
        name: As in the registry.
        scope: Tells its address from another of the same upstream, in cache keys.
        client: Its client.
        http: Its transport.
        health: How it is.
    """

    name: str
    scope: str = ""
    client: object | None = None
    http: UpstreamHttp | None = None
    health: Health | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Runtime:
    """What all operations of a process share."""

    cache: ReadThrough
    upstreams: Mapping[str, UpstreamHandle]
    loaders: Mapping[type, type[Loader[Any, Any, Any]]]  # a port, and the loader that provides it
    fill_s: float  # what a shared fill may take, whatever is left to the operation that began it
    nodes: Mapping[str, NodeResolver]  # type name, and who finds one by its id
    store: RequestStore | None = None  # None: nobody keeps requests
    members: Members | None = None  # the store's
    feed: Feed | None = None  # of the store's log
    writes: Writes = field(default_factory=Writes)
    clients: dict[type, Any] = field(default_factory=dict)  # by class, as they were asked for


@dataclass(slots=True)
class GraphContext:
    """One operation's own state; it ends with the operation."""

    runtime: Runtime
    locale: Locale
    viewer: Viewer | None = None  # None: anonymous
    freshness: FreshnessLog = field(default_factory=FreshnessLog)
    pending: Pending = field(default_factory=Pending)
    partial: list[tuple[GatewayError, list[str | int]]] = field(default_factory=list)
    _loaders: dict[type, Any] = field(default_factory=dict)
    wants: MovieWants = NO_WANTS  # of movies, in the whole operation
    resume: str | None = None  # where a broken stream goes on, over what its document says

    @property
    def tags(self) -> set[str]:
        """What the answer is to be purged by; whoever shows an entity adds its tag."""
        return self.freshness.tags

    @property
    def cache(self) -> ReadThrough:
        """The read-through cache of this process."""
        return self.runtime.cache

    def client(self, kind: type[C]) -> C | None:
        """The client of that class, or ``None`` when its upstream is off."""
        known = self.runtime.clients
        if kind not in known:
            clients = (handle.client for handle in self.runtime.upstreams.values())
            known[kind] = next((each for each in clients if isinstance(each, kind)), None)
        found: C | None = known[kind]
        return found

    def need(self, kind: type[C]) -> C:
        """The client of that class; loaders are only run when their upstream is on."""
        client = self.client(kind)
        if client is None:
            raise LookupError(f"{kind.__name__}: its upstream is off")
        return client

    def enabled(self, upstream: str) -> bool:
        """Whether an upstream is there to be asked."""
        handle = self.runtime.upstreams.get(upstream)
        return handle is not None and handle.client is not None

    def provided(self, port: type) -> bool:
        """Whether an upstream that is on provides a port."""
        concrete = self.runtime.loaders.get(port)
        return concrete is not None and self.enabled(concrete.upstream)

    async def actor(self) -> Actor | None:
        """The viewer as a user of whoever keeps the requests; ``None``: they are nobody there.

        Raises:
            UpstreamError: The store gave no usable answer.
        """
        members, viewer = self.runtime.members, self.viewer
        if members is None or viewer is None:
            return None
        user = await members.of(viewer)
        return None if user is None else Actor(user_id=user.user_id, role=viewer.role)

    def loader(self, kind: type[L]) -> L:
        """The operation's loader of that class, or of the class that provides that port."""
        made: L | None = self._loaders.get(kind)
        if made is None:
            concrete: Any = self.runtime.loaders.get(kind, kind)
            made = self._loaders.setdefault(concrete, concrete(self))
            self._loaders[kind] = made
        return made

    def forget_loaded(self) -> None:
        """Let whatever is loaded from now on be loaded anew: something has changed."""
        self._loaders.clear()

    def begin(
        self, schema: GraphQLSchema, prepared: Prepared, variables: Mapping[str, object]
    ) -> None:
        """Hear what is about to run; ``variables`` are coerced."""
        self.wants = wants(schema, prepared, variables)

    def end(self) -> None:
        """Let go of the loaders: they know the context, and a circle waits for the collector."""
        self._loaders.clear()

    def report(self, error: GatewayError, path: Sequence[str | int]) -> None:
        """Add an error beside data that is there all the same."""
        self.partial.append((error, list(path)))


Info = StrawberryInfo[GraphContext, None]


def path_of(info: Info) -> list[str | int]:
    """The response path of the field being resolved."""
    return list(info.path.as_list())


__all__ = ["GraphContext", "Info", "NodeResolver", "Runtime", "UpstreamHandle", "path_of"]
