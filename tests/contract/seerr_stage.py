"""Plays what happened on the recorded Seerr before an exchange, as ``stages.toml`` tells it."""

import asyncio
import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import cast

import httpx

from gateway.sandbox.seerr import SandboxSeerr, SeerrSeed
from gateway.sandbox.seerr.entities import Media
from gateway.sandbox.seerr.radarr import Health, RadarrServer
from gateway.sandbox.seerr.states import MediaStatus

LISTENER = "http://listener.test/hook"
_EVERY_NOTICE = 8158


class Stage:
    """A fresh sandbox; steps are people's calls, or turns of what surrounds the server."""

    def __init__(self, histories: Mapping[str, list[str]]) -> None:
        self._histories = histories
        self.now = datetime(2026, 11, 22, 23, 59, 8, tzinfo=UTC)
        self.slept_s: list[float] = []
        self.heard: list[dict[str, object]] = []
        self.cookie = ""
        self.wrong = ""
        self.asked_before = False
        self._listener_status = 200
        self.seerr = SandboxSeerr(
            seed=SeerrSeed.recorded(), clock=lambda: self.now, sleep=self._sleep, post=self._post
        )
        transport = httpx.ASGITransport(app=self.seerr.app())
        self.http = httpx.AsyncClient(transport=transport, base_url="http://seerr")

    async def _sleep(self, seconds: float) -> None:
        self.slept_s.append(seconds)
        await asyncio.sleep(0)

    async def _post(self, url: str, headers: Mapping[str, str], body: bytes) -> int:
        assert (url, headers["Content-Type"]) == (LISTENER, "application/json")
        self.heard.append(json.loads(body))
        return self._listener_status

    async def play(self, steps: list[str]) -> None:
        for step in steps:
            if step in self._histories:
                await self.play(self._histories[step])
                continue
            first, *words = step.split()
            if first.isdigit():
                await getattr(self, f"_{words[0]}")(first, *words[1:])
            else:
                await getattr(self, f"_{first}")(*words)
            await self.seerr.settled()

    async def _call(self, user: str, method: str, path: str, body: object = None) -> httpx.Response:
        headers = {"X-Api-Key": self.seerr.api_key, "X-API-User": user}
        answer = await self.http.request(method, path, headers=headers, json=body)
        assert answer.is_success, (method, path, answer.text)
        return answer

    def _media(self, tmdb_id: str) -> Media:
        media = self.seerr.world.store.media_of_title("movie", int(tmdb_id))
        assert media is not None
        return media

    # People: "<user> <verb> <object> ...".

    async def _asks(self, user: str, tmdb_id: str, *how: str) -> None:
        body: dict[str, object] = {"mediaType": "movie", "mediaId": int(tmdb_id)}
        match how:
            case ():
                body["is4k"] = False
            case ("4k",):
                body["is4k"] = True
            case ("for", other):
                body |= {"is4k": False, "userId": int(other)}
            case ("season", number):
                body |= {"mediaType": "tv", "is4k": False, "seasons": [int(number)]}
            case _:
                assert how == ("anyhow",), how
        await self._call(user, "POST", "/request", body)

    async def _reads(self, user: str, _movie: str, tmdb_id: str) -> None:
        await self._call(user, "GET", f"/movie/{tmdb_id}")

    async def _approves(self, user: str, number: str, verb: str = "approve") -> None:
        await self._call(user, "POST", f"/request/{number}/{verb}")

    async def _declines(self, user: str, number: str) -> None:
        await self._approves(user, number, "decline")

    async def _retries(self, user: str, number: str) -> None:
        await self._approves(user, number, "retry")

    async def _deletes(self, user: str, number: str) -> None:
        await self._call(user, "DELETE", f"/request/{number}")

    async def _sets(self, user: str, tmdb_id: str, status: str, *track: str) -> None:
        path = f"/media/{self._media(tmdb_id).id}/{status}"
        await self._call(user, "POST", path, {"is4k": track == ("4k",)})

    async def _removes(self, user: str, tmdb_id: str) -> None:
        await self._call(user, "DELETE", f"/media/{self._media(tmdb_id).id}")

    async def _blocklists(self, user: str, tmdb_id: str) -> None:
        body = {"tmdbId": int(tmdb_id), "mediaType": "movie", "title": "x", "user": 1}
        await self._call(user, "POST", "/blocklist", body)

    async def _signs(self, user: str, direction: str) -> None:
        if direction == "in":
            email = self.seerr.world.store.users[int(user)].email
            body = {"email": email, "password": "password"}
            answer = await self._call(user, "POST", "/auth/local", body)
            self.cookie = answer.cookies["connect.sid"]
        else:
            await self.http.post("/auth/logout", headers={"Cookie": f"connect.sid={self.cookie}"})

    async def _tests(self, user: str, *_the_webhook: str) -> None:
        options = {"webhookUrl": LISTENER}
        body = {"enabled": True, "types": _EVERY_NOTICE, "options": options}
        await self._call(user, "POST", "/settings/notifications/webhook/test", body)

    # Surroundings: "<thing> <what it does> ...".

    async def _until(self, count: str) -> None:
        """Fill up with requests of no interest, so that ids fit the recording."""
        requests = self.seerr.world.store.requests
        while len(requests) < int(count):
            await self._asks("8", str(5060 - len(requests)))

    async def _radarr(self, *words: str, is4k: bool = False) -> None:
        radarr = self.seerr.world.radarr
        if words[0] == "downloads":
            radarr.start_download(self._media(words[1]).radarr)
            return
        name, number = ("Radarr UHD", 1) if is4k else ("Radarr", 0)
        radarr.servers[number] = RadarrServer(
            id=number,
            name=name,
            url="http://radarr.test",
            is4k=is4k,
            health=cast("Health", words[0]),
        )

    async def _radarr4k(self, health: str) -> None:
        await self._radarr(health, is4k=True)

    async def _library(self, _loses: str, tmdb_id: str) -> None:
        self._media(tmdb_id).status = MediaStatus.DELETED

    async def _tmdb(self, *words: str) -> None:
        line = self.seerr.world.tmdb
        match words:
            case ("fails", "with", *reason):
                line.outage = " ".join(reason)
            case ("silent",):
                line.silent = True
            case _:
                assert words == ("forgets",), words
                line.forget()

    async def _webhook(self, _on: str) -> None:
        options = {"webhookUrl": LISTENER, "jsonPayload": ""}
        body = {"enabled": True, "types": _EVERY_NOTICE, "options": options}
        await self._call("1", "POST", "/settings/notifications/webhook", body)

    async def _listener(self, _broken: str) -> None:
        self._listener_status = 500

    async def _wrong(self, what: str) -> None:
        self.wrong = what

    async def _asked(self, _before: str) -> None:
        self.asked_before = True

    async def _a(self, _second: str, _passes: str) -> None:
        self.now += timedelta(seconds=1)
