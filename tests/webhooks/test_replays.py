"""Where endpoints begin, and what is told again."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import sqlalchemy as sa

from gateway.domain.request_log import RequestEventKind
from gateway.upstreams.book.tables import micros
from gateway.upstreams.book.tables_observed import OBSERVED_EVENTS
from tests.webhooks.receiver import receiving, status
from tests.webhooks.stage import Stage
from tests.webhooks.test_worker import types


async def test_a_replay_tells_again_in_order_with_the_same_ids(stage: Stage) -> None:
    async with receiving() as receiver, receiving() as other:
        await stage.ask()
        stage.clock.advance(hours=2)
        endpoint = await stage.endpoint(receiver.url)
        await stage.endpoint(other.url)
        request_id = await stage.ask()
        stage.clock.advance(hours=2)
        since = stage.clock()
        await stage.decide(request_id)
        await stage.ask()
        await stage.look()
        before = [each.id for each in receiver.told]
        assert len(before) == 3
        assert await stage.store.rewind(endpoint.endpoint_id, since, stage.clock())
        await stage.look()
        assert {each.id for each in receiver.told[3:]} == set(before[1:])
        assert len(other.told) == 3
        long_ago = since - timedelta(days=1)
        assert await stage.store.rewind(endpoint.endpoint_id, long_ago, stage.clock())
        await stage.look()
        assert Counter(each.data["tmdbId"] for each in receiver.told[5:]) == {1: 1, 2: 2, 3: 1}


async def test_a_replay_keeps_what_waits_in_its_order(stage: Stage) -> None:
    async with receiving() as receiver:
        endpoint = await stage.endpoint(receiver.url)
        request_id = await stage.ask()
        await stage.look()
        receiver.reply = lambda _: status(500)
        await stage.decide(request_id)
        await stage.look()
        since = stage.clock() - timedelta(hours=1)
        await stage.store.rewind(endpoint.endpoint_id, since, stage.clock())
        receiver.reply = lambda _: status(204)
        await stage.look()
        assert types(receiver) == ["created", "approved", "created", "approved"]
        assert {each.attempts for each in await stage.log(endpoint)} == {1}


async def test_another_store_has_numbers_of_its_own(stage: Stage) -> None:
    """Its log began after the endpoint was added: all that is in it is told."""
    await stage.ask()
    async with receiving() as receiver:
        endpoint = await stage.endpoint(receiver.url)
        await stage.ask()
        await stage.look()
        assert len(receiver.told) == 1
        await stage.look(stage.another("seerr:1"))
        assert len(receiver.told) == 3
        await stage.ask()
        await stage.look(stage.another("seerr:1"))
        await stage.look()
        scopes = Counter(each.scope for each in await stage.log(endpoint))
        assert scopes == {"book": 2, "seerr:1": 3}


async def test_where_the_log_of_another_store_ends_it_begins(stage: Stage) -> None:
    """As seen at Seerr: late, so that moments do not rise with the numbers."""
    seen = [
        {
            "scope": "seerr:1",
            "event_id": f"i{day}",
            "kind": RequestEventKind.CREATED,
            "request_id": day,
            "tmdb_id": day,
            "is_4k": False,
            "version": 1,
            "occurred_at": micros(stage.clock() + timedelta(days=day)),
        }
        for day in (5, 9, 3, 7, 1)
    ]
    add = sa.insert(OBSERVED_EVENTS).values(seen)
    await stage.database.write("test", lambda c: c.execute(add))
    endpoint = await stage.endpoint("http://127.0.0.1:9/")
    whose, began = endpoint.endpoint_id, stage.clock()
    assert await stage.store.positions("seerr:1") == {whose: 5}
    for days, position in ((10, 5), (9, 1), (6, 1), (5, 0)):
        assert await stage.store.rewind(whose, began + timedelta(days=days), began)
        assert await stage.store.positions("seerr:1") == {whose: position}
    assert await stage.store.positions("book") == {whose: 0}
