"""What each visit passes before its route: media types, who it is, its body."""

from __future__ import annotations

from starlette.requests import Request
from starlette.types import Message, Receive

from gateway.edge.graphql.body import read_body, read_json_body
from gateway.edge.graphql.fields import Fields
from gateway.edge.graphql.negotiation import HTML, parse_media_range
from gateway.edge.graphql.refusal import RefusalCode, RefusedError
from gateway.edge.graphql.strict_json import parse_json
from gateway.web.rest.visit import Visit


async def adapt(visit: Visit) -> None:
    """Let forms be read: their bodies as if they were JSON, their blank parameters as absent.

    Raises:
        RefusedError: It is too long, not what it says, or comes from a foreign page.
    """
    if visit.desk.renderers.writes(visit.renderer, HTML):
        visit.scope["query_string"] = _filled_in(visit.scope["query_string"])
    sent = visit.fields.get(b"content-type", b"")
    adapter = visit.desk.adapters.get(parse_media_range(sent.decode("latin-1")).kind)
    if adapter is None or visit.method != "POST":
        return
    raw = await read_body(visit.fields, visit.receive, visit.desk.max_body_bytes)
    adapted = await adapter(visit, raw)
    visit.scope["method"] = adapted.method
    told = {b"content-type": b"application/json", b"content-length": b"%d" % len(adapted.body)}
    visit.fields = {**visit.fields, **told}
    visit.scope["headers"] = list(visit.fields.items())
    visit.receive = _once(adapted.body, visit.receive)


def _filled_in(query_string: bytes) -> bytes:
    """A query string without what its form left blank."""
    parts = query_string.split(b"&")
    return b"&".join(part for part in parts if part.partition(b"=")[2])


async def enter(
    visit: Visit, request: Request, *, takes_body: bool, anybody: bool = True
) -> Request:
    """Check a visit; its request as a route may read it.

    Args:
        visit: It.
        request: It, as the web framework has it.
        takes_body: Whether its route does; the body is JSON then.
        anybody: Whether those may come in whom nobody knows.

    Raises:
        RefusedError: Its client takes nothing of ours, is not who they say, says nothing where they
            must, is a foreign page, or sends what is no JSON.
    """
    await _admit(visit, anybody=anybody)
    body = b""
    if takes_body:
        body = await read_json_body(visit.fields, visit.receive, visit.desk.max_body_bytes)
        parse_json(body)  # stricter than what FastAPI reads it by
    else:
        await _skip_body(visit)
    return Request(request.scope, _once(body, visit.receive))


async def _admit(visit: Visit, *, anybody: bool) -> None:
    if visit.renderer is None:
        types = " or ".join(visit.desk.renderers.types)
        raise RefusedError(RefusalCode.NOT_ACCEPTABLE, f"Accept {types}.")
    most = visit.desk.max_body_bytes
    if len(visit.scope["query_string"]) > most:
        text = f"The query string is longer than {most} bytes."
        raise RefusedError(RefusalCode.URI_TOO_LONG, text)
    _refuse_embedding(visit)
    await visit.recognise()
    if visit.viewer is None and not anybody:
        raise RefusedError(RefusalCode.UNAUTHENTICATED, "Show who you are first.")


def _refuse_embedding(visit: Visit) -> None:
    """Refuse what a foreign page makes a browser load, but not a link that a person follows.

    Raises:
        RefusedError: It is embedded.
    """
    get = visit.fields.get
    if get(b"sec-fetch-site") != b"cross-site" or get(b"sec-fetch-mode") == b"cors":
        return
    if visit.method == "GET" and _is_link(visit.fields):
        return
    raise RefusedError(
        RefusalCode.CROSS_SITE_REQUEST, "Other sites may only ask by scripts, as CORS allows."
    )


def _is_link(fields: Fields) -> bool:
    return (fields.get(b"sec-fetch-mode"), fields.get(b"sec-fetch-dest")) == (
        b"navigate",
        b"document",
    )


async def _skip_body(visit: Visit) -> None:
    """Take the first piece of a body that nobody wants, so that a lost connection is noticed."""
    message = await visit.receive()
    if message["type"] == "http.disconnect":
        raise RefusedError(RefusalCode.BAD_REQUEST, "The request was cut short.")


def _once(body: bytes, then: Receive) -> Receive:
    left = [body]

    async def receive() -> Message:
        if left:
            return {"type": "http.request", "body": left.pop(), "more_body": False}
        return await then()

    return receive
