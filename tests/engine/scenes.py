"""The gateway's own schema over its sandbox: two executors hear the same from the upstreams."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any, Final
from urllib.parse import urlsplit
from zlib import crc32

import httpx
from graphql import GraphQLSchema
from graphql.execution import get_variable_values
from graphql.execution.values import VariableValues

from gateway.app import Gateway
from gateway.engine.prepared import Prepared
from gateway.graph.context import GraphContext
from gateway.graph.freshness import FreshnessLog
from gateway.graph.locale import Locale
from gateway.registry import load_subgraphs
from gateway.sandbox import Sandbox
from gateway.schema import build_schema
from gateway.settings import GatewaySettings, UpstreamSettings, resolve_upstreams
from gateway.transport.httpx_port import HttpxPort
from gateway.transport.port import HttpAnswer
from tests.engine.landing import Landing
from tests.engine.world import Call, Path

_ORIGIN: Final = "http://sandbox"
_REFUSALS: Final = (401, 403)  # nothing that is tried again


class Record:
    """Each upstream answer, fetched once from the sandbox."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str], HttpAnswer] = {}
        self._port = HttpxPort(httpx.ASGITransport(app=Sandbox().app()))

    async def answer(
        self, method: str, url: str, headers: Mapping[str, str], timeout_s: float
    ) -> HttpAnswer:
        """What the sandbox said when it was asked first."""
        known = self._known.get((method, url))
        if known is None:
            known = await self._port.send(method, url, headers=headers, timeout_s=timeout_s)
            self._known[method, url] = known
        return known


@dataclass(frozen=True, slots=True)
class ScenePort:
    """An upstream whose answers land in a seeded order; paths of a seed are refused."""

    record: Record
    landing: Landing
    seed: int
    faults: float
    asked: Counter[str]

    async def send(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str],
        body: bytes | None = None,
        timeout_s: float,
    ) -> HttpAnswer:
        """See ``HttpPort.send``."""
        assert body is None
        path = urlsplit(url).path
        self.asked[path] += 1
        fate = Random(self.seed ^ crc32(path.encode()))
        answer = await self.record.answer(method, url, headers, timeout_s)
        await self.landing.wait_for(None)
        if fate.random() < self.faults:
            kind = {"content-type": "application/json"}
            return HttpAnswer(status=fate.choice(_REFUSALS), headers=kind, body=b"{}")
        return answer

    async def aclose(self) -> None:
        """Nothing is held open."""


def _settings() -> tuple[GatewaySettings, Mapping[str, UpstreamSettings]]:
    classes = {each.name: each.settings for each in load_subgraphs()}
    given: dict[str, str] = {"GATEWAY_REDIS_URL": "off"}
    for settings in resolve_upstreams(classes, {}).values():
        given |= settings.in_sandbox(_ORIGIN)
    return GatewaySettings.from_environ(given), resolve_upstreams(classes, given)


@dataclass(slots=True)
class Scene:
    """A gateway that has served nobody yet, and the context of its first operation."""

    core: GraphQLSchema
    landing: Landing
    gateway: Gateway
    asked: Counter[str]
    context: GraphContext = field(init=False)
    calls: Counter[Call] = field(default_factory=Counter)
    batches: dict[object, asyncio.Future[Any]] = field(default_factory=dict)
    noted: Callable[[Call], None] | None = None

    def __post_init__(self) -> None:
        self.context = GraphContext(
            runtime=self.gateway.runtime,
            locale=Locale(language="en", region="US"),
            freshness=FreshnessLog(everything=True),
        )

    @property
    def root(self) -> None:
        """Strawberry's root resolvers need none."""

    def begin(self, prepared: Prepared, variables: Mapping[str, object]) -> None:
        """Let the context read the document, as the engine does."""
        definitions = prepared.operation.variable_definitions or ()
        values = get_variable_values(self.core, definitions, dict(variables))
        assert isinstance(values, VariableValues)
        self.context.begin(self.core, prepared, values.coerced)

    def told(self) -> Iterator[tuple[Path, Call]]:
        """Errors beside data, and which upstream stands behind which field."""
        for error, path in self.context.partial:
            yield tuple(path), ("partial", str(error), tuple(path))
        for mark in self.context.freshness.marks:
            yield mark.path, ("mark", mark.upstream, mark.path)

    async def aclose(self) -> None:
        """Close the gateway."""
        await self.gateway.aclose()


@dataclass(frozen=True, slots=True)
class SceneCase:
    """A case of the gateway's own schema.

    Args:
        record: What the upstreams say.
        prepared: The operation.
        variables: As a client sent them.
        seed: Of what is refused.
        faults: How often.
    """

    record: Record
    prepared: Prepared
    variables: Mapping[str, Any]
    seed: int
    faults: float

    @property
    def core(self) -> GraphQLSchema:
        return build_schema()._schema

    def ground(self, order: int) -> Scene:
        """A fresh gateway, with a cold cache."""
        landing, asked = Landing(order), Counter[str]()
        port = ScenePort(self.record, landing, self.seed, self.faults, asked)
        settings, upstreams = _settings()
        gateway = Gateway(settings, upstreams, port=lambda _, __: port)
        return Scene(self.core, landing, gateway, asked)
