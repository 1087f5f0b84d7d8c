"""The HTTP view over a small schema of its own: what is tested here knows no movies."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from http import HTTPStatus

import httpx
import pytest
import strawberry
from graphql import GraphQLError, OperationDefinitionNode, OperationType, get_operation_ast, parse
from starlette.applications import Starlette

from gateway.edge import Drain, Edge, Gate
from gateway.edge.graphql.documents import Documents
from gateway.edge.graphql.endpoint import GraphQLEndpoint
from gateway.edge.graphql.intake import Intake
from gateway.edge.graphql.pipeline import Pipeline
from gateway.edge.graphql.ports import Asked, Graph
from gateway.edge.graphql.reply import Answer
from gateway.engine.execute import Outcome
from gateway.engine.prepared import Prepared
from gateway.web import routes

SDL = "type Query {\n  echo(text: String!): String!\n}\n"

Connect = Callable[..., AbstractAsyncContextManager[httpx.AsyncClient]]


@strawberry.type
class Query:
    @strawberry.field
    def echo(self, text: str) -> str:
        return text

    @strawberry.field
    def fails(self) -> str | None:
        raise ValueError("a resolver's own business")


@strawberry.type
class Mutation:
    @strawberry.mutation
    def change(self) -> bool:
        return True


SCHEMA = strawberry.Schema(query=Query, mutation=Mutation)


def refused(message: str, code: str) -> Outcome:
    body = {"errors": [{"message": message, "extensions": {"code": code}}]}
    return Outcome(body, executed=False)


class Echo:
    """What the app does with the real schema, as briefly as a test may."""

    def known(self, *_: object) -> Prepared | None:
        return None

    def prepare(self, query: str, name: str | None) -> Prepared | Outcome:
        try:
            document = parse(query)
        except GraphQLError as exc:
            return refused(exc.message, "GRAPHQL_PARSE_FAILED")
        operation: OperationDefinitionNode | None = get_operation_ast(document, name)
        if operation is None:
            return refused("Unknown operation.", "OPERATION_RESOLUTION_FAILURE")
        return Prepared(document, operation, query)

    async def run(self, prepared: Prepared, asked: Asked) -> Answer:
        params = asked.params
        if params.read_only and prepared.kind is not OperationType.QUERY:
            body = refused("Use POST.", "MUTATION_OVER_GET").body
            return Answer(body, executed=False, status=HTTPStatus.METHOD_NOT_ALLOWED)
        result = await SCHEMA.execute(
            asked.text, variable_values=params.variables, operation_name=params.operation_name
        )
        errors = [error.formatted for error in result.errors or ()]
        executed = result.data is not None or not isinstance(result.errors, list)
        body = {
            **({"errors": errors} if errors else {}),
            **({"data": result.data} if executed else {}),
        }
        return Answer(body, executed, {"X-Executed": str(executed).lower()})


async def all_ready() -> Mapping[str, str]:
    return {}


@asynccontextmanager
async def _connect(
    *,
    ready: Callable[[], Awaitable[Mapping[str, str]]] = all_ready,
    graph: Graph | None = None,
    graphiql: bool = True,
    max_body_bytes: int = 4096,
    max_batch: int = 1,
    documents: Documents | None = None,
    trusted_only: bool = False,
) -> AsyncIterator[httpx.AsyncClient]:
    drain = Drain(ready, lasts_s=0)
    pages = Starlette(
        routes=routes(sdl=SDL, ready=drain.ready, graphiql=graphiql, trusted_only=trusted_only)
    )
    endpoint = GraphQLEndpoint(
        intake=Intake(max_body_bytes=max_body_bytes, max_batch=max_batch),
        pipeline=Pipeline(graph or Echo(), Gate(most=16), documents),
        drain=drain,
        page=pages if graphiql else None,
        deadline_s=5.0,
    )
    transport = httpx.ASGITransport(app=Edge(pages, endpoint, drain))
    async with httpx.AsyncClient(transport=transport, base_url="http://gateway") as client:
        yield client


@pytest.fixture
def connect() -> Connect:
    """A client of a fresh gateway; arguments say what is different about it."""
    return _connect


@pytest.fixture
async def client(connect: Connect) -> AsyncIterator[httpx.AsyncClient]:
    async with connect() as found:
        yield found
