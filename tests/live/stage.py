"""A gateway over the small schema, without a server."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import cast

from starlette.applications import Starlette
from starlette.types import ASGIApp

from gateway.app.telling import Telling, Told
from gateway.domain.role import Role
from gateway.domain.viewer import Viewer
from gateway.edge import Drain, Edge, Gate
from gateway.edge.graphql.documents import Documents
from gateway.edge.graphql.endpoint import GraphQLEndpoint
from gateway.edge.graphql.fields import Fields
from gateway.edge.graphql.intake import Intake
from gateway.edge.graphql.pipeline import Pipeline
from gateway.edge.graphql.ports import Asked, Clients
from gateway.edge.graphql.reply import Answer
from gateway.edge.identity.refusals import unauthenticated, unavailable
from gateway.edge.live.doors import Doors
from gateway.edge.live.events import Streams
from gateway.edge.live.origins import PageOrigins
from gateway.edge.live.room import Room, RoomLimits
from gateway.engine.execute import Engine, Outcome
from gateway.engine.limits import Limits
from gateway.engine.prepared import Prepared
from gateway.graph.context import GraphContext, Runtime
from gateway.graph.locale import Locale
from gateway.web import routes
from tests.live.radio import SCHEMA, Radio


class Graph:
    """What the app does with the real schema, over this one."""

    def __init__(self, radio: Radio) -> None:
        self.radio = radio
        self._engine = Engine(SCHEMA._schema, Limits())
        self.telling = Telling(self._engine, self._context, deadline_s=5.0)

    def known(self, query: str, name: str | None) -> Prepared | None:
        return self._engine.known(query, name)

    def prepare(self, query: str, name: str | None) -> Prepared | Outcome:
        return self._engine.prepare(query, name)

    async def run(self, prepared: Prepared, asked: Asked) -> Answer:
        context = self._context(prepared, asked)
        params = asked.params
        outcome = await self._engine.run(
            prepared, params.variables, context, read_only=params.read_only
        )
        status = HTTPStatus.METHOD_NOT_ALLOWED if outcome.forbidden else None
        return Answer(outcome.body, outcome.executed, status=status)

    async def subscribe(self, prepared: Prepared, asked: Asked) -> Answer | Told:
        return await self.telling.begin(prepared, asked)

    def _context(self, _: Prepared, asked: Asked) -> GraphContext:
        return GraphContext(
            runtime=cast("Runtime", self.radio),
            locale=Locale(language="en", region="US"),
            viewer=asked.caller.viewer,
        )


class People:
    """Knows ``Bearer <name>``, until a name is struck out."""

    def __init__(self) -> None:
        self.gone: set[str] = set()
        self.is_away = False

    async def of(self, fields: Fields) -> Viewer | None:
        sent = fields.get(b"authorization") or fields.get(b"cookie")
        if sent is None:
            return None
        if self.is_away:
            raise unavailable()
        name = sent.decode().rpartition(" ")[2]
        if name in self.gone or name == "nobody":
            raise unauthenticated()
        return Viewer(id=f"key:{name}", display_name=name, role=Role.REQUESTER)


async def nothing() -> Mapping[str, str]:
    return {}


@dataclass(slots=True)
class House:
    """A gateway that can be followed."""

    app: ASGIApp
    graph: Graph
    radio: Radio
    room: Room
    drain: Drain
    people: People
    gate: Gate


def house_of(
    *,
    limits: RoomLimits | None = None,
    origins: tuple[str, ...] = (),
    init_s: float = 3.0,
    patience_s: float = 30.0,
    keep_alive_s: float = 12.0,
    deadline_s: float = 5.0,
    documents: Documents | None = None,
    clients: Clients | None = None,
    max_bytes: int = 8192,
    max_batch: int = 1,
) -> House:
    radio, people = Radio(), People()
    graph = Graph(radio)
    drain = Drain(nothing, lasts_s=0)
    gate = Gate(most=4)
    pages = Starlette(routes=routes(sdl="type Query", ready=drain.ready, graphiql=True))
    pipeline = Pipeline(graph, gate, documents, clients=clients, subscriptions=graph)
    room = Room(limits or RoomLimits(), drain, people)
    doors = Doors(
        pipeline=pipeline,
        identity=people,
        room=room,
        origins=PageOrigins(origins),
        deadline_s=deadline_s,
        max_message_bytes=max_bytes,
        init_s=init_s,
        patience_s=patience_s,
    )
    endpoint = GraphQLEndpoint(
        intake=Intake(max_body_bytes=max_bytes, max_batch=max_batch),
        pipeline=pipeline,
        drain=drain,
        page=pages,
        deadline_s=deadline_s,
        identity=people,
        streams=Streams(room, doors.origins, keep_alive_s, patience_s),
    )
    app = Edge(pages, endpoint, drain, sockets=doors)
    return House(app, graph, radio, room, drain, people, gate)


async def turns(count: int = 30) -> None:
    for _ in range(count):
        await asyncio.sleep(0)
