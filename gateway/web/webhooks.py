"""What upstreams tell of their own accord; nothing that they say is believed, only looked into."""

from __future__ import annotations

import hashlib
import hmac
import logging
import time
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route
from starlette.types import Receive, Scope, Send

from gateway.edge.graphql.body import read_json_body
from gateway.edge.graphql.fields import read_fields
from gateway.edge.graphql.refusal import RefusalCode, RefusedError
from gateway.subgraph import Hearing

MAX_BODY_BYTES: Final = 65_536
LOG_EVERY_S: Final = 10.0
_HEADERS: Final = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
_METHODS: Final = ("GET", "POST", "PUT", "PATCH", "DELETE")
_LOG = logging.getLogger(__name__)


def webhook_routes(hearings: Mapping[str, Hearing]) -> list[BaseRoute]:
    """``POST /webhooks/<upstream>`` for each that is listened to; other names are not there."""
    ears = [Route(f"/webhooks/{name}", _Ear(name, each)) for name, each in hearings.items()]
    return [*ears, Route("/webhooks/{name:path}", _nobody, methods=_METHODS)]


async def _nobody(_: Request) -> Response:
    return Response(status_code=HTTPStatus.NOT_FOUND, headers=dict(_HEADERS))


@dataclass(slots=True)
class _Ear:
    """One upstream's; an ASGI app so that it answers every method itself.

    Attributes:
        name: The upstream's.
        hearing: What to do with what it says.
        refused: Strangers since the log last told of them: a flood must not fill it.
    """

    name: str
    hearing: Hearing
    refused: int = 0
    _told_s: float = -LOG_EVERY_S

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        try:
            self._check(request)
            fields = read_fields(scope["headers"])
            self.hearing.hear(await read_json_body(fields, receive, MAX_BODY_BYTES))
            response = Response(status_code=HTTPStatus.ACCEPTED, headers=dict(_HEADERS))
        except RefusedError as exc:
            response = _refused(exc)
        await response(scope, receive, send)

    def _check(self, request: Request) -> None:
        """Refuse strangers before anything else is looked at.

        Raises:
            RefusedError: It is one, or no POST.
        """
        sent = request.headers.getlist("authorization")
        if len(sent) != 1 or not _knows(sent[0], self.hearing.secret):
            self._tell()
            text = "Send the webhook's secret as Authorization."
            raise RefusedError(RefusalCode.UNAUTHENTICATED, text, WWW_Authenticate="Bearer")
        if request.method != "POST":
            raise RefusedError(RefusalCode.METHOD_NOT_ALLOWED, "Use POST.", Allow="POST")

    def _tell(self) -> None:
        self.refused += 1
        now_s = time.monotonic()
        if now_s - self._told_s >= LOG_EVERY_S:
            extra = {"upstream": self.name, "times": self.refused}
            _LOG.warning("webhook refused", extra=extra)
            self._told_s, self.refused = now_s, 0


def _knows(sent: str, secret: str) -> bool:
    """Whether it is the secret, bare or as a bearer's; takes as long whatever was sent."""
    scheme, _, rest = sent.strip().partition(" ")
    told = rest.strip() if scheme.lower() == "bearer" else sent.strip()
    return hmac.compare_digest(_digest(told), _digest(secret))


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()


def _refused(exc: RefusedError) -> Response:
    return Response(
        orjson.dumps(exc.body),
        status_code=exc.status,
        headers={**_HEADERS, **exc.headers},
        media_type="application/json",
    )
