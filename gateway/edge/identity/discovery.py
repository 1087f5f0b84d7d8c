"""What an issuer publishes of itself, and how it is asked for anything."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from urllib.parse import urlsplit

from gateway.edge.graphql.refusal import RefusedError
from gateway.edge.graphql.strict_json import parse_json
from gateway.transport.body import ACCEPT_ENCODING
from gateway.transport.port import ExchangeError, HttpPort

CALL_S: Final = 3.0
MOST_BYTES: Final = 262_144
_OK: Final = 200
_PATH: Final = "/.well-known/openid-configuration"
_HEADERS: Final = {
    "Accept": "application/json",
    "Accept-Encoding": ACCEPT_ENCODING,
    "User-Agent": "marquee-gateway",
}


class IssuerError(Exception):
    """The issuer gave no usable answer."""


async def asked(
    port: HttpPort,
    url: str,
    *,
    form: bytes | None = None,
    headers: Mapping[str, str] | None = None,
) -> bytes:
    """What an issuer answers.

    Raises:
        IssuerError: Nothing, or a refusal.
    """
    method = "GET" if form is None else "POST"
    sent = {**_HEADERS, **(headers or {})}
    try:
        answer = await port.send(method, url, headers=sent, body=form, timeout_s=CALL_S)
    except ExchangeError as exc:
        raise IssuerError(str(exc)) from exc
    if answer.status != _OK or len(answer.body) > MOST_BYTES:
        raise IssuerError(f"status {answer.status}, {len(answer.body)} bytes")
    return answer.body


async def discovered(port: HttpPort, name: str) -> Mapping[str, object]:
    """Its discovery document (OpenID Connect Discovery 1.0).

    Raises:
        IssuerError: There is none, or it is another issuer's.
    """
    body = await asked(port, name.rstrip("/") + _PATH)
    try:
        document = parse_json(body)
    except RefusedError as exc:
        raise IssuerError("its discovery document is not JSON") from exc
    if not isinstance(document, dict) or document.get("issuer") != name:
        raise IssuerError("its discovery document is another issuer's")
    return document


def address(document: Mapping[str, object], member: str, name: str) -> str:
    """An address out of it; one that comes over HTTP only of an issuer that is reached so.

    Raises:
        IssuerError: There is none that is safe.
    """
    url = document.get(member)
    if not isinstance(url, str):
        raise IssuerError(f"its discovery document names no {member}")
    try:
        found = urlsplit(url)
    except ValueError as exc:
        raise IssuerError(f"its discovery document names no safe {member}") from exc
    allowed = {"https", urlsplit(name).scheme}
    if found.scheme not in allowed or not found.hostname or found.username is not None:
        raise IssuerError(f"its discovery document names no safe {member}")
    return url
