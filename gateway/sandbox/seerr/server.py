"""One call through all of Seerr's layers, in their order."""

import asyncio

import orjson
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import Response

from gateway.sandbox.seerr import answers
from gateway.sandbox.seerr.identity import (
    NeverAnsweredError,
    caller,
    check_csrf,
    cookies,
    credentials_given,
    csrf_token,
)
from gateway.sandbox.seerr.operations import Operation, Table
from gateway.sandbox.seerr.refusals import SeerrError, forbidden, refusal, rejected
from gateway.sandbox.seerr.schema import check_body, read_path, read_query
from gateway.sandbox.seerr.world import Exchange, World

_CSRF_SECRET = "sandbox-csrf-secret"  # noqa: S105 - a sandbox has no secrets


class Server:
    """Answers calls; what was begun is finished even if the caller gives up."""

    def __init__(self, world: World, table: Table) -> None:
        self.world = world
        self._table = table

    async def serve(self, request: Request, path: str) -> Response:
        """Answer one call; ``path`` is what follows ``/api/v1``."""
        answering = self._answer(request, path, await request.body())
        task = self.world.background.start(answering)
        gone = asyncio.create_task(_hung_up(request))
        try:
            await asyncio.wait((task, gone), return_when=asyncio.FIRST_COMPLETED)
            if not task.done():
                return answers.Silence()
            response = task.result()
            if isinstance(response, answers.Silence):
                await gone
            return response
        finally:
            gone.cancel()

    async def settled(self) -> None:
        """Wait for whatever goes on behind the answers."""
        await self.world.background.settled()

    async def _answer(self, request: Request, path: str, body: bytes) -> Response:
        try:
            response = await self._handle(request, path, body)
        except NeverAnsweredError:
            return answers.Silence()
        except SeerrError as error:
            response = answers.answer(error.body, status=error.status)
        if self.world.csrf_protection:
            response.set_cookie("_csrf", _CSRF_SECRET, httponly=True)
            response.set_cookie("XSRF-TOKEN", csrf_token(_CSRF_SECRET))
        known = request.headers.get("if-none-match")
        return answers.unless_known(response, method=request.method, known=known)

    async def _handle(self, request: Request, path: str, raw: bytes) -> Response:
        headers, jar = request.headers, cookies(request.headers)
        body = _parse(headers, raw)
        check_csrf(self.world, request.method, headers, jar)
        operation, texts = self._table.find(request.method, path)
        if not operation.public and not credentials_given(headers, jar):
            raise rejected(401, operation.template, "cookie 'connect.sid' required")
        exchange = _checked(operation, request, path, texts, body)
        exchange.caller = caller(self.world, headers, jar)
        if not operation.public and (
            exchange.caller is None or not exchange.caller.may(operation.needs)
        ):
            raise forbidden()
        return await operation.handler(self.world, exchange)


def _checked(
    operation: Operation,
    request: Request,
    path: str,
    texts: dict[str, str],
    body: dict[str, object] | None,
) -> Exchange:
    """The call as the API description lets it through."""
    if operation.body_required and body is None:
        kind = request.headers.get("content-type", "undefined")
        raise rejected(415, path, f"unsupported media type {kind}")
    query = read_query(request.scope["query_string"].decode("latin-1"), operation.query)
    given = {} if body is None else body
    if operation.body and body is not None:
        check_body(given, operation.body)
    return Exchange(
        caller=None,
        path=read_path(texts, operation.path),
        query=query,
        body=given,
        cookies=cookies(request.headers),
    )


def _parse(headers: Headers, raw: bytes) -> dict[str, object] | None:
    """The JSON body; ``None`` when there is none or it is not declared as JSON."""
    if not raw or not headers.get("content-type", "").startswith("application/json"):
        return None
    try:
        parsed = orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        raise refusal(400, _complaint(raw.decode(errors="replace"), error.pos)) from error
    if not isinstance(parsed, dict):
        raise refusal(400, _complaint(raw.decode(errors="replace"), 0))
    return parsed


def _complaint(text: str, position: int) -> str:
    """What Node says of malformed JSON."""
    if position >= len(text.rstrip()):
        return "Unexpected end of JSON input"
    return f"Unexpected token '{text[position]}', \"{text[:20]}\" is not valid JSON"


async def _hung_up(request: Request) -> None:
    """Return when the caller has closed the connection."""
    while (await request.receive())["type"] != "http.disconnect":
        pass
