"""The way in for WebSockets."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Final

import orjson
from starlette.types import Receive, Scope, Send

from gateway.edge.addresses import Addresses
from gateway.edge.graphql.fields import read_fields
from gateway.edge.graphql.pipeline import Pipeline
from gateway.edge.graphql.ports import Identities
from gateway.edge.graphql.refusal import RefusedError
from gateway.edge.live.messages import SUBPROTOCOL, Close
from gateway.edge.live.origins import PageOrigins, without_loose_cookies
from gateway.edge.live.room import Room
from gateway.edge.live.sender import PATIENCE_S, Sender
from gateway.edge.live.socket import Socket

INIT_S: Final = 3.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Doors:
    """Takes WebSockets in; what all of them share.

    Args:
        pipeline: Answers operations.
        identity: Knows callers.
        room: Who is in.
        origins: Pages that may connect.
        addresses: Tells clients apart.
        deadline_s: Most that an operation may take.
        max_message_bytes: Longest message.
        init_s: For a client to say who it is.
        patience_s: For a client to read.
    """

    pipeline: Pipeline
    identity: Identities
    room: Room
    origins: PageOrigins
    addresses: Addresses = field(default_factory=Addresses)
    deadline_s: float
    max_message_bytes: int
    init_s: float = INIT_S
    patience_s: float = PATIENCE_S

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one WebSocket, to its end."""
        message = await receive()
        if message["type"] != "websocket.connect":
            return
        with ExitStack() as stack:
            try:
                fields = read_fields(scope["headers"])
                self.origins.check(fields)
                address = self.addresses.key(scope, fields)
                socket = Socket(self, receive, Sender(send, patience_s=self.patience_s), address)
                guest = stack.enter_context(self.room.seat(address, socket.end))
            except RefusedError as exc:
                await _refuse(exc, scope, send)
                return
            if SUBPROTOCOL in scope.get("subprotocols", ()):
                await send({"type": "websocket.accept", "subprotocol": SUBPROTOCOL})
                await socket.run(guest, without_loose_cookies(fields))
            else:
                await send({"type": "websocket.accept"})
                reason = f"Subprotocol not acceptable: use {SUBPROTOCOL}"
                await socket.close(Close.WRONG_SUBPROTOCOL, reason)


async def _refuse(refused: RefusedError, scope: Scope, send: Send) -> None:
    """Answer the upgrade over HTTP, where the server can."""
    if "websocket.http.response" not in scope.get("extensions", {}):
        await send({"type": "websocket.close"})
        return
    lines = {"content-type": "application/json; charset=utf-8", "cache-control": "no-store"}
    told = {**lines, **{name.lower(): value for name, value in refused.headers.items()}}
    headers = [(name.encode("ascii"), value.encode("latin-1")) for name, value in told.items()]
    start = {"type": "websocket.http.response.start", "status": int(refused.status)}
    await send({**start, "headers": headers})
    await send({"type": "websocket.http.response.body", "body": orjson.dumps(refused.body)})
