"""The app in front of the app."""

from __future__ import annotations

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gateway.edge import request
from gateway.edge.body import is_whole, read_ahead, replay, too_slow
from gateway.edge.disconnect import Watched
from gateway.edge.drain import Drain
from gateway.edge.gate import Gate, ShedError
from gateway.edge.refusal import send_shed
from gateway.transport.deadline import limit, remaining_s
from gateway.web.body import PATIENCE_S


class Edge:
    """Bounds operations at once, ends those that nobody waits for, and drains.

    Everything that is no operation passes untouched: health is never shed.

    Args:
        app: What answers in the end.
        drain: Whether the process is about to leave.
        max_operations: At once at most, and as many in line.
        deadline_s: Of an operation; the time in line counts.
        max_body_bytes: Longer bodies are left for the app to refuse.
        body_patience_s: Slower ones too.
    """

    def __init__(
        self,
        app: ASGIApp,
        drain: Drain,
        *,
        max_operations: int,
        deadline_s: float,
        max_body_bytes: int,
        body_patience_s: float = PATIENCE_S,
    ) -> None:
        self._app = app
        self._drain = drain
        self._gate = Gate(most=max_operations)
        self._deadline_s = deadline_s
        self._max_body_bytes = max_body_bytes
        self._body_patience_s = body_patience_s

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or pass the server's lifespan on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        send = self._drain.closing(send)
        headers = Headers(scope=scope)
        if self._is_ours(scope, headers):
            await self._run(scope, headers, receive, send)
        else:
            await self._app(scope, receive, send)

    def _is_ours(self, scope: Scope, headers: Headers) -> bool:
        """A body that is too long by its own account is refused before any of it is read."""
        declared = request.declared_bytes(headers)
        return declared <= self._max_body_bytes and request.is_operation(scope, headers)

    async def _run(self, scope: Scope, headers: Headers, receive: Receive, send: Send) -> None:
        try:
            messages = await read_ahead(receive, self._max_body_bytes, self._body_patience_s)
        except TimeoutError:
            await self._app(scope, too_slow, send)
            return
        if not is_whole(messages):
            await self._app(scope, replay(messages, receive), send)
            return
        watched = Watched(scope, receive)
        with limit(request.deadline_s(headers, self._deadline_s)):
            await watched.run(lambda: self._operate(scope, watched, messages, headers, send))

    async def _operate(
        self,
        scope: Scope,
        watched: Watched,
        messages: list[Message],
        headers: Headers,
        send: Send,
    ) -> None:
        try:
            await self._gate.enter(remaining_s())
        except ShedError as shed:
            await send_shed(shed, request.answer_type(headers), send)
            return
        try:
            await self._app(scope, replay(messages, watched.receive), send)
        finally:
            self._gate.leave()
