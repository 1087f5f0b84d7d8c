"""What machines and operators do with the book."""

from __future__ import annotations

from datetime import timedelta

import pytest

from gateway.domain.request import RequestStatus
from gateway.domain.request_outcomes import Changed, Conflict, Created, KeyReused
from gateway.domain.request_quota import Allowance, Quota
from gateway.domain.request_store import Wish
from gateway.domain.role import Role
from gateway.upstreams.book import built_in, keeping
from tests.book.stage import BookStage


async def test_a_person_s_own_quota_beats_that_of_their_role(stage: BookStage) -> None:
    ann = await stage.person("Ann", Role.REQUESTER)
    bob = await stage.person("Bob", Role.REQUESTER)
    max_ = await stage.person("Max", Role.MANAGER)
    await keeping.allow(stage.store, Role.REQUESTER, Allowance(most=2, days=1))
    await keeping.allow(stage.store, bob.user_id, Allowance(most=None, days=1))
    assert await stage.store.quota(ann) == Quota(most=2, days=1)
    assert await stage.store.quota(bob) == Quota()
    assert await stage.store.quota(max_) == Quota()
    await keeping.allow(stage.store, bob.user_id, Allowance(most=9, days=30))
    assert await stage.store.quota(bob) == Quota(most=9, days=30)
    await keeping.allow(stage.store, bob.user_id, None)
    await keeping.allow(stage.store, Role.REQUESTER, Allowance(most=3, days=2))
    assert await stage.store.quota(bob) == Quota(most=3, days=2)


async def test_only_what_was_approved_can_fail(stage: BookStage) -> None:
    ann = await stage.person("Ann", Role.REQUESTER)
    max_ = await stage.person("Max", Role.MANAGER)
    waiting = await stage.store.create(ann, Wish(tmdb_id=1))
    approved = await stage.store.create(max_, Wish(tmdb_id=2))
    assert isinstance(waiting, Created)
    assert isinstance(approved, Created)
    refused = await keeping.fail(stage.store, waiting.request.request_id)
    assert refused == Conflict(waiting.request)
    failed = await keeping.fail(stage.store, approved.request.request_id, reason="no disk")
    assert isinstance(failed, Changed)
    assert failed.request.status is RequestStatus.FAILED
    assert failed.request.decided_by == approved.request.decided_by
    (*_, last) = await stage.store.history(approved.request.request_id)
    assert (last.reason, last.actor) == ("no disk", None)


async def test_old_keys_are_forgotten(stage: BookStage) -> None:
    ann = await stage.person("Ann", Role.REQUESTER)
    await stage.store.create(ann, Wish(tmdb_id=1), key="old")
    stage.clock.advance(days=1)
    await stage.store.create(ann, Wish(tmdb_id=2), key="new")
    stage.clock.time += keeping.KEYS_KEPT - timedelta(hours=1)
    await keeping.tidy(stage.store)
    assert isinstance(await stage.store.create(ann, Wish(tmdb_id=3), key="old"), Created)
    assert await stage.store.create(ann, Wish(tmdb_id=4), key="new") == KeyReused()


async def test_the_gateway_forgets_old_keys_again_and_again(stage: BookStage) -> None:
    ann = await stage.person("Ann", Role.REQUESTER)
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        """Let a week pass, and end with the second round."""
        slept.append(seconds)
        if len(slept) > 1:
            raise TimeoutError
        assert await stage.store.create(ann, Wish(tmdb_id=2), key="k") == KeyReused()
        stage.clock.advance(days=8)

    await stage.store.create(ann, Wish(tmdb_id=1), key="k")
    with pytest.raises(TimeoutError):
        await built_in.stay_tidy(stage.store, sleep)
    assert slept == [built_in.TIDY_EVERY_S] * 2
    assert isinstance(await stage.store.create(ann, Wish(tmdb_id=2), key="k"), Created)
