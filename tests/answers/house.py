"""Answers over a schema of one's own: executions that say who began them, when, and of what."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from graphql import build_schema

from gateway.cache.readthrough import ReadThrough
from gateway.edge.answers.answers import Answers
from gateway.edge.answers.question import Questions
from gateway.edge.answers.shelf import Shelf
from gateway.edge.graphql.negotiation import JSON
from gateway.edge.graphql.parameters import GraphQLParams
from gateway.edge.graphql.ports import Asked, Caller
from gateway.edge.graphql.reply import Answer, Reply
from gateway.engine.prepared import Prepared
from gateway.graph.cache_policy import AnswerPolicies
from gateway.graph.freshness import FreshnessLog
from gateway.graph.locale import Locale, Locales
from tests.answers.hinted import DIRECTIVE, prepared, written_hint

TAG = "movie:603"
ALL = "{ all }"
SDL = """
type Query {
  all: String @cacheControl(maxAge: 900)
  brief: String @cacheControl(maxAge: 20)
  own: String @cacheControl(maxAge: 900, scope: PRIVATE)
  never: String
}
type Mutation { change: String @cacheControl(maxAge: 900) }
"""


@dataclass(slots=True)
class World:
    """What executions find; ``door`` holds them at their end."""

    version: int = 0
    made: int = 0
    ended: int = 0
    failing: bool = False
    refusal: Exception | None = None
    door: asyncio.Event = field(default_factory=asyncio.Event)

    async def make(self, asked: Asked, name: str | None) -> Answer:
        """Execute: what is read is as old as the beginning, not as the end."""
        self.made += 1
        found = {
            "version": self.version,
            "number": self.made,
            "scope": asked.caller.scope,
            "language": asked.fields.get(b"accept-language", b"").decode(),
            "variables": json.dumps(asked.params.variables, sort_keys=True),
            "name": name,
        }
        is_failing = self.failing
        try:
            await self.door.wait()
        finally:
            self.ended += 1
        if self.refusal is not None:
            raise self.refusal
        log = FreshnessLog()
        log.tags.add(TAG)
        body: dict[str, object] = {"data": found}
        if is_failing:
            body["errors"] = [{"message": "no", "extensions": {"code": "UPSTREAM_UNAVAILABLE"}}]
        return Answer(body, executed=True, freshness=log)


class House:
    """One process over a cache."""

    def __init__(self, cache: ReadThrough, *, sdl: str = SDL, keeps: bool = True) -> None:
        self.world = World()
        self.world.door.set()
        self.cache = cache
        locales = Locales(Locale(language="en-US", region="US"))
        policies = AnswerPolicies(build_schema(DIRECTIVE + sdl), written_hint)
        questions = Questions(policies, locale_of=locales.of, realm="test")
        self.answers = Answers(questions, Shelf(cache, now=cache._now), keeps=keeps)
        self._prepared: dict[tuple[str, str | None], Prepared] = {}

    async def ask(self, text: str = ALL, **how: Any) -> Reply:  # noqa: ANN401 - see ``asked``
        """As the pipeline does it: peek, then get."""
        asked, operation = self.asked(text, **how)
        found = self.answers.peek(operation, asked)
        if found is not None:
            return found
        name = asked.params.operation_name
        return await self.answers.get(operation, asked, lambda: self.world.make(asked, name))

    def asked(
        self,
        text: str,
        *,
        scope: str = "",
        name: str | None = None,
        variables: Mapping[str, object] | None = None,
        read_only: bool = False,
        **fields: str,
    ) -> tuple[Asked, Prepared]:
        """A request, and its operation."""
        params = GraphQLParams(
            query=text,
            variables=dict(variables or {}),
            operation_name=name,
            read_only=read_only,
        )
        sent = {key.replace("_", "-").encode(): value.encode() for key, value in fields.items()}
        if (text, name) not in self._prepared:
            self._prepared[text, name] = prepared(text, name)
        asked = Asked(
            params=params,
            fields=sent,
            caller=Caller(scope=scope, key="someone"),
            media_type=JSON,
            deadline_s=5.0,
        )
        return asked, self._prepared[text, name]


def data(reply: Reply) -> dict[str, Any]:
    """What the execution found."""
    found: dict[str, Any] = json.loads(reply.body)["data"]
    return found


def header(reply: Reply, name: str) -> str | None:
    """One header of a reply."""
    return next((v.decode() for n, v in reply.headers if n == name.encode()), None)


async def turns(count: int = 8) -> None:
    """Let what can run run."""
    for _ in range(count):
        await asyncio.sleep(0)
