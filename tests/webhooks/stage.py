"""A book, endpoints and a worker on one database, under clocks that stand still."""

from __future__ import annotations

import itertools
import time
from dataclasses import dataclass, field
from functools import partial

from gateway.domain.request_log import RequestEventKind
from gateway.domain.request_outcomes import Changed, Created
from gateway.domain.request_rules import Actor, Step
from gateway.domain.request_store import Wish
from gateway.domain.role import Role
from gateway.domain.webhook import Delivery, Endpoint
from gateway.graph.ids import global_id
from gateway.transport.clock import Clock
from gateway.transport.pinned import PinnedSender
from gateway.upstreams.book.client import Book
from gateway.upstreams.book.database import Database
from gateway.upstreams.book.webhooks import Webhooks
from gateway.webhooks.courier import Courier
from gateway.webhooks.signing import key_of, shown
from gateway.webhooks.takeover import Takeover
from gateway.webhooks.worker import Worker
from tests.requests.behind import WallClock

SECRET = b"server-secret-server-secret-1234"
SCOPE = "book"


@dataclass
class Stage:
    """Everything that a test moves by hand."""

    database: Database
    clock: WallClock = field(default_factory=WallClock)
    films: itertools.count[int] = field(default_factory=lambda: itertools.count(1))
    names: itertools.count[int] = field(default_factory=lambda: itertools.count(1))
    die: float = 0.0

    def __post_init__(self) -> None:
        self.book = Book(self.database, now=self.clock)
        self.store = Webhooks(self.database)
        self.worker = self.another()

    def another(
        self, scope: str = SCOPE, clock: Clock = time.monotonic, patience_s: float = 0.0
    ) -> Worker:
        """A worker, as in a process of its own."""
        takeover = Takeover(outbox=self.book, scope=scope, store=self.store, name=global_id)
        courier = Courier(
            self.store,
            PinnedSender(private=True, timeout_s=2.0, clock=clock),
            partial(key_of, SECRET),
            now=self.clock,
            clock=clock,
            dice=lambda: self.die,
        )
        return Worker(takeover, courier, self.store, now=self.clock, patience_s=patience_s)

    async def look(self, worker: Worker | None = None) -> None:
        """Let everything happen that can happen now."""
        await self.begin(worker)
        await (worker or self.worker).settled()

    async def begin(self, worker: Worker | None = None) -> None:
        """Let everything begin that can happen now."""
        while await (worker or self.worker).look() == 0.0:
            pass

    async def person(self, name: str = "Ann", role: Role = Role.REQUESTER) -> Actor:
        user = await self.book.enrol(f"test:{name}", name)
        return Actor(user_id=user.user_id, role=role)

    async def ask(self) -> int:
        """One event: a request for a film that nobody asked for."""
        made = await self.book.create(await self.person(), Wish(tmdb_id=next(self.films)))
        assert isinstance(made, Created)
        return made.request.request_id

    async def decide(self, request_id: int, step: Step = Step.APPROVE) -> None:
        """One event more."""
        manager = await self.person("Max", Role.MANAGER)
        done = await self.book.decide(manager, request_id, step)  # type: ignore[arg-type]
        assert isinstance(done, Changed), done

    async def endpoint(
        self, url: str, *, kinds: frozenset[RequestEventKind] | None = None
    ) -> Endpoint:
        """One that is told what happens from now on."""
        now = self.clock()
        made = Endpoint(
            endpoint_id=f"e{next(self.names)}",
            url=url,
            created_at=now,
            kinds=kinds,
        )
        assert await self.store.add(made)
        return made

    async def as_kept(self, endpoint: Endpoint) -> Endpoint:
        """As it is now."""
        (found,) = [
            e for e in await self.store.endpoints() if e.endpoint_id == endpoint.endpoint_id
        ]
        return found

    async def log(self, endpoint: Endpoint) -> list[Delivery]:
        """Its deliveries, oldest first."""
        return list(await self.store.deliveries(endpoint.endpoint_id, most=1000))[::-1]


def secret_of(endpoint: Endpoint) -> str:
    return shown(key_of(SECRET, endpoint.endpoint_id))
