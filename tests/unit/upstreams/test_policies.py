"""Lifetimes stay inside what the providers allow, and no two payloads share a key."""

from __future__ import annotations

from datetime import timedelta
from types import ModuleType

import pytest

from gateway.cache.policy import CachePolicy
from gateway.upstreams.seerr import policies as seerr
from gateway.upstreams.tmdb import policies as tmdb
from gateway.upstreams.youtube import policies as youtube


def _policies(module: ModuleType) -> list[CachePolicy]:
    return [each for each in vars(module).values() if isinstance(each, CachePolicy)]


@pytest.mark.parametrize(("module", "days"), [(tmdb, 180), (youtube, 30)])
def test_the_terms_bound_every_payload(module: ModuleType, days: int) -> None:
    for policy in _policies(module):
        assert policy.legal_max == timedelta(days=days), policy.namespace
        at_most = policy.lifetime(is_absent=False, stored_at=0, dice=1).stale_until
        assert at_most <= timedelta(days=days).total_seconds(), policy.namespace


def test_the_queue_is_never_served_stale() -> None:
    for policy in _policies(seerr):
        assert policy.stale == timedelta(0), policy.namespace


def test_namespaces_are_unique_and_name_their_upstream() -> None:
    named = [(m.__name__.split(".")[2], p) for m in (tmdb, youtube, seerr) for p in _policies(m)]
    assert all(policy.upstream == name for name, policy in named)
    assert len({policy.namespace for _, policy in named}) == len(named) > 15
