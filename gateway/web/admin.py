"""What operators may do to a running gateway's cache, with a token or an admin's API key."""

from __future__ import annotations

import hashlib
import hmac
import logging
import os
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final, Protocol

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route
from starlette.types import Receive, Scope, Send

from gateway.cache.tags import checked
from gateway.domain.role import Role
from gateway.edge.graphql.body import read_json_body
from gateway.edge.graphql.fields import read_fields
from gateway.edge.graphql.ports import Identities
from gateway.edge.graphql.refusal import RefusalCode, RefusedError
from gateway.edge.graphql.strict_json import parse_json

log = logging.getLogger(__name__)

MAX_BODY_BYTES: Final = 262_144
_HEADERS: Final = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
_REALM: Final = 'Bearer realm="marquee-admin"'


class Counted(Protocol):
    """What keeps count of itself."""

    def stats(self) -> Mapping[str, int]:
        """Counters of this process."""
        ...


class Purgeable(Counted, Protocol):
    """The cache as operators see it."""

    async def purge(self, *tags: str) -> bool:
        """Forget what carries these tags; ``False``: other processes will hear of it later."""
        ...


def admin_routes(
    cache: Purgeable, answers: Counted, *, token: str | None, identity: Identities, shared: bool
) -> list[BaseRoute]:
    """``/admin/cache/purge`` and ``/admin/cache/stats``.

    Args:
        cache: Of this process.
        answers: Whole ones, in flight and given out of memory.
        token: What callers may bear who are not known by name; ``None``: there is none.
        identity: Knows the others.
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
        counters = {**cache.stats(), **answers.stats()}
        return _json({"process": os.getpid(), "shared": shared, "counters": counters})

    admins = _Admins(None if token is None else _digest(token), identity)
    return [
        Route("/admin/cache/purge", _Guarded(admins, purge, ("POST",))),
        Route("/admin/cache/stats", _Guarded(admins, stats, ("GET", "HEAD"))),
    ]


@dataclass(frozen=True, slots=True)
class _Admins:
    """Who may: whoever bears the token, and viewers who are admins."""

    digest: bytes | None
    identity: Identities

    async def admit(self, request: Request) -> None:
        """Let a request in.

        Raises:
            RefusedError: It is somebody else's.
        """
        sent = request.headers.getlist("authorization")
        if self._has_token(sent):
            return
        try:
            viewer = await self.identity.of(read_fields(request.scope["headers"]))
        except RefusedError as exc:
            if exc.code is not RefusalCode.UNAUTHENTICATED:
                raise
            log.warning("admin credential refused")
            raise _stranger(f'{_REALM}, error="invalid_token"') from exc
        if viewer is None:
            raise _stranger(_REALM)
        if not viewer.role.reaches(Role.ADMIN):
            raise RefusedError(RefusalCode.FORBIDDEN, "This is for the role `admin`.")

    def _has_token(self, sent: Sequence[str]) -> bool:
        scheme, _, token = sent[0].partition(" ") if len(sent) == 1 else ("", "", "")
        is_right = hmac.compare_digest(_digest(token.strip()), self.digest or b"")
        return is_right and scheme.lower() == "bearer"


def _stranger(challenge: str) -> RefusedError:
    text = (
        "Send Authorization: Bearer with the value of GATEWAY_ADMIN_TOKEN, or an admin's API key."
    )
    return RefusedError(RefusalCode.UNAUTHENTICATED, text, WWW_Authenticate=challenge)


@dataclass(frozen=True, slots=True)
class _Guarded:
    """One endpoint for admins; an ASGI app so that it answers every method itself."""

    admins: _Admins
    answer: Callable[[Request], Awaitable[Response]]
    methods: Collection[str]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        response = await self._respond(Request(scope, receive))
        await response(scope, receive, send)

    async def _respond(self, request: Request) -> Response:
        try:
            await self.admins.admit(request)
            self._check_method(request)
            return await self.answer(request)
        except RefusedError as exc:
            return _json(exc.body, exc.status, exc.headers)
        except Exception:
            log.exception("admin call failed")
            masked = RefusedError(RefusalCode.INTERNAL_SERVER_ERROR, "Internal server error.")
            return _json(masked.body, masked.status)

    def _check_method(self, request: Request) -> None:
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
