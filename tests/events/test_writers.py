"""Many write side by side into a real database: whoever follows elsewhere has all, in order."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack, suppress
from pathlib import Path
from typing import Final

import pytest

from gateway.domain.request_rules import Actor
from gateway.domain.request_store import Wish
from gateway.domain.role import Role
from gateway.events.feed import LOOK_S
from gateway.events.seen import Seen
from gateway.upstreams.book import schema
from gateway.upstreams.book.location import PostgresUrl
from tests.graph.stage import Stage, staged
from tests.postgres import PostgresServer, new_database, postgres_server
from tests.requests.stages import kept_in

__all__ = ["postgres_server"]

WRITERS: Final = 8
EACH: Final = 40
SAME: Final = 3
"""Of ten wishes, so many are for a film that all writers want, and one of them gets."""

pytestmark = [pytest.mark.slow]


async def test_nobody_misses_what_was_committed_side_by_side(
    valkey_url: str, postgres_server: PostgresServer, tmp_path: Path
) -> None:
    url = await new_database(postgres_server, "events")
    await schema.walk(PostgresUrl(url))
    environ = {
        **kept_in(tmp_path),
        "GATEWAY_REDIS_URL": valkey_url,
        "GATEWAY_DATABASE_URL": url,
    }
    async with AsyncExitStack() as stack:
        here = await stack.enter_async_context(staged(environ))
        there = await stack.enter_async_context(staged(environ))
        feed, store = there.gateway.feed, there.gateway.runtime.store
        assert feed is not None
        assert store is not None
        follower, got = await feed.follow(), list[int]()

        async def read() -> None:
            """As long as something comes."""
            with suppress(TimeoutError):
                while True:
                    async with asyncio.timeout(3 * LOOK_S):
                        item = await anext(follower)
                    assert isinstance(item, Seen)
                    got.append(item.event.sequence)

        reader = asyncio.create_task(read())
        await asyncio.gather(*(write((here, there)[at % 2], at) for at in range(WRITERS)))
        expected = [each.sequence for each in await store.events(0, most=1000)]
        await reader
        await follower.aclose()
    assert len(expected) > WRITERS * EACH * (10 - SAME) // 10
    assert got == expected


async def write(stage: Stage, number: int) -> None:
    """Ask for films, some of them wanted by others too."""
    store, feed = stage.gateway.runtime.store, stage.gateway.feed
    assert store is not None
    assert feed is not None
    user = await store.enrol(f"writer {number}", f"Writer {number}")
    assert user is not None
    actor = Actor(user_id=user.user_id, role=Role.REQUESTER)
    for at in range(EACH):
        tmdb_id = 1 + at if at % 10 < SAME else 1000 * (1 + number) + at
        await store.create(actor, Wish(tmdb_id=tmdb_id))
        feed.nudge()
