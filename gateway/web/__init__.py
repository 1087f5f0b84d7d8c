"""What the gateway serves over HTTP; the graph behind it is injected."""

from __future__ import annotations

from starlette.routing import BaseRoute, Route

from gateway.web import pages
from gateway.web.bundle import Bundle
from gateway.web.graphql import Execute, ExecutionAnswer, GraphQLParams, GraphQLView

__all__ = ["Bundle", "Execute", "ExecutionAnswer", "GraphQLParams", "routes"]


def routes(
    *, execute: Execute, sdl: str, ready: pages.Ready, graphiql: bool, max_body_bytes: int
) -> list[BaseRoute]:
    """Every path of the gateway.

    Args:
        execute: Runs one operation.
        sdl: The schema as ``/schema.graphql`` shows it.
        ready: Names what is not ready and why; empty when traffic may come.
        graphiql: Whether a browser's GET of ``/graphql`` gets GraphiQL.
        max_body_bytes: Limit of a POST's body and of a GET's query string.
    """
    bundle = Bundle.load() if graphiql else None
    page = pages.graphiql_page(bundle) if graphiql else None
    view = GraphQLView(execute=execute, page=page, max_body_bytes=max_body_bytes)
    return [
        Route("/", pages.to_graphql),
        Route("/graphql", view),
        Route("/schema.graphql", pages.SchemaPage(sdl).__call__),
        Route("/health/live", pages.live),
        Route("/health/ready", pages.ReadyPage(ready).__call__),
        Route("/static/{name:path}", pages.StaticFiles(bundle).__call__),
    ]
