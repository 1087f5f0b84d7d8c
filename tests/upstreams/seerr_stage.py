"""A sandboxed Seerr as the stage of a store, and films for it to know."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property

import httpx

from gateway.cache.readthrough import ReadThrough
from gateway.cache.redis_line import RedisLine
from gateway.domain.observed import ObservedLog
from gateway.domain.request import Availability
from gateway.domain.request_rules import Actor
from gateway.domain.role import Role
from gateway.sandbox.seerr import SandboxSeerr, SeerrSeed
from gateway.sandbox.seerr.effects import after_media_change
from gateway.sandbox.seerr.entities import User
from gateway.sandbox.seerr.films import Film, HitPage, Series
from gateway.sandbox.seerr.states import MediaStatus, Permission, RequestStatus
from gateway.transport.http import UpstreamHttp
from gateway.transport.httpx_port import HttpxPort
from gateway.transport.port import HttpPort
from gateway.upstreams.seerr.client import SeerrClient, classify
from gateway.upstreams.seerr.desk import Desk
from gateway.upstreams.seerr.hints import Hints
from gateway.upstreams.seerr.journal import Journal
from gateway.upstreams.seerr.reading import Reading
from gateway.upstreams.seerr.slips import Slips
from gateway.upstreams.seerr.store import SeerrStore
from gateway.upstreams.seerr.turns import Turns
from gateway.upstreams.seerr.watching import Watch
from tests.requests.behind import WallClock
from tests.upstreams.lossy import LossyPort
from tests.upstreams.played import QUICK

KEY = "conformance"
P = Permission
ASKING = P.REQUEST | P.REQUEST_4K
PERMISSIONS = {
    Role.VIEWER: P.NONE,
    Role.REQUESTER: ASKING,
    Role.MANAGER: ASKING | P.MANAGE_REQUESTS,
    Role.ADMIN: P.ADMIN,
}
NOBODY_KNOWS = 999_999


class AnyFilm:
    """A TMDB that knows every film but one."""

    def film(self, tmdb_id: int) -> Film | None:
        known = 0 < tmdb_id != NOBODY_KNOWS
        return Film(tmdb_id=tmdb_id, title=f"Film {tmdb_id}") if known else None

    def series(self, tmdb_id: int) -> Series | None:  # noqa: ARG002 - there are none
        return None

    def popular(self, page: int, *, original_language: str | None = None) -> HitPage:  # noqa: ARG002 - ditto
        return HitPage(page=page, total=0)

    def similar(self, tmdb_id: int, page: int) -> HitPage:  # noqa: ARG002 - ditto
        return HitPage(page=page, total=0)

    def search(self, query: str, page: int) -> HitPage:  # noqa: ARG002 - ditto
        return HitPage(page=page, total=0)


def empty_seerr(clock: WallClock | None = None) -> SandboxSeerr:
    """A Seerr with nobody in it but its owner."""
    seed = SeerrSeed(users=(), films=AnyFilm(), api_key=KEY)
    seerr = SandboxSeerr(seed=seed, clock=clock or WallClock())
    seat(seerr, 1, "Owner", P.ADMIN)
    return seerr


def seat(seerr: SandboxSeerr, user_id: int, name: str, permissions: int) -> User:
    """Let somebody be known to it."""
    user = User(
        id=user_id,
        email=f"{name.lower()}@marquee.example",
        username=name,
        permissions=permissions,
        created_at=datetime(2026, 1, 1, tzinfo=UTC),
    )
    seerr.world.store.users[user_id] = user
    return user


def http_to(port: HttpPort, base_url: str = "http://seerr") -> UpstreamHttp:
    """A way to it with the right key; no second tries, so that each call counts."""
    return UpstreamHttp(
        "seerr",
        port,
        base_url=base_url,
        headers={"X-Api-Key": KEY},
        limits=QUICK,
        classify=classify,
    )


async def no_pause(_: float) -> None:
    """Let others run."""
    await asyncio.sleep(0)


def store_at(
    http: UpstreamHttp,
    *,
    line: RedisLine | None = None,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
    sleep: Callable[[float], Awaitable[None]] = no_pause,
    cache: ReadThrough | None = None,
    log: ObservedLog | None = None,
) -> SeerrStore:
    """A store over it."""
    client = SeerrClient(http, acting_user_id=1)
    cache = cache or ReadThrough()
    slips = Slips(line, "s")
    reading = Reading(client, cache, "s")
    hints = Hints(line, "s")
    return SeerrStore(
        desk=Desk(client=client, slips=slips, purge=cache.purge, now=now, sleep=sleep),
        reading=reading,
        turns=Turns(line, "s"),
        journal=None if log is None else Journal(log, "seerr:s", hints, reading.user, now),
    )


@dataclass
class SeerrStage:
    """Hands that reach behind a store at Seerr."""

    store: SeerrStore
    clock: WallClock
    seerr: SandboxSeerr
    port: LossyPort
    cache: ReadThrough
    _names: dict[str, int] = field(default_factory=dict)

    @classmethod
    def new(cls, line: RedisLine | None = None, log: ObservedLog | None = None) -> SeerrStage:
        """An empty Seerr and a store over it, with a log of what happens there or without."""
        clock = WallClock()
        seerr = empty_seerr(clock)
        port = LossyPort(HttpxPort(httpx.ASGITransport(app=seerr.app())))
        cache = ReadThrough()
        store = store_at(http_to(port), line=line, now=clock, cache=cache, log=log)
        return cls(store, clock, seerr, port, cache)

    @cached_property
    def watch(self) -> Watch:
        """An eye on it."""
        assert self.store.journal is not None
        return Watch(self.store.desk.client, self.store.journal, self.store.desk.purge)

    async def aclose(self) -> None:
        """Close its connections."""
        await self.store.aclose()
        await self.cache.aclose()
        await self.port.aclose()

    async def person(self, name: str, role: Role) -> Actor:
        """Somebody whom Seerr knows, and lets do what their role may."""
        user_id = self._names.setdefault(name, 10 + len(self._names))
        seat(self.seerr, user_id, name, PERMISSIONS[role])
        return Actor(user_id=user_id, role=role)

    async def allow(self, actor: Actor, most: int, days: int) -> None:
        """Limit what a person may ask for, as Seerr's pages do."""
        user = self.seerr.world.store.users[actor.user_id]
        user.movie_quota_limit, user.movie_quota_days = most, days

    async def shelve(self, tmdb_id: int, availability: Availability, *, is_4k: bool) -> None:
        """Let Seerr's look at the library find how far a film got."""
        world = self.seerr.world
        status = MediaStatus[availability.value]
        media = world.store.media_of_title("movie", tmdb_id)
        if media is None:
            media = world.store.add_media("movie", tmdb_id, world.now())
        before = media.track(is4k=is_4k)
        media.set_track(status, is4k=is_4k)
        if status is MediaStatus.BLOCKLISTED:
            media.status = media.status4k = status
        await after_media_change(world, media, before, is4k=is_4k)
        await self.cache.purge("requests")

    async def fail(self, request_id: int) -> None:
        """Let Radarr refuse."""
        self.seerr.world.store.requests[request_id].status = RequestStatus.FAILED
        await self.cache.purge("requests")
        if self.store.journal is not None:
            await self.watch.whole()
