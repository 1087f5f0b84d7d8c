"""A gateway over a Seerr whose webhook calls it, and hands at Seerr's own pages."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import httpx

from gateway.app import Gateway
from gateway.domain.request_log import RequestEvent
from gateway.sandbox import Sandbox
from gateway.sandbox.seerr.webhook_template import TEMPLATE
from gateway.upstreams.seerr.journal import Journal
from gateway.upstreams.seerr.store import SeerrStore
from tests.graph.stage import Stage, staged
from tests.requests.cast import PEOPLE, introduce
from tests.requests.stages import with_people

SECRET: Final = "a-secret-of-sixteen"  # noqa: S105 - of a test
EVERY_NOTICE: Final = 8158
PATIENCE_S: Final = 20.0
HASTE: Final = 50.0
"""How much faster time goes between two looks at one request."""


@dataclass
class House:
    """Both, and whoever sits at Seerr's pages."""

    stage: Stage

    @property
    def store(self) -> SeerrStore:
        found = self.stage.gateway.runtime.store
        assert isinstance(found, SeerrStore)
        return found

    @property
    def journal(self) -> Journal:
        assert self.store.journal is not None
        return self.store.journal

    async def at_seerr(
        self, name: str, method: str, path: str, body: Mapping[str, object] | None = None
    ) -> httpx.Response:
        """Do something at Seerr itself."""
        seerr = self.stage.sandbox.seerr
        transport = httpx.ASGITransport(app=seerr.app())
        headers = {"X-Api-Key": seerr.api_key, "X-API-User": str(PEOPLE[name].seerr_user_id)}
        async with httpx.AsyncClient(transport=transport, base_url="http://seerr") as http:
            answer = await http.request(method, path, headers=headers, json=body)
        assert answer.is_success, answer.text
        return answer

    async def asks(self, name: str, tmdb_id: int) -> int:
        """Ask for a film there; the request's id."""
        body = {"mediaType": "movie", "mediaId": tmdb_id, "is4k": False}
        answer = await self.at_seerr(name, "POST", "/request", body)
        number: int = answer.json()["id"]
        return number

    async def hook(
        self, body: object = None, *, content: bytes | None = None, **headers: str
    ) -> int:
        """Call the gateway's webhook; the status."""
        sent = {"Authorization": SECRET, "Content-Type": "application/json", **headers}
        raw = json.dumps(body).encode() if content is None else content
        answer = await self.stage.http.post("/webhooks/seerr", content=raw, headers=sent)
        return answer.status_code

    async def told(self, after: int = 0) -> list[tuple[int, str, str | None]]:
        """What the log tells: which request, what happened, who did it."""
        return [_short(each) for each in await self.store.events(after, most=100)]

    async def until(self, done: Callable[[], Awaitable[bool]]) -> None:
        """Wait until something is so."""
        async with asyncio.timeout(PATIENCE_S):
            while not await done():  # noqa: ASYNC110 - the log is looked at, as others would
                await asyncio.sleep(0.005)

    async def until_told(self, *expected: tuple[int, str, str | None]) -> None:
        """Wait until the log tells just this."""
        try:
            await self.until(lambda: self._tells(expected))
        except TimeoutError:
            assert await self.told() == list(expected)

    async def begun(self) -> None:
        """Wait for the first look."""

        async def done() -> bool:
            return (await self.journal.log.known(self.journal.scope)).newest is not None

        await self.until(done)
        self.stage.calls()

    async def _tells(self, expected: Sequence[tuple[int, str, str | None]]) -> bool:
        return await self.told() == list(expected)


def hasten(gateway: Gateway) -> None:
    """Let the seconds between looks be short."""
    store = gateway.runtime.store
    assert isinstance(store, SeerrStore)
    if store.journal is not None:
        store.journal.hints._clock = lambda: time.monotonic() * HASTE
        store.journal.hints._sleep = lambda seconds: asyncio.sleep(seconds / HASTE)
    introduce(gateway)


def _short(event: RequestEvent) -> tuple[int, str, str | None]:
    return (event.request_id, event.kind.value, event.actor and event.actor.display_name)


@asynccontextmanager
async def set_up(
    folder: Path,
    environ: Mapping[str, str] | None = None,
    *,
    template: str = TEMPLATE,
    begin: bool = True,
    sandbox: Sandbox | None = None,
) -> AsyncIterator[House]:
    """Raise the curtain; Seerr is looked at once, and then only where a hint points."""
    sandbox = sandbox or with_people()
    given = {
        "GATEWAY_BOOK": "on",
        "GATEWAY_DATA_DIR": str(folder),
        "SEERR_WEBHOOK_SECRET": SECRET,
        "SEERR_WATCH_EVERY_S": "0",
        **(environ or {}),
    }
    async with staged(given, sandbox, prepare=hasten) as stage:
        house = House(stage)

        async def post(url: str, headers: Mapping[str, str], body: bytes) -> int:
            answer = await stage.http.post(url, headers=dict(headers), content=body)
            return answer.status_code

        webhook = sandbox.seerr.world.webhook
        webhook.post, webhook.url, webhook.auth_header = post, "/webhooks/seerr", SECRET
        webhook.types, webhook.enabled, webhook.template = EVERY_NOTICE, True, template
        if begin:
            await house.begun()
        yield house
