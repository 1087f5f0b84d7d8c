"""Clients of a gateway in this process: one over a WebSocket, one over a stream of events."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

from starlette.types import ASGIApp, Message

from gateway.edge.live.messages import SUBPROTOCOL

PATIENCE_S = 5.0


class Talk:
    """One WebSocket, as the server sees it."""

    def __init__(self) -> None:
        self.incoming: asyncio.Queue[Message] = asyncio.Queue()
        self.outgoing: asyncio.Queue[Message] = asyncio.Queue()
        self.reads = asyncio.Event()
        self.reads.set()
        self.task: asyncio.Task[None] | None = None

    async def receive(self) -> Message:
        return await self.incoming.get()

    async def send(self, message: Message) -> None:
        await self.reads.wait()
        self.outgoing.put_nowait(message)

    def say(self, message: object) -> None:
        """Send what a client would."""
        text = message if isinstance(message, str) else json.dumps(message, ensure_ascii=False)
        self.incoming.put_nowait({"type": "websocket.receive", "text": text})

    def subscribe(self, name: str, query: str, **more: object) -> None:
        self.say({"id": name, "type": "subscribe", "payload": {"query": query, **more}})

    async def heard(self) -> Message:
        """The next message of ASGI."""
        async with asyncio.timeout(PATIENCE_S):
            return await self.outgoing.get()

    async def told(self) -> Any:  # noqa: ANN401 - JSON
        """The next message of the protocol."""
        message = await self.heard()
        assert message["type"] == "websocket.send", message
        return json.loads(message["text"])

    async def closed(self) -> tuple[int, str]:
        """How it was closed; nothing else was said before that."""
        message = await self.heard()
        assert message["type"] == "websocket.close", message
        return message["code"], message["reason"]

    async def init(self, payload: Mapping[str, object] | None = None) -> None:
        self.say({"type": "connection_init", "payload": payload})
        assert await self.told() == {"type": "connection_ack"}

    async def over(self) -> None:
        """Wait until the app has nothing more to do with it."""
        assert self.task is not None
        async with asyncio.timeout(PATIENCE_S):
            await asyncio.wait([self.task])
        self.task.result()

    def leave(self) -> None:
        """Go without a word."""
        self.incoming.put_nowait({"type": "websocket.disconnect", "code": 1006})


def ws_scope(
    headers: Mapping[str, str] | None = None,
    *,
    subprotocols: tuple[str, ...] = (SUBPROTOCOL,),
    address: str = "192.0.2.1",
) -> dict[str, Any]:
    told = {"host": "gateway", **(headers or {})}
    return {
        "type": "websocket",
        "path": "/graphql",
        "query_string": b"",
        "headers": [(name.encode(), value.encode()) for name, value in told.items()],
        "subprotocols": list(subprotocols),
        "client": (address, 1),
        "extensions": {"websocket.http.response": {}},
    }


@asynccontextmanager
async def upgraded(app: ASGIApp, scope: dict[str, Any] | None = None) -> AsyncIterator[Talk]:
    """Ask for a WebSocket; what the server says to that is the first message."""
    talk = Talk()
    talk.incoming.put_nowait({"type": "websocket.connect"})
    talk.task = asyncio.create_task(app(scope or ws_scope(), talk.receive, talk.send))  # type: ignore[arg-type] # a coroutine
    try:
        yield talk
    finally:
        talk.reads.set()
        talk.leave()
        await talk.over()


@asynccontextmanager
async def connected(
    app: ASGIApp,
    payload: Mapping[str, object] | None = None,
    headers: Mapping[str, str] | None = None,
    *,
    address: str = "192.0.2.1",
) -> AsyncIterator[Talk]:
    """A WebSocket that has been greeted."""
    async with upgraded(app, ws_scope(headers, address=address)) as talk:
        accepted = await talk.heard()
        assert accepted == {"type": "websocket.accept", "subprotocol": SUBPROTOCOL}
        await talk.init(payload)
        yield talk


class Stream:
    """One answer over HTTP, piece by piece."""

    def __init__(self) -> None:
        self.sent: asyncio.Queue[Message] = asyncio.Queue()
        self.gone = asyncio.Event()
        self.reads = asyncio.Event()
        self.reads.set()
        self.task: asyncio.Task[None] | None = None
        self.body = b""
        self._left = b""

    async def send(self, message: Message) -> None:
        await self.reads.wait()
        self.sent.put_nowait(message)

    async def start(self) -> tuple[int, dict[str, str]]:
        message = await self.heard()
        assert message["type"] == "http.response.start", message
        return message["status"], {k.decode(): v.decode() for k, v in message["headers"]}

    async def heard(self) -> Message:
        async with asyncio.timeout(PATIENCE_S):
            return await self.sent.get()

    async def piece(self) -> bytes:
        """The next piece of the body; nothing at its end."""
        message = await self.heard()
        assert message["type"] == "http.response.body", message
        return bytes(message.get("body", b""))

    async def event(self) -> dict[str, str]:
        """The next event, as a browser reads it; nothing at the end."""
        while b"\n\n" not in self._left:
            piece = await self.piece()
            if not piece:
                return {}
            self._left += piece
        block, _, self._left = self._left.partition(b"\n\n")
        lines = [line for line in block.decode().split("\n") if not line.startswith(":")]
        found = {}
        for line in lines:
            name, _, value = line.partition(":")
            found[name] = value.removeprefix(" ")
        return found or await self.event()

    async def next(self) -> Any:  # noqa: ANN401 - JSON
        event = await self.event()
        assert event["event"] == "next", event
        return json.loads(event["data"])

    async def over(self) -> None:
        assert self.task is not None
        async with asyncio.timeout(PATIENCE_S):
            await asyncio.wait([self.task])
        self.task.result()


@asynccontextmanager
async def asked(
    app: ASGIApp,
    query: str,
    headers: Mapping[str, str] | None = None,
    *,
    address: str = "192.0.2.1",
    get: bytes | None = None,
    method: str = "GET",
    batch: object = None,
    **more: object,
) -> AsyncIterator[Stream]:
    """Ask over HTTP, as graphql-sse does unless told otherwise."""
    stream = Stream()
    body = json.dumps(batch or {"query": query, **more}, ensure_ascii=False).encode()
    first = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive() -> Message:
        if first:
            return first.pop()
        await stream.gone.wait()
        return {"type": "http.disconnect"}

    base = {"host": "gateway", "accept": "text/event-stream", "content-type": "application/json"}
    scope = {
        "type": "http",
        "method": "POST" if get is None else method,
        "path": "/graphql",
        "query_string": get or b"",
        "headers": [(k.encode(), v.encode()) for k, v in {**base, **(headers or {})}.items()],
        "client": (address, 1),
    }
    stream.task = asyncio.create_task(app(scope, receive, stream.send))  # type: ignore[arg-type] # a coroutine
    try:
        yield stream
    finally:
        stream.reads.set()
        stream.gone.set()
        await stream.over()
