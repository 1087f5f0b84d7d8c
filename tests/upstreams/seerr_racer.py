"""A process that asks Seerr for films through a store of its own, and tells what it was told."""

from __future__ import annotations

import asyncio
import logging
import random
from multiprocessing.connection import Connection

from gateway.cache.redis_line import RedisLine
from gateway.domain.request_outcomes import Created, Duplicate
from gateway.domain.request_rules import Actor
from gateway.domain.request_store import Wish
from gateway.domain.role import Role
from gateway.errors import UpstreamError
from gateway.transport.socket_port import SocketPort
from gateway.upstreams.seerr.store import SeerrStore
from tests.upstreams.seerr_stage import http_to, store_at

AT_ONCE = 4


def say(line: Connection, *words: object) -> None:
    """Say a whole line; a kill cannot cut one."""
    line.send_bytes(" ".join(map(str, words)).encode())


async def ask(line: Connection, store: SeerrStore, actor: Actor, tmdb_id: int) -> None:
    """Ask until the store knows."""
    while True:
        try:
            outcome = await store.create(actor, Wish(tmdb_id=tmdb_id), key=str(tmdb_id))
        except UpstreamError as exc:
            say(line, "error", tmdb_id, exc.code, exc.detail.replace(" ", "_"))
            await asyncio.sleep(0.05)
            continue
        match outcome:
            case Created(request=request, created=True):
                say(line, "mine", tmdb_id, request.request_id)
            case Duplicate(existing=request):
                say(line, "theirs", tmdb_id, request.request_id)
            case other:
                say(line, "other", tmdb_id, type(other).__name__)
        return


async def main(line: Connection, user_id: int, seerr_url: str, redis_url: str, films: int) -> None:
    """Ask for all films in an order of this process's own."""
    redis, port = RedisLine(redis_url, timeout_s=2.0), SocketPort()
    store = store_at(http_to(port, seerr_url), line=redis, sleep=asyncio.sleep)
    actor = Actor(user_id=user_id, role=Role.REQUESTER)
    wanted = list(range(1, films + 1))
    random.Random(user_id).shuffle(wanted)
    todo = iter(wanted)

    async def work() -> None:
        for tmdb_id in todo:
            await ask(line, store, actor, tmdb_id)

    say(line, "ready")
    await asyncio.gather(*(work() for _ in range(AT_ONCE)))
    say(line, "done")
    await store.aclose()
    await port.aclose()
    await redis.aclose()


def race(line: Connection, user_id: int, seerr_url: str, redis_url: str, films: int) -> None:
    """Run in a process of its own."""
    logging.disable()
    asyncio.run(main(line, user_id, seerr_url, redis_url, films))
