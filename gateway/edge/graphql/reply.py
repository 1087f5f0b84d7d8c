"""An answer as bytes, and what it is made of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Final, TypeAlias

import orjson

from gateway.edge.graphql import negotiation
from gateway.edge.graphql.refusal import RefusedError
from gateway.graph.freshness import FreshnessLog

Lines: TypeAlias = Sequence[tuple[bytes, bytes]]

_LENGTH: Final = b"content-length"
_TYPES: Final = {
    kind: (b"content-type", f"{kind}; charset=utf-8".encode("ascii"))
    for kind in (negotiation.JSON, negotiation.GRAPHQL_JSON)
}
_BASE: Final = {
    "cache-control": "no-store",
    "vary": "Accept",
    "x-content-type-options": "nosniff",
}
_BASE_LINES: Final = tuple((name.encode(), value.encode()) for name, value in _BASE.items())


@dataclass(slots=True)
class Reply:
    """One HTTP answer, ready to be sent any number of times."""

    status: int
    headers: Lines
    body: bytes


@dataclass(slots=True)
class Answer:
    """What came of an operation.

    Args:
        body: The GraphQL response: ``data``, ``errors``, ``extensions``.
        executed: False if it was refused before any resolver ran.
        headers: Set over the edge's own, such as ``Cache-Control``.
        status: Set where the media type's rule does not decide, such as 405 for a
            mutation when ``GraphQLParams.read_only``.
        freshness: What it was made of; ``None`` where nobody tells, so that nobody keeps it.
    """

    body: Mapping[str, object]
    executed: bool
    headers: Mapping[str, str] = field(default_factory=dict)
    status: HTTPStatus | None = None
    freshness: FreshnessLog | None = None


def reply_to(answer: Answer, media_type: str) -> Reply:
    """Encode an answer; old clients cannot tell a proxy's 400 from ours, so theirs is 200."""
    status = answer.status
    if status is None:
        is_ok = answer.executed or media_type == negotiation.JSON
        status = HTTPStatus.OK if is_ok else HTTPStatus.BAD_REQUEST
    headers = answer.headers
    if status == HTTPStatus.METHOD_NOT_ALLOWED:
        headers = {"Allow": "POST", **headers}
    return _reply(status, headers, answer.body, media_type)


def beside(reply: Reply, more: Lines) -> Reply:
    """Add headers that are meant for one client, unless shared caches may keep the answer."""
    if not more or any(
        name == b"cache-control" and b"public" in life for name, life in reply.headers
    ):
        return reply
    return Reply(reply.status, (*reply.headers, *more), reply.body)


def refusal(refused: RefusedError, media_type: str) -> Reply:
    """Encode a refusal."""
    return _reply(refused.status, refused.headers, refused.body, media_type)


def batched(replies: Sequence[Reply], media_type: str) -> Reply:
    """Put the answers of a batch side by side: each tells by itself how it went."""
    body = b"[" + b",".join(each.body for each in replies) + b"]"
    return _of_bytes(HTTPStatus.OK, _BASE_LINES, body, media_type)


def _reply(
    status: int, headers: Mapping[str, str], body: Mapping[str, object], media_type: str
) -> Reply:
    lines = _lines(headers) if headers else _BASE_LINES
    return _of_bytes(status, lines, orjson.dumps(body), media_type)


def _of_bytes(status: int, lines: Lines, body: bytes, media_type: str) -> Reply:
    length = (_LENGTH, b"%d" % len(body))
    return Reply(int(status), (_TYPES[media_type], length, *lines), body)


def _lines(headers: Mapping[str, str]) -> Lines:
    merged = {**_BASE, **{name.lower(): value for name, value in headers.items()}}
    return [(name.encode("ascii"), value.encode("latin-1")) for name, value in merged.items()]
