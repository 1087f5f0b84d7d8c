"""A graph whose operations end when the test says so, and requests that need no server."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

import httpx
from graphql import OperationDefinitionNode, parse
from starlette.applications import Starlette

from gateway.edge import Drain, Edge, Gate
from gateway.edge.graphql.endpoint import GraphQLEndpoint
from gateway.edge.graphql.intake import Intake
from gateway.edge.graphql.pipeline import Pipeline
from gateway.edge.graphql.reply import Answer
from gateway.engine.prepared import Prepared
from gateway.web import routes


class Played:
    """Every document is good, and every operation waits for ``open``."""

    def __init__(self) -> None:
        self.open = asyncio.Event()
        self.begun = 0
        self.ended = 0
        self.cancelled = 0
        self._read: dict[str, Prepared] = {}

    def prepare(self, query: str, *_: object) -> Prepared:
        document = parse(query)
        (operation,) = document.definitions
        assert isinstance(operation, OperationDefinitionNode)
        return self._read.setdefault(query, Prepared(document, operation, query))

    def known(self, query: str, *_: object) -> Prepared | None:
        return self._read.get(query)

    async def run(self, *_: object) -> Answer:
        self.begun += 1
        try:
            await self.open.wait()
        except asyncio.CancelledError:
            self.cancelled += 1
            raise
        self.ended += 1
        return Answer({"data": {}}, executed=True)


async def nothing() -> Mapping[str, str]:
    return {}


def gate_of(most: int = 2) -> Gate:
    return Gate(most=most)


def edge_of(graph: Any, drain: Drain | None = None, gate: Gate | None = None) -> Edge:  # noqa: ANN401 - a Graph
    drain = drain or Drain(nothing, lasts_s=0)
    pages = Starlette(routes=routes(sdl="type Query", ready=drain.ready, graphiql=True))
    endpoint = GraphQLEndpoint(
        intake=Intake(max_body_bytes=1024, max_batch=3),
        pipeline=Pipeline(graph, gate or gate_of()),
        drain=drain,
        page=pages,
        deadline_s=5.0,
    )
    return Edge(pages, endpoint, drain)


def client_of(app: Any) -> httpx.AsyncClient:  # noqa: ANN401 - any ASGI app
    transport = httpx.ASGITransport(app=app)
    return httpx.AsyncClient(transport=transport, base_url="http://gateway")


async def turns(count: int = 30) -> None:
    for _ in range(count):
        await asyncio.sleep(0)
