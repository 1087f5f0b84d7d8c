"""Keys never collide and stay bounded; lifetimes stay inside the law."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.cache.policy import JITTER, MAX_KEY_CHARS, CachePolicy

HOUR = timedelta(hours=1)
PART = st.none() | st.integers() | st.text(st.characters(), max_size=80)
PARTS = st.lists(PART, max_size=6).map(tuple)
SHARED = CachePolicy(namespace="tmdb.movie", version=1, ttl=HOUR)
PRIVATE = CachePolicy(namespace="seerr.quota", version=1, ttl=HOUR, private=True)


@given(PARTS, PARTS)
def test_different_parts_never_share_a_key(one: tuple[Any, ...], two: tuple[Any, ...]) -> None:
    assert (SHARED.key(*one) == SHARED.key(*two)) is (one == two)


@given(PARTS, st.integers() | st.text())
def test_keys_are_bounded_printable_and_free_of_braces(
    parts: tuple[Any, ...], viewer: int | str
) -> None:
    for key in (SHARED.key(*parts), PRIVATE.key(*parts, viewer=viewer)):
        assert len(key) <= MAX_KEY_CHARS
        assert key.isascii()
        assert key.isprintable()
        assert not set(key) & set("{} *?[]\\")


@given(PARTS, st.text(), st.text())
def test_viewers_never_share_a_key(parts: tuple[Any, ...], one: str, two: str) -> None:
    keys = {PRIVATE.key(*parts, viewer=one), PRIVATE.key(*parts, viewer=two)}
    assert len(keys) == (1 if one == two else 2)


def test_keys_are_readable_where_they_can_be() -> None:
    assert SHARED.key(603, "en-US", None) == "mq:tmdb.movie:1:603:~en-US:_"
    assert SHARED.key(1) != SHARED.key("1")
    assert SHARED.key(None) != SHARED.key("")
    assert SHARED.key() != SHARED.key("")


def test_policies_and_versions_never_share_a_key() -> None:
    other = CachePolicy(namespace="tmdb.movie", version=2, ttl=HOUR)
    assert other.key(603) != SHARED.key(603)


def test_a_private_key_needs_a_viewer_and_a_shared_one_refuses_it() -> None:
    with pytest.raises(ValueError, match="viewer"):
        PRIVATE.key(603)
    with pytest.raises(ValueError, match="viewer"):
        SHARED.key(603, viewer=1)


@pytest.mark.parametrize(
    "wrong",
    [
        {"namespace": "tmdb movie"},
        {"namespace": ""},
        {"version": 0},
        {"ttl": timedelta(0)},
        {"stale": timedelta(seconds=-1)},
        {"negative_ttl": timedelta(days=2)},
        {"negative_ttl": timedelta(seconds=-1)},
        {"stale": HOUR, "revalidate": 2 * HOUR},
        {"stale": HOUR, "private": True},
        {"ttl": timedelta(days=29), "stale": timedelta(days=2), "legal_max": timedelta(days=30)},
        {"ttl": timedelta(days=31), "legal_max": timedelta(days=30)},
    ],
)
def test_a_wrong_policy_does_not_come_into_being(wrong: dict[str, Any]) -> None:
    right: dict[str, Any] = {"namespace": "youtube.video", "version": 1, "ttl": HOUR}
    CachePolicy(**right)
    with pytest.raises(ValueError, match=":"):
        CachePolicy(**(right | wrong))


@given(
    ttl=st.integers(1, 10**6),
    stale=st.integers(0, 10**6),
    share=st.floats(0, 1),
    spare=st.integers(0, 10**6),
    dice=st.floats(0, 1),
    is_absent=st.booleans(),
)
def test_lifetimes_ascend_jitter_and_keep_the_law(
    ttl: int, stale: int, share: float, spare: int, dice: float, is_absent: bool
) -> None:
    policy = CachePolicy(
        namespace="tmdb.movie",
        version=1,
        ttl=timedelta(seconds=ttl),
        stale=timedelta(seconds=stale),
        revalidate=timedelta(seconds=int(stale * share)),
        negative_ttl=timedelta(seconds=60),
        legal_max=timedelta(seconds=ttl + stale + spare),
    )
    life = policy.lifetime(is_absent=is_absent, stored_at=1e9, dice=dice)
    assert 1e9 <= life.fresh_until <= life.unasked_until <= life.stale_until
    assert life.stale_until - 1e9 <= ttl + stale + spare
    fresh_s, expected_s = life.fresh_until - 1e9, 60 if is_absent else ttl
    assert fresh_s <= expected_s * (1 + JITTER) + 1e-3
    assert fresh_s >= min(expected_s * (1 - JITTER), ttl + stale + spare) - 1e-3
    if is_absent:
        assert life.stale_until == life.fresh_until
