"""What the gateway serves over HTTP beside operations."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.routing import BaseRoute, Route

from gateway.edge.identity.ready_made import ReadyMade
from gateway.web import pages
from gateway.web.bundle import Bundle
from gateway.web.offered import OfferingPage

__all__ = ["Bundle", "routes"]


def routes(
    *,
    sdl: str,
    ready: pages.Ready,
    graphiql: bool,
    trusted_only: bool = False,
    offered: Sequence[ReadyMade] = (),
) -> list[BaseRoute]:
    """Every path of the gateway that is not an operation's.

    Args:
        sdl: The schema as ``/schema.graphql`` shows it.
        ready: Names what is not ready and why; empty when traffic may come.
        graphiql: Whether a browser's visit of ``/graphql`` gets GraphiQL.
        trusted_only: Whether it is told instead that GraphiQL's operations would not be run.
        offered: Keys that GraphiQL lets visitors from this machine pick.
    """
    bundle = Bundle.load() if graphiql else None
    page = pages.trusted_page() if trusted_only else OfferingPage(bundle, offered)
    found: list[BaseRoute] = [
        Route("/schema.graphql", pages.SchemaPage(sdl).__call__),
        Route("/health/live", pages.live),
        Route("/health/ready", pages.ReadyPage(ready).__call__),
        Route("/static/{name:path}", pages.StaticFiles(bundle).__call__),
    ]
    return [Route("/graphql", page), *found] if graphiql else found
