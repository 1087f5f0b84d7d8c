"""Hands on the routes, for people of the cast."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import httpx

from tests.requests.cast import as_
from tests.requests.stages import FILM, Scene

STEPS = ("approve", "decline", "retry", "cancel")


@dataclass(frozen=True, slots=True)
class Rest:
    """What people do by REST alone."""

    scene: Scene

    @property
    def http(self) -> httpx.AsyncClient:
        """A client of the gateway."""
        return self.scene.stage.http

    async def get(self, path: str, name: str | None = None, **headers: str) -> httpx.Response:
        """Read something."""
        return await self.http.get(path, headers={**as_(name), **_named(headers)})

    async def ask(
        self, name: str | None, tmdb_id: int = FILM, *, wish: object = None, **headers: str
    ) -> httpx.Response:
        """Ask for a film."""
        body = {"movie": {"tmdbId": tmdb_id}} if wish is None else wish
        given = {**as_(name), **_named(headers)}
        return await self.http.post("/api/requests", json=body, headers=given)

    async def made(self, name: str, tmdb_id: int = FILM) -> dict[str, Any]:
        """Ask for a film that nobody has asked for."""
        done = await self.ask(name, tmdb_id)
        assert done.status_code == 201, done.text
        found: dict[str, Any] = done.json()
        return found

    async def step(
        self,
        name: str | None,
        word: str,
        request_id: str,
        body: dict[str, object] | None = None,
        **headers: str,
    ) -> httpx.Response:
        """Decide, or take back; ``word`` is the mutation's first."""
        given = {**as_(name), **_named(headers)}
        where = f"/api/requests/{request_id}"
        if word == "cancel":
            return await self.http.delete(where, headers=given)
        decision = {"decision": word.upper(), **(body or {})}
        return await self.http.post(f"{where}/decision", json=decision, headers=given)


def _named(headers: dict[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in headers.items()}


def problem(answer: httpx.Response) -> tuple[int, str]:
    """The status and the code of a problem that is told as RFC 9457 has it."""
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["cache-control"] == "no-store"
    told = answer.json()
    assert told["status"] == answer.status_code
    assert told["type"].startswith("/api/docs#")
    assert told["title"]
    assert told["detail"]
    return answer.status_code, told["code"]
