"""What operators may do to a running gateway's cache, with a token."""

from __future__ import annotations

import hashlib
import hmac
import logging
import os
from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final, Protocol

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route
from starlette.types import Receive, Scope, Send

from gateway.cache.tags import checked
from gateway.edge.graphql.body import read_json_body
from gateway.edge.graphql.fields import read_fields
from gateway.edge.graphql.refusal import RefusalCode, RefusedError
from gateway.edge.graphql.strict_json import parse_json

log = logging.getLogger(__name__)

MAX_BODY_BYTES: Final = 262_144
_HEADERS: Final = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
_REALM: Final = 'Bearer realm="marquee-admin"'


class Purgeable(Protocol):
    """The cache as operators see it."""

    async def purge(self, *tags: str) -> bool:
        """Forget what carries these tags; ``False``: other processes will hear of it later."""
        ...

    def stats(self) -> Mapping[str, int]:
        """Counters of this process."""
        ...


def admin_routes(cache: Purgeable, *, token: str, shared: bool) -> list[BaseRoute]:
    """``/admin/cache/purge`` and ``/admin/cache/stats``.

    Args:
        cache: Of this process.
        token: What callers must bear.
        shared: Whether other processes share the cache, and so hear of a purge.
    """

    async def purge(request: Request) -> Response:
        tags = _tags(await _body(request))
        is_heard = await cache.purge(*tags)
        log.info("purged", extra={"tags": len(tags), "heard": is_heard})
        reach = "process" if not shared else "fleet" if is_heard else "process, fleet later"
        status = HTTPStatus.OK if is_heard else HTTPStatus.ACCEPTED
        return _json({"purged": tags, "reach": reach}, status)

    async def stats(_: Request) -> Response:
        return _json({"process": os.getpid(), "shared": shared, "counters": dict(cache.stats())})

    digest = _digest(token)
    return [
        Route("/admin/cache/purge", _Guarded(digest, purge, ("POST",))),
        Route("/admin/cache/stats", _Guarded(digest, stats, ("GET", "HEAD"))),
    ]


@dataclass(frozen=True, slots=True)
class _Guarded:
    """One endpoint behind the token; an ASGI app so that it answers every method itself."""

    digest: bytes
    answer: Callable[[Request], Awaitable[Response]]
    methods: Collection[str]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        response = await self._respond(Request(scope, receive))
        await response(scope, receive, send)

    async def _respond(self, request: Request) -> Response:
        try:
            self._admit(request)
            return await self.answer(request)
        except RefusedError as exc:
            return _json(exc.body, exc.status, exc.headers)
        except Exception:
            log.exception("admin call failed")
            masked = RefusedError(RefusalCode.INTERNAL_SERVER_ERROR, "Internal server error.")
            return _json(masked.body, masked.status)

    def _admit(self, request: Request) -> None:
        sent = request.headers.getlist("authorization")
        scheme, _, token = sent[0].partition(" ") if len(sent) == 1 else ("", "", "")
        is_bearer = scheme.lower() == "bearer"
        if not hmac.compare_digest(_digest(token.strip()), self.digest) or not is_bearer:
            if sent:
                log.warning("admin token refused")
            why = f'{_REALM}, error="invalid_token"' if sent else _REALM
            text = "Send Authorization: Bearer with the value of GATEWAY_ADMIN_TOKEN."
            raise RefusedError(RefusalCode.UNAUTHENTICATED, text, WWW_Authenticate=why)
        if request.method not in self.methods:
            allowed = ", ".join(self.methods)
            raise RefusedError(RefusalCode.METHOD_NOT_ALLOWED, f"Use {allowed}.", Allow=allowed)


async def _body(request: Request) -> bytes:
    fields = read_fields(request.scope["headers"])
    return await read_json_body(fields, request.receive, MAX_BODY_BYTES)


def _tags(body: bytes) -> list[str]:
    """Read ``{"tags": [...]}``.

    Raises:
        RefusedError: It is something else.
    """
    document = parse_json(body)
    tags = document.get("tags") if isinstance(document, dict) and len(document) == 1 else None
    if not isinstance(tags, list) or not all(isinstance(tag, str) for tag in tags):
        raise RefusedError(RefusalCode.BAD_REQUEST, 'Send {"tags": ["movie:603"]}.')
    try:
        return checked(tags)
    except ValueError as exc:
        raise RefusedError(RefusalCode.BAD_REQUEST, f"{exc}.") from exc


def _digest(token: str) -> bytes:
    """Equally long for every token, so that comparing tells nothing of its length."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()


def _json(
    body: Mapping[str, object],
    status: HTTPStatus = HTTPStatus.OK,
    headers: Mapping[str, str] | None = None,
) -> Response:
    return Response(
        orjson.dumps(body),
        status_code=status,
        headers={**_HEADERS, **(headers or {})},
        media_type="application/json",
    )
