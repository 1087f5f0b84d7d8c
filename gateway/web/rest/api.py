"""The REST routes as one ASGI app."""

from __future__ import annotations

from collections.abc import Sequence
from http import HTTPStatus
from typing import Final

from fastapi import FastAPI, Request
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import BaseRoute, Match, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gateway.web.rest import lists, movies, openapi, requests
from gateway.web.rest.docs import DocsPage
from gateway.web.rest.entrance import adapt
from gateway.web.rest.meanings import DOCS
from gateway.web.rest.problems import not_found, problem
from gateway.web.rest.route import told
from gateway.web.rest.visit import Desk, Visit, visit_of

_ROUTERS: Final = (movies.router, lists.router, requests.router)


VERSION: Final = "1"
"""Of the routes; they only ever grow."""


def rest_app(desk: Desk) -> ASGIApp:
    """Make the app that answers below ``/api``."""
    app = FastAPI(
        title="Marquee",
        version=VERSION,
        openapi_url=None,
        exception_handlers={HTTPException: _of_router},
    )
    app.router.redirect_slashes = False
    for each in _ROUTERS:
        app.router.routes.extend(each.routes)
    document = openapi.OpenApi(app)
    app.router.routes.extend(
        (
            Route(openapi.PATH, document.__call__, include_in_schema=False),
            Route(DOCS, DocsPage(document).__call__, include_in_schema=False),
        )
    )
    return Api(app, desk)


class Below(BaseRoute):
    """All paths below one, whatever letters they are made of.

    Args:
        path: With a slash at its end.
        app: Answers them.
    """

    def __init__(self, path: str, app: ASGIApp) -> None:
        self._path = path
        self._app = app

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Whether a request is for one of them."""
        path = scope["path"].removeprefix(scope.get("root_path", ""))
        is_ours = scope["type"] == "http" and path.startswith(self._path)
        return (Match.FULL if is_ours else Match.NONE), {}

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer it."""
        await self._app(scope, receive, send)


class Api:
    """What stands before FastAPI: heads without bodies, forms read as JSON.

    Args:
        app: The routes.
        desk: What all visits share.
    """

    def __init__(self, app: ASGIApp, desk: Desk) -> None:
        self._app = app
        self._desk = desk

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["method"] == "HEAD":
            scope, send = {**scope, "method": "GET"}, _without_body(send)
        visit = Visit(self._desk, dict(scope), receive, {})
        try:
            visit = Visit.begun(self._desk, visit.scope, receive)
            await adapt(visit)
        except Exception as exc:  # noqa: BLE001 - told and logged there
            response = await visit.respond(told(exc))
            await response(visit.scope, receive, send)
        else:
            await self._app(visit.scope, visit.receive, send)


async def _of_router(request: Request, exc: Exception) -> Response:
    """No route of that path, or none of that method; ``OPTIONS`` asks which there are."""
    visit = visit_of(request)
    allowed = _allowed(request)
    if not allowed:
        return await visit.respond(not_found("There is nothing at this address."))
    if request.method == "OPTIONS":
        return Response(status_code=HTTPStatus.NO_CONTENT, headers={"allow": ", ".join(allowed)})
    detail = f"Use {' or '.join(allowed)}."
    status = HTTPStatus(exc.status_code) if isinstance(exc, HTTPException) else HTTPStatus.NOT_FOUND
    headers = {"allow": ", ".join(allowed)}
    return await visit.respond(problem(status, status.name, detail, headers=headers))


def _allowed(request: Request) -> Sequence[str]:
    """The methods that this path has routes for."""
    found: set[str] = set()
    for route in request.app.router.routes:
        if isinstance(route, Route) and route.matches(request.scope)[0] is not Match.NONE:
            found |= route.methods or set()
    if "GET" in found:
        found.add("HEAD")
    return [*sorted(found), "OPTIONS"] if found else []


def _without_body(send: Send) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.body":
            message = {**message, "body": b""}
        await send(message)

    return sending
