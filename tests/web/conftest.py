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
from starlette.requests import Request

from gateway.web import ExecutionAnswer, GraphQLParams, routes

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


def refused(message: str, code: str, status: HTTPStatus | None = None) -> ExecutionAnswer:
    body = {"errors": [{"message": message, "extensions": {"code": code}}]}
    return ExecutionAnswer(body, executed=False, status=status)


async def execute(params: GraphQLParams, _request: Request) -> ExecutionAnswer:
    """What app.py does with the real schema, as briefly as a test may."""
    try:
        document = parse(params.query)
    except GraphQLError as exc:
        return refused(exc.message, "GRAPHQL_PARSE_FAILED")
    operation: OperationDefinitionNode | None = get_operation_ast(document, params.operation_name)
    if operation is None:
        return refused("Unknown operation.", "OPERATION_RESOLUTION_FAILURE")
    if params.read_only and operation.operation is not OperationType.QUERY:
        return refused("Use POST.", "MUTATION_OVER_GET", HTTPStatus.METHOD_NOT_ALLOWED)
    result = await SCHEMA.execute(
        params.query, variable_values=params.variables, operation_name=params.operation_name
    )
    body: dict[str, object] = {}
    if result.errors:
        body["errors"] = [error.formatted for error in result.errors]
    executed = result.data is not None or not isinstance(result.errors, list)
    return ExecutionAnswer(
        {**body, "data": result.data} if executed else body,
        executed=executed,
        headers={"X-Executed": str(executed).lower()},
    )


async def all_ready() -> Mapping[str, str]:
    return {}


@asynccontextmanager
async def _connect(
    *,
    ready: Callable[[], Awaitable[Mapping[str, str]]] = all_ready,
    run: Callable[[GraphQLParams, Request], Awaitable[ExecutionAnswer]] = execute,
    graphiql: bool = True,
    max_body_bytes: int = 4096,
) -> AsyncIterator[httpx.AsyncClient]:
    app = Starlette(
        routes=routes(
            execute=run, sdl=SDL, ready=ready, graphiql=graphiql, max_body_bytes=max_body_bytes
        )
    )
    transport = httpx.ASGITransport(app=app)
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
