"""The part that all played APIs share: match, record, fail on demand, answer."""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Sequence
from typing import ClassVar, Final
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from gateway.sandbox import misbehave
from gateway.sandbox.calls import Call, CallLog
from gateway.sandbox.faults import Fault, Faults
from gateway.sandbox.routes import Endpoint, RouteTable

UNKNOWN_ROUTE: Final = "(unknown)"


class SandboxUpstream(ABC):
    """One played API. Its app stands at the API's base path.

    Attributes:
        name: ``tmdb``, ``youtube``, ``seerr`` or ``omdb``.
        log: Raw calls and their counts.
        faults: What goes wrong; empty at first.
    """

    name: ClassVar[str]

    def __init__(
        self, *, sleep: Callable[[float], Awaitable[object]] = asyncio.sleep, seed: int = 0
    ) -> None:
        self.log = CallLog()
        self.faults = Faults(seed=seed)
        self._sleep = sleep
        self._table = RouteTable(self.routes())

    @abstractmethod
    def routes(self) -> Sequence[tuple[str, str, Endpoint]]:
        """Method, template and endpoint of each route, the more exact ones first."""

    @abstractmethod
    def error(self, status: int) -> Response:
        """This API's own body for an HTTP status; also for paths that it does not have."""

    def refuse(self, request: Request) -> Response | None:
        """What is checked before any endpoint, such as the key; ``None`` lets it in."""
        del request
        return None

    def reset(self) -> None:
        """Forget calls, faults and all state that calls made."""
        self.log.clear()
        self.faults.clear()

    @property
    def calls(self) -> list[Call]:
        """Raw requests in order of arrival (the newest 10,000 at least)."""
        return self.log.calls

    @property
    def queries(self) -> list[str]:
        """Raw query strings in order of arrival."""
        return [call.query for call in self.log.calls]

    @property
    def templates(self) -> frozenset[str]:
        """Route templates that calls are counted and faults are ordered by."""
        return self._table.templates | {UNKNOWN_ROUTE}

    def app(self) -> ASGIApp:
        """The API as an ASGI app."""

        async def app(scope: Scope, receive: Receive, send: Send) -> None:
            await self._serve(scope, receive, send)

        return app  # a function: uvicorn takes a bound method for ASGI 2

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        route, endpoint, params = self._table.match(scope["method"], scope["path"])
        call = _call_of(scope, route or UNKNOWN_ROUTE)
        self.log.add(call)
        request = Request({**scope, "path_params": params}, _tapped(receive, call))
        fault = self.faults.draw(call.route)
        if fault is not None and fault.latency_s:
            await self._sleep(fault.latency_s)
        if fault is not None and fault.kind == "black_hole":
            await misbehave.black_hole(receive)
            return
        answer = None if fault is None else self._instead(fault)
        if answer is None:
            answer = await self._answer(request, endpoint)
        if fault is not None:
            answer = _spoilt(answer, fault, request)
        call.status = answer.status_code
        if fault is not None and fault.kind == "cut_body":
            await misbehave.cut_body(answer, send)
        await answer(scope, receive, send)

    async def _answer(self, request: Request, endpoint: Endpoint | None) -> Response:
        refusal = self.refuse(request)
        if refusal is not None:
            return refusal
        return self.error(404) if endpoint is None else await endpoint(request)

    def _instead(self, fault: Fault) -> Response | None:
        """Faults that never reach the endpoint."""
        match fault.kind:
            case "quota_exceeded":
                return self.quota_exceeded(fault)
            case "html_502":
                return misbehave.html_502()
            case "gzip_bomb":
                return misbehave.gzip_bomb(fault)
        statuses = {"rate_limited": 429, "server_error": 500, "status": fault.status}
        status = statuses.get(fault.kind)
        return None if status is None else _with_retry_after(self.error(status), fault)

    def quota_exceeded(self, fault: Fault) -> Response:
        """The API's answer when a day's quota is spent."""
        return _with_retry_after(self.error(429), fault)


def _spoilt(answer: Response, fault: Fault, request: Request) -> Response:
    if not answer.body:  # a 304, a 204: nothing to spoil
        return answer
    match fault.kind:
        case "malformed":
            return misbehave.malformed(answer)
        case "wrong_types":
            return misbehave.wrong_types(answer)
        case "gzip_unlabelled":
            return misbehave.gzip_unlabelled(answer)
        case "drop_parts":
            named = parse_qs(request.scope["query_string"].decode("latin-1"))
            appended = ",".join(named.get("append_to_response", [])).split(",")
            return misbehave.drop_parts(answer, fault, tuple(appended))
    return answer


def _with_retry_after(answer: Response, fault: Fault) -> Response:
    if fault.retry_after_s is not None:
        answer.headers["retry-after"] = f"{fault.retry_after_s:g}"
    return answer


def _call_of(scope: Scope, route: str) -> Call:
    return Call(
        method=scope["method"],
        path=(scope.get("raw_path") or scope["path"].encode()).decode("latin-1"),
        query=scope["query_string"].decode("latin-1"),
        headers={k.decode("latin-1").lower(): v.decode("latin-1") for k, v in scope["headers"]},
        route=route,
    )


def _tapped(receive: Receive, call: Call) -> Receive:
    async def tap() -> dict[str, object]:
        message = await receive()
        if message["type"] == "http.request":
            call.body += message.get("body", b"")
        return dict(message)

    return tap
