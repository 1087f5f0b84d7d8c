"""From a rendered resource to the HTTP answer: validators, conditions, ``Vary``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from hashlib import blake2b
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from starlette.responses import Response

if TYPE_CHECKING:
    from gateway.web.rest.rendering import Rendered
    from gateway.web.rest.resource import Resource
    from gateway.web.rest.visit import Visit

_ALWAYS: Final = {"cache-control": "no-store", "x-content-type-options": "nosniff"}
_READING: Final = frozenset({"GET", "HEAD"})
_SHOWING: Final = frozenset({HTTPStatus.OK, HTTPStatus.CREATED})
"""Answers to a change that show what is at their ``Location`` or ``Content-Location``."""
_OF_A_VIEWER: Final = "Authorization"
_COOKIE: Final = "Cookie"
_OF_THE_GRAPH: Final = frozenset({"X-Cost"})
"""Header fields that only ``/graphql`` heeds."""


def respond(resource: Resource, rendered: Rendered, visit: Visit) -> Response | None:
    """Make the answer; ``None``: it is not the one that ``If-Match`` asks for."""
    status = rendered.status or resource.status
    headers = {**_ALWAYS, **resource.headers, **rendered.headers}
    headers["vary"] = _vary(headers.get("vary", ""), visit.desk.renderers.vary)
    is_read = visit.method in _READING and status == HTTPStatus.OK
    if is_read or (resource.tag and status in _SHOWING and visit.method == "POST"):
        headers["etag"] = etag(rendered.body, resource.tag)
    verdict = judged(visit.fields, headers["etag"]) if is_read else None
    if verdict == HTTPStatus.PRECONDITION_FAILED:
        return None
    if verdict is not None:
        return Response(status_code=verdict, headers=headers)
    headers["content-type"] = rendered.content_type
    return Response(rendered.body, status_code=status, headers=headers)


def etag(body: bytes, tag: str = "") -> str:
    """A strong validator of these very bytes."""
    digest = blake2b(body, digest_size=12).hexdigest()
    return f'"{tag}-{digest}"' if tag else f'"{digest}"'


def judged(fields: Mapping[bytes, bytes], ours: str) -> HTTPStatus | None:
    """What conditions make of a GET: ``If-Match`` compares strongly, the other one weakly."""
    wanted = tags_of(fields.get(b"if-match"))
    if wanted is not None and "*" not in wanted and ours not in wanted:
        return HTTPStatus.PRECONDITION_FAILED
    had = tags_of(fields.get(b"if-none-match"))
    if had is not None and ("*" in had or ours in {each.removeprefix("W/") for each in had}):
        return HTTPStatus.NOT_MODIFIED
    return None


def tags_of(sent: bytes | None) -> list[str] | None:
    """The entity tags of a header field; ``None`` where it was not sent."""
    if sent is None:
        return None
    return [each.strip() for each in sent.decode("latin-1").split(",")]


def _vary(carried: str, ours: Iterable[str]) -> str:
    """All that tells this answer from others; who is known by a header may be by a cookie too."""
    names = [each.strip() for each in carried.split(",")]
    names = [each for each in names if each and each not in _OF_THE_GRAPH]
    if _OF_A_VIEWER in names:
        names.append(_COOKIE)
    return ", ".join(dict.fromkeys((*ours, *names)))
