"""A route of FastAPI's that answers with resources."""

from __future__ import annotations

import functools
import logging
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from pydantic.alias_generators import to_camel
from starlette.requests import Request
from starlette.responses import Response

from gateway.edge.graphql.refusal import RefusedError
from gateway.web.rest import problems
from gateway.web.rest.documented import SIGNED_IN
from gateway.web.rest.entrance import enter
from gateway.web.rest.operations import GoneError
from gateway.web.rest.problems import ProblemError
from gateway.web.rest.resource import Resource
from gateway.web.rest.validation import of_validation
from gateway.web.rest.visit import Visit, visit_of

log = logging.getLogger(__name__)


class RestRoute(APIRoute):
    """Checks a visit before FastAPI reads it, and renders what its endpoint returns.

    An endpoint takes ``visit: Visiting`` and gives a ``Resource``.
    """

    def __init__(self, path: str, endpoint: Callable[..., Any], **more: Any) -> None:  # noqa: ANN401 - FastAPI's
        more["operation_id"] = to_camel(endpoint.__name__)
        super().__init__(path, _rendered(endpoint), **more)

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """What answers a request; whatever goes wrong is a problem."""
        answer = super().get_route_handler()
        takes_body = self.body_field is not None
        is_for_all = not any(each in SIGNED_IN for each in self.dependencies)

        async def handle(request: Request) -> Response:
            visit = visit_of(request)
            try:
                entered = await enter(visit, request, takes_body=takes_body, anybody=is_for_all)
                return await answer(entered)
            except Exception as exc:  # noqa: BLE001 - told and logged there
                return await visit.respond(told(exc))

        return handle


def told(exc: Exception) -> Resource:
    """What went wrong, for the client; what is our fault is logged and masked."""
    match exc:
        case ProblemError():
            return exc.resource
        case RefusedError():
            return problems.of_refusal(exc)
        case RequestValidationError():
            return of_validation(exc)
        case GoneError():
            return problems.masked()  # nobody reads it
    log.error("a route failed", exc_info=exc)
    return problems.masked()


def _rendered(endpoint: Callable[..., Awaitable[Resource]]) -> Callable[..., Any]:
    @functools.wraps(endpoint)
    async def answer(*, visit: Visit, **given: Any) -> Response:  # noqa: ANN401 - what FastAPI read
        return await visit.respond(await endpoint(visit=visit, **given))

    return answer
