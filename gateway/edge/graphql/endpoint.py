"""GraphQL over HTTP: methods, media types, statuses and limits."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from typing import Final

from starlette.types import ASGIApp, Receive, Scope, Send

from gateway.edge.begun import Begun
from gateway.edge.disconnect import Watched
from gateway.edge.drain import CLOSE, Drain
from gateway.edge.graphql import negotiation
from gateway.edge.graphql.body import PATIENCE_S, read_json_body
from gateway.edge.graphql.fields import Fields, deadline_s, read_fields
from gateway.edge.graphql.parameters import Bodies, GraphQLParams, from_query_string
from gateway.edge.graphql.pipeline import Pipeline
from gateway.edge.graphql.ports import Asked, Caller
from gateway.edge.graphql.refusal import RefusalCode, RefusedError
from gateway.edge.graphql.reply import Reply, refusal

log = logging.getLogger(__name__)

ALLOWED: Final = ("GET", "HEAD", "POST")
_READING: Final = frozenset({"GET", "HEAD"})


@dataclass(frozen=True, slots=True, kw_only=True)
class GraphQLEndpoint:
    """An ASGI app that answers whatever is sent to ``/graphql``.

    Args:
        pipeline: Answers operations.
        drain: Whether the process is about to leave.
        page: Answers a browser's navigation; ``None``: nobody does.
        deadline_s: Most that an operation may take.
        max_body_bytes: Limit of a POST's body and of a GET's query string.
        body_patience_s: Longest that a POST's body may take to come.
    """

    pipeline: Pipeline
    drain: Drain
    page: ASGIApp | None
    deadline_s: float
    max_body_bytes: int
    body_patience_s: float = PATIENCE_S
    _bodies: Bodies = field(default_factory=Bodies)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one HTTP request, whatever it holds."""
        if self.page is not None and scope["method"] in _READING and _is_visit(scope):
            await self.page(scope, receive, self.drain.closing(send))
            return
        reply = await self._reply(scope, receive)
        if reply is not None:
            headers = [*reply.headers, CLOSE] if self.drain.has_begun else reply.headers
            start = {"type": "http.response.start", "status": reply.status, "headers": headers}
            await send(start)
            await send({"type": "http.response.body", "body": reply.body})

    async def _reply(self, scope: Scope, receive: Receive) -> Reply | None:
        media_type = negotiation.JSON
        try:
            fields = read_fields(scope["headers"])
            accepted = negotiation.read_accept(fields.get(b"accept", b""))
            media_type = accepted.answer or media_type
            params = await self._params(scope, fields, receive, accepted.answer)
            asked = Asked(
                params=params,
                fields=fields,
                caller=_caller(scope),
                media_type=media_type,
                deadline_s=deadline_s(fields, self.deadline_s),
            )
            return await self._answer(asked, receive)
        except RefusedError as exc:
            return refusal(exc, media_type)
        except Exception:
            log.exception("operation failed outside of its fields")
            masked = RefusedError(RefusalCode.INTERNAL_SERVER_ERROR, "Internal server error.")
            return refusal(masked, media_type)

    async def _answer(self, asked: Asked, receive: Receive) -> Reply | None:
        """Answer at once, or watch the client while it waits; ``None``: it has gone."""
        kept = self.pipeline.peek(asked)
        if kept is not None:
            return kept
        begun = Begun(self.pipeline.answer(asked))
        return begun.result if begun.is_done else await Watched(asked, receive).run(begun)

    async def _params(
        self, scope: Scope, fields: Fields, receive: Receive, answer_type: str | None
    ) -> GraphQLParams:
        if answer_type is None:
            raise RefusedError(
                RefusalCode.NOT_ACCEPTABLE,
                f"Accept {negotiation.GRAPHQL_JSON} or {negotiation.JSON}.",
            )
        if scope["method"] == "POST":
            body = await read_json_body(
                fields, receive, self.max_body_bytes, patience_s=self.body_patience_s
            )
            return self._bodies.read(body)
        if scope["method"] in _READING:
            return self._from_query_string(scope["query_string"])
        raise RefusedError(
            RefusalCode.METHOD_NOT_ALLOWED,
            "Use POST, or GET for queries.",
            Allow=", ".join(ALLOWED),
        )

    def _from_query_string(self, query_string: bytes) -> GraphQLParams:
        if len(query_string) > self.max_body_bytes:
            raise RefusedError(
                RefusalCode.URI_TOO_LONG,
                f"The query string is longer than {self.max_body_bytes} bytes.",
            )
        return from_query_string(query_string)


def _is_visit(scope: Scope) -> bool:
    accept = b",".join(value for name, value in scope["headers"] if name == b"accept")
    return negotiation.read_accept(accept).page


def _caller(scope: Scope) -> Caller:
    """Nobody is known by name: who asks is an address."""
    client = scope.get("client")
    return Caller(scope="", key=client[0] if client else "")
