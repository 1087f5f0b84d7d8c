"""From an HTTP request to the operations in it: methods, media types and limits."""

from __future__ import annotations

from typing import Final

from starlette.types import Receive, Scope

from gateway.edge.graphql import negotiation
from gateway.edge.graphql.body import PATIENCE_S, read_json_body
from gateway.edge.graphql.fields import Fields
from gateway.edge.graphql.parameters import GraphQLParams, Requests
from gateway.edge.graphql.refusal import RefusalCode, RefusedError

ALLOWED: Final = ("GET", "HEAD", "POST")
READING: Final = frozenset({"GET", "HEAD"})


class Intake:
    """Reads requests.

    Args:
        max_body_bytes: Limit of a POST's body and of a GET's query string.
        max_batch: Operations that one POST may hold.
        body_patience_s: Longest that a POST's body may take to come.
    """

    def __init__(
        self, *, max_body_bytes: int, max_batch: int = 1, body_patience_s: float = PATIENCE_S
    ) -> None:
        self._max_body_bytes = max_body_bytes
        self._body_patience_s = body_patience_s
        self._requests = Requests(max_batch)

    async def read(
        self, scope: Scope, fields: Fields, receive: Receive
    ) -> GraphQLParams | list[GraphQLParams]:
        """Read what a request asks for; a list is a batch.

        Raises:
            RefusedError: Not a request that we serve.
        """
        if scope["method"] == "POST":
            body = await read_json_body(
                fields, receive, self._max_body_bytes, patience_s=self._body_patience_s
            )
            return self._requests.of_body(body)
        if scope["method"] in READING:
            _refuse_embedding(fields)
            return self._from_query_string(scope["query_string"])
        raise RefusedError(
            RefusalCode.METHOD_NOT_ALLOWED,
            "Use POST, or GET for queries.",
            Allow=", ".join(ALLOWED),
        )

    def _from_query_string(self, query_string: bytes) -> GraphQLParams:
        if len(query_string) > self._max_body_bytes:
            raise RefusedError(
                RefusalCode.URI_TOO_LONG,
                f"The query string is longer than {self._max_body_bytes} bytes.",
            )
        return self._requests.of_query_string(query_string)


def answer_type(accepted: negotiation.Accepted) -> str:
    """The media type to answer in.

    Raises:
        RefusedError: The client takes none of ours.
    """
    if accepted.answer is None:
        raise RefusedError(
            RefusalCode.NOT_ACCEPTABLE,
            f"Accept {negotiation.GRAPHQL_JSON} or {negotiation.JSON}.",
        )
    return accepted.answer


def _refuse_embedding(fields: Fields) -> None:
    """Refuse a GET that a foreign page makes a browser send, as with an image or a link.

    A GET changes nothing, but it spends quotas, and the page could time it. A script that asks
    as CORS allows says so; a POST of JSON is never sent without asking first.

    Raises:
        RefusedError: It is one.
    """
    is_foreign = fields.get(b"sec-fetch-site") == b"cross-site"
    if is_foreign and fields.get(b"sec-fetch-mode") != b"cors":
        raise RefusedError(
            RefusalCode.CROSS_SITE_REQUEST,
            "Other sites may only ask by scripts, as CORS allows.",
        )
