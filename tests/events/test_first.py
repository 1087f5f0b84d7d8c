"""A change is seen by whoever follows."""

from __future__ import annotations

from pathlib import Path

from gateway.domain.request_rules import Actor
from gateway.domain.request_store import Wish
from gateway.domain.role import Role
from gateway.events.seen import Seen
from tests.graph.stage import staged
from tests.requests.test_end_to_end import kept_in


async def test_a_write_is_followed_and_found_again(tmp_path: Path) -> None:
    async with staged(kept_in(tmp_path)) as stage:
        store, feed = stage.gateway.runtime.store, stage.gateway.feed
        assert store is not None
        assert feed is not None
        user = await store.enrol("ann", "Ann")
        assert user is not None
        follower = await feed.follow()
        await store.create(Actor(user_id=user.user_id, role=Role.REQUESTER), Wish(tmdb_id=603))
        feed.nudge()
        seen = await anext(follower)
        assert isinstance(seen, Seen)
        again = await anext(await feed.follow(after=0))
        assert again is seen
        await follower.aclose()
