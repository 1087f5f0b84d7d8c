"""Many clients of one endpoint who ask at once, and may go or lose patience."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from graphql import build_schema
from starlette.types import Message

from gateway.cache.readthrough import ReadThrough
from gateway.domain.viewer import Viewer
from gateway.edge import Drain
from gateway.edge.answers.answers import Answers
from gateway.edge.answers.question import Questions
from gateway.edge.answers.shelf import Shelf
from gateway.edge.graphql.endpoint import GraphQLEndpoint
from gateway.edge.graphql.fields import Fields
from gateway.edge.graphql.intake import Intake
from gateway.edge.graphql.pipeline import Pipeline
from gateway.edge.graphql.ports import Asked, Clients
from gateway.edge.graphql.reply import Answer
from gateway.engine.prepared import Prepared
from gateway.graph.cache_policy import AnswerPolicies
from gateway.graph.freshness import FreshnessLog
from gateway.graph.locale import Locale, Locales
from gateway.transport.deadline import Deadline, deadline
from tests.answers.hinted import DIRECTIVE, written_hint
from tests.edge.played import Played, gate_of, nothing

SDL = "type Query { a: Int own: Int @cacheControl(maxAge: 900, scope: PRIVATE) }"
PLAIN = ((b"host", b"a"), (b"content-type", b"application/json"))
DEADLINE_S = 5.0


class Kitchen(Played):
    """Numbers its answers; those in ``errors`` come first."""

    def __init__(self) -> None:
        super().__init__()
        self.errors: list[Exception | str] = []
        self.deadlines: list[Deadline | None] = []

    async def run(self, *_: object) -> Answer:
        number = self.begun + 1
        self.deadlines.append(deadline.get())
        error = self.errors.pop(0) if self.errors else None
        await super().run()
        if isinstance(error, Exception):
            raise error
        body: dict[str, object] = {"data": {"number": number}}
        if error is not None:
            body["errors"] = [{"message": "no", "extensions": {"code": error}}]
        return Answer(body, executed=True, freshness=FreshnessLog())


@dataclass(slots=True)
class Desk:
    """Whoever asks for a request's sender has read its head: counts those that were read."""

    read: int = 0

    async def of(self, _: Fields) -> Viewer | None:
        self.read += 1
        return None


@dataclass(slots=True)
class Till:
    """An allowance without end."""

    spent: int = 0

    def check(self, *_: object) -> None:
        return

    async def spend(self, _: Prepared | None, asked: Asked) -> None:
        self.spent += 1
        asked.more = ((b"ratelimit", b"%d" % self.spent),)

    def refund(self, *_: object) -> None:
        self.spent -= 1


@dataclass(eq=False, slots=True)
class Client:
    """One request over a connection."""

    body: bytes
    gone: asyncio.Event = field(default_factory=asyncio.Event)
    sent: list[Message] = field(default_factory=list)
    task: asyncio.Task[None] | None = None
    _is_read: bool = False

    async def receive(self) -> Message:
        if not self._is_read:
            self._is_read = True
            return {"type": "http.request", "body": self.body, "more_body": False}
        await self.gone.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Message) -> None:
        self.sent.append(message)

    async def answered(self) -> Client:
        assert self.task is not None
        await self.task
        return self

    @property
    def status(self) -> int:
        status: int = self.sent[0]["status"]
        return status

    @property
    def told(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.sent[1]["body"])
        return found

    @property
    def number(self) -> int:
        number: int = self.told["data"]["number"]
        return number

    def header(self, name: bytes) -> bytes | None:
        return dict(self.sent[0]["headers"]).get(name)


class Crowd:
    """An endpoint that shares what is under way, and all who ask it."""

    def __init__(self, cache: ReadThrough, *, clients: Clients | None = None) -> None:
        self.kitchen = Kitchen()
        self.desk = Desk()
        self.cache = cache
        policies = AnswerPolicies(build_schema(DIRECTIVE + SDL), written_hint)
        locales = Locales(Locale(language="en-US", region="US"))
        questions = Questions(policies, locale_of=locales.of, realm="test")
        self.answers = Answers(questions, Shelf(cache), keeps=False)
        self.drain = Drain(nothing, lasts_s=0)
        self._endpoint = GraphQLEndpoint(
            intake=Intake(max_body_bytes=1024, max_batch=3),
            pipeline=Pipeline(self.kitchen, gate_of(99), answers=self.answers, clients=clients),
            drain=self.drain,
            page=None,
            deadline_s=DEADLINE_S,
            hot=self.answers.hot,
            identity=self.desk,
        )

    async def ask(self, query: str = "{ a }", *more: tuple[bytes, bytes]) -> Client:
        """Send a request; what can be done at once has been when this returns."""
        return await self.send(json.dumps({"query": query}).encode(), *more)

    async def send(self, body: bytes, *more: tuple[bytes, bytes]) -> Client:
        client = Client(body)
        scope = {"type": "http", "method": "POST", "path": "/graphql", "headers": [*PLAIN, *more]}
        task = asyncio.create_task(self._endpoint(scope, client.receive, client.send))
        client.task = task
        await asyncio.sleep(0)
        return client

    async def served(self, *clients: Client) -> Sequence[Client]:
        """Let all that runs end."""
        self.kitchen.open.set()
        return [await each.answered() for each in clients]
