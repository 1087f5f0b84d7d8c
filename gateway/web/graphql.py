"""GraphQL over HTTP: media types, statuses and limits; what the operation means is injected."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Final, TypeAlias

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from gateway.web import negotiation
from gateway.web.body import PATIENCE_S, read_json_body
from gateway.web.parameters import GraphQLParams, from_json, from_query_string
from gateway.web.refusal import RefusalCode, RefusedError

__all__ = ["Execute", "ExecutionAnswer", "GraphQLParams", "GraphQLView"]

log = logging.getLogger(__name__)

ALLOWED: Final = ("GET", "HEAD", "POST")
BASE_HEADERS: Final = {
    "Cache-Control": "no-store",
    "Vary": "Accept",
    "X-Content-Type-Options": "nosniff",
}


@dataclass(frozen=True, slots=True)
class ExecutionAnswer:
    """What came of an operation.

    Args:
        body: The GraphQL response: ``data``, ``errors``, ``extensions``.
        executed: False if it was refused before any resolver ran.
        headers: Set over the view's own, such as ``Cache-Control``.
        status: Set where the media type's rule does not decide, such as 405 for a
            mutation when ``GraphQLParams.read_only``.
    """

    body: Mapping[str, object]
    executed: bool
    headers: Mapping[str, str] = field(default_factory=dict)
    status: HTTPStatus | None = None


Execute: TypeAlias = Callable[[GraphQLParams, Request], Awaitable[ExecutionAnswer]]


@dataclass(frozen=True, slots=True, kw_only=True)
class GraphQLView:
    """The ``/graphql`` endpoint, an ASGI app so that it answers every method itself.

    Args:
        execute: Runs an operation.
        page: GraphiQL for a browser's GET, or ``None`` where it is switched off.
        max_body_bytes: Limit of a POST's body and of a GET's query string.
        body_patience_s: Longest that a POST's body may take to come.
    """

    execute: Execute
    page: Response | None
    max_body_bytes: int
    body_patience_s: float = PATIENCE_S

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one HTTP request, whatever it holds."""
        request = Request(scope, receive)
        response = await self._respond(request)
        await response(scope, receive, send)

    async def _respond(self, request: Request) -> Response:
        accept = negotiation.parse_accept(",".join(request.headers.getlist("accept")))
        if self.page and request.method in {"GET", "HEAD"} and negotiation.prefers_html(accept):
            return self.page
        media_type = negotiation.answer_type(accept)
        try:
            params = await self._params(request, media_type)
            return _encode(await self.execute(params, request), media_type or negotiation.JSON)
        except RefusedError as exc:
            return _refuse(exc, media_type or negotiation.JSON)
        except Exception:
            log.exception("operation failed outside of its fields")
            masked = RefusedError(RefusalCode.INTERNAL_SERVER_ERROR, "Internal server error.")
            return _refuse(masked, media_type or negotiation.JSON)

    async def _params(self, request: Request, media_type: str | None) -> GraphQLParams:
        if media_type is None:
            raise RefusedError(
                RefusalCode.NOT_ACCEPTABLE,
                f"Accept {negotiation.GRAPHQL_JSON} or {negotiation.JSON}.",
            )
        if request.method == "POST":
            body = await read_json_body(
                request, self.max_body_bytes, patience_s=self.body_patience_s
            )
            return from_json(body)
        if request.method not in ALLOWED:
            raise RefusedError(
                RefusalCode.METHOD_NOT_ALLOWED,
                "Use POST, or GET for queries.",
                Allow=", ".join(ALLOWED),
            )
        query_string: bytes = request.scope["query_string"]
        if len(query_string) > self.max_body_bytes:
            raise RefusedError(
                RefusalCode.URI_TOO_LONG,
                f"The query string is longer than {self.max_body_bytes} bytes.",
            )
        return from_query_string(query_string)


def _status(answer: ExecutionAnswer, media_type: str) -> HTTPStatus:
    """Old clients cannot tell a proxy's 400 from ours, so theirs is 200 (the spec's rule)."""
    if answer.status is not None:
        return answer.status
    if answer.executed or media_type == negotiation.JSON:
        return HTTPStatus.OK
    return HTTPStatus.BAD_REQUEST


def _encode(answer: ExecutionAnswer, media_type: str) -> Response:
    status = _status(answer, media_type)
    headers = {**BASE_HEADERS, **answer.headers}
    if status == HTTPStatus.METHOD_NOT_ALLOWED:
        headers.setdefault("Allow", "POST")
    return _json(answer.body, status, headers, media_type)


def _refuse(refused: RefusedError, media_type: str) -> Response:
    return _json(refused.body, refused.status, {**BASE_HEADERS, **refused.headers}, media_type)


def _json(
    body: Mapping[str, object], status: HTTPStatus, headers: Mapping[str, str], media_type: str
) -> Response:
    return Response(
        orjson.dumps(body),
        status_code=status,
        headers=headers,
        media_type=f"{media_type}; charset=utf-8",
    )
