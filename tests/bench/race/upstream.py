"""The sandbox with its answers kept, so that it is not the sandbox's own speed that is measured.

What nobody has asked before is asked of the sandbox, in this process; the same request gets the
same bytes from then on. YouTube's videos are kept one by one: gateways ask for them in any
company. Run as ``python -m tests.bench.race.upstream PORT LATENCY_MS``.
"""

from __future__ import annotations

import asyncio
import sys
from collections import Counter
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode, urlsplit

import httpx
import orjson
import uvloop

from gateway.sandbox import Sandbox

VIDEOS: Final = "/youtube/v3/videos"
COUNTS: Final = b"/counts"
_END: Final = b"\r\n\r\n"
_OURS: Final = frozenset({"host", "connection", "content-length", "accept-encoding"})


class Kept:
    """Answers by request target, whole: head and body."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self.answers: dict[bytes, bytes] = {}
        self.counts: Counter[str] = Counter()
        self._http = http
        self._videos: dict[tuple[str, str], Any] = {}

    async def answer(self, head: bytes, target: bytes) -> bytes:
        """One from the sandbox, kept if it may be."""
        headers = _headers_of(head)
        if target.partition(b"?")[0].decode() == VIDEOS:
            return await self._company(target, headers)
        found = self.answers[target] = _whole(await self._ask(target.decode(), headers))
        return found

    async def _ask(self, target: str, headers: dict[str, str]) -> httpx.Response:
        return await self._http.get(target, headers=headers)

    async def _company(self, target: bytes, headers: dict[str, str]) -> bytes:
        """Videos as YouTube lists them, each from the sandbox once."""
        asked = dict(parse_qsl(urlsplit(target.decode()).query))
        keys = asked.pop("id").split(",")
        others = urlencode(asked)
        for key in keys:
            if (others, key) not in self._videos:
                alone = await self._ask(f"{VIDEOS}?{others}&{urlencode({'id': key})}", headers)
                self._videos[others, key] = [
                    orjson.Fragment(orjson.dumps(each)) for each in alone.json()["items"]
                ]
        items = [each for key in keys for each in self._videos[others, key]]
        told = {"kind": "youtube#videoListResponse", "items": items}
        told["pageInfo"] = {"totalResults": len(items), "resultsPerPage": len(items)}
        return _written(200, "application/json; charset=UTF-8", orjson.dumps(told))


def _headers_of(head: bytes) -> dict[str, str]:
    lines = (line.partition(b":") for line in head.split(b"\r\n")[1:])
    sent = {name.decode().lower(): value.strip().decode() for name, _, value in lines}
    return {name: value for name, value in sent.items() if name not in _OURS}


def _whole(answer: httpx.Response) -> bytes:
    return _written(answer.status_code, answer.headers["content-type"], answer.content)


def _written(status: int, kind: str, body: bytes) -> bytes:
    line = f"HTTP/1.1 {status} {HTTPStatus(status).phrase}\r\ncontent-type: {kind}\r\n"
    return f"{line}content-length: {len(body)}\r\n\r\n".encode() + body


class Line(asyncio.Protocol):
    """One connection; requests have no bodies."""

    def __init__(self, kept: Kept, latency_s: float) -> None:
        self._kept = kept
        self._latency_s = latency_s
        self._rest = b""
        self._tasks: set[asyncio.Task[None]] = set()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """See ``asyncio.Protocol``."""
        self._transport: Any = transport

    def data_received(self, data: bytes) -> None:
        """See ``asyncio.Protocol``."""
        *heads, self._rest = (self._rest + data).split(_END)
        for head in heads:
            target = head.split(b" ", 2)[1]
            if target == COUNTS:
                self._send(_written(200, "application/json", orjson.dumps(self._kept.counts)))
                continue
            self._kept.counts[_kind(target)] += 1
            found = self._kept.answers.get(target)
            if found is not None:
                self._later(found)
                continue
            task = asyncio.create_task(self._made(head, target))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _made(self, head: bytes, target: bytes) -> None:
        self._later(await self._kept.answer(head, target))

    def _later(self, answer: bytes) -> None:
        if self._latency_s:
            asyncio.get_running_loop().call_later(self._latency_s, self._send, answer)
        else:
            self._send(answer)

    def _send(self, answer: bytes) -> None:
        if not self._transport.is_closing():
            self._transport.write(answer)


def _kind(target: bytes) -> str:
    return target.split(b"/", 2)[1].decode()


async def serve(port: int, latency_s: float) -> None:
    """Answer until the process ends."""
    origin = f"http://127.0.0.1:{port}"
    transport = httpx.ASGITransport(Sandbox().app())
    async with httpx.AsyncClient(transport=transport, base_url=origin) as http:
        kept = Kept(http)
        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: Line(kept, latency_s), "127.0.0.1", port)
        await server.serve_forever()


if __name__ == "__main__":
    uvloop.run(serve(int(sys.argv[1]), float(sys.argv[2]) / 1000))
