"""Whoever is told: answers over HTTP, checks signatures by the rules written out, and records."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

TOLERANCE_S = 300


@dataclass(frozen=True)
class Told:
    """One delivery that arrived."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]

    @property
    def json(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.body)
        return found

    @property
    def data(self) -> dict[str, Any]:
        found: dict[str, Any] = self.json["data"]
        return found


def verify(secret: str, told: Told, *, now_s: float | None = None) -> None:
    """As standardwebhooks.com tells receivers to; nothing of the gateway's own code.

    Raises:
        ValueError: It was forged, changed or is old.
    """
    head = {name.lower(): value for name, value in told.headers.items()}
    key = base64.b64decode(secret.removeprefix("whsec_"))
    sent_s = int(head["webhook-timestamp"])
    if abs((time.time() if now_s is None else now_s) - sent_s) > TOLERANCE_S:
        raise ValueError("old")
    content = f"{head['webhook-id']}.{sent_s}.".encode() + told.body
    wanted = base64.b64encode(hmac.new(key, content, hashlib.sha256).digest()).decode()
    for each in head["webhook-signature"].split(" "):
        version, _, signature = each.partition(",")
        if version == "v1" and hmac.compare_digest(signature, wanted):
            return
    raise ValueError("forged")


Reply = Callable[[Told], bytes]


def status(number: int, *lines: str) -> bytes:
    head = "".join(f"{line}\r\n" for line in lines)
    return f"HTTP/1.1 {number} Word\r\nContent-Length: 0\r\n{head}\r\n".encode()


@dataclass
class Receiver:
    """A server that is told things.

    Attributes:
        told: In the order of arrival.
        reply: What it answers; nothing at all if empty.
    """

    told: list[Told] = field(default_factory=list)
    reply: Reply = lambda _: status(204)
    open: asyncio.Event = field(default_factory=asyncio.Event)
    arrived: asyncio.Event = field(default_factory=asyncio.Event)
    changed: asyncio.Event = field(default_factory=asyncio.Event)
    waits: int = 0
    connections: int = 0
    port: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook"

    async def until_waits(self, many: int) -> None:
        """Until so many callers wait for their answers."""
        while self.waits < many:
            self.changed.clear()
            await asyncio.wait_for(self.changed.wait(), 10)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
            headers = {k.lower(): v for k, v in (line.split(": ", 1) for line in head[1:] if line)}
            body = await reader.readexactly(int(headers["content-length"]))
            told = Told(head[0].split(" ")[1], headers, body)
            self.told.append(told)
            self.arrived.set()
            if not self.open.is_set():
                self.waits += 1
                self.changed.set()
                try:
                    await self.open.wait()
                finally:
                    self.waits -= 1
            writer.write(self.reply(told))
            await writer.drain()
        except (OSError, asyncio.IncompleteReadError):
            pass  # the gateway went
        finally:
            writer.close()


@asynccontextmanager
async def receiving(reply: Reply | None = None) -> AsyncIterator[Receiver]:
    receiver = Receiver()
    receiver.open.set()
    if reply is not None:
        receiver.reply = reply
    tasks: set[asyncio.Task[None]] = set()

    def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.ensure_future(receiver.serve(reader, writer))
        tasks.add(task)
        task.add_done_callback(tasks.discard)

    server = await asyncio.start_server(accept, "127.0.0.1", 0)
    receiver.port = server.sockets[0].getsockname()[1]
    try:
        yield receiver
    finally:
        server.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await asyncio.sleep(0)
