"""Answers as Express sends them: compact JSON with a weak ETag, no compression."""

import base64
import hashlib
from collections.abc import Mapping

import orjson
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

_EXPRESS = {"X-Powered-By": "Express", "Keep-Alive": "timeout=5"}
JSON = "application/json; charset=utf-8"


def answer(
    body: object, *, status: int = 200, headers: Mapping[str, str] | None = None
) -> Response:
    """A JSON answer."""
    raw = orjson.dumps(body)
    own = {"Content-Type": JSON, "ETag": etag(raw)}
    return Response(raw, status_code=status, headers=_EXPRESS | own | dict(headers or {}))


def empty(status: int = 204) -> Response:
    """An answer without a body."""
    return Response(status_code=status, headers=_EXPRESS)


def created() -> Response:
    """A 201 that says nothing."""
    response = empty(201)
    response.headers["Content-Length"] = "0"
    return response


def etag(raw: bytes) -> str:
    """Express's weak ETag: length in hex, and the start of the SHA-1 in base64."""
    digest = base64.b64encode(hashlib.sha1(raw, usedforsecurity=False).digest()).decode()
    return f'W/"{len(raw):x}-{digest[:27]}"'


def unless_known(response: Response, *, method: str, known: str | None) -> Response:
    """304 in place of a read's answer that the caller holds already."""
    if method != "GET" or response.status_code != 200 or known is None:
        return response
    tag = response.headers.get("ETag", "")
    tags = {part.strip().removeprefix("W/") for part in known.split(",")}
    if "*" not in tags and tag.removeprefix("W/") not in tags:
        return response
    return Response(status_code=304, headers=_EXPRESS | {"ETag": tag})


class Silence(Response):
    """No answer at all: the server failed before it, or the caller has gone."""

    def __init__(self) -> None:
        super().__init__()
        self.status_code = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send nothing."""
        del scope, receive, send
