"""A sandboxed Seerr with its door: calls by user, quiet clocks."""

import asyncio
from datetime import timedelta
from typing import cast

import httpx

from gateway.sandbox.seerr import SandboxSeerr, SeerrSeed
from gateway.sandbox.seerr.seed import NOW

Body = dict[str, object]


class House:
    """The recorded server's people on an empty server, unless told otherwise."""

    def __init__(self, seed: SeerrSeed | None = None) -> None:
        self.now = NOW
        self.slept_s: list[float] = []
        self.seerr = SandboxSeerr(
            seed=seed or SeerrSeed.recorded(), clock=lambda: self.now, sleep=self.sleep
        )
        transport = httpx.ASGITransport(app=self.seerr.app())
        self.http = httpx.AsyncClient(transport=transport, base_url="http://seerr")

    async def sleep(self, seconds: float) -> None:
        self.slept_s.append(seconds)
        await asyncio.sleep(0)

    def later(self, **how_much: int) -> None:
        self.now += timedelta(**how_much)

    async def call(
        self, method: str, path: str, body: object = None, *, user: int = 1, **headers: str
    ) -> httpx.Response:
        own = {"X-Api-Key": self.seerr.api_key, "X-API-User": str(user)}
        own |= {name.replace("_", "-"): value for name, value in headers.items()}
        url = httpx.URL("http://seerr").copy_with(raw_path=path.encode())
        return await self.http.request(method, url, headers=own, json=body)

    async def get(self, path: str, *, user: int = 1) -> Body:
        answer = await self.call("GET", path, user=user)
        assert answer.status_code == 200, answer.text
        return cast("Body", answer.json())

    async def ask(self, tmdb_id: int, *, user: int = 7, **more: object) -> httpx.Response:
        body = {"mediaType": "movie", "mediaId": tmdb_id, "is4k": False} | more
        return await self.call("POST", "/request", body, user=user)

    async def rows(self, path: str, *, user: int = 1) -> list[Body]:
        return cast("list[Body]", (await self.get(path, user=user))["results"])

    async def ids(self, path: str, *, user: int = 1) -> list[object]:
        return [row["id"] for row in await self.rows(path, user=user)]

    async def media_of(self, request_id: int) -> Body:
        return cast("Body", (await self.get(f"/request/{request_id}"))["media"])
