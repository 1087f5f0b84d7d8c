"""Keys: hard to guess, easy to recognise, and never kept."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.edge.identity.keys import digest, is_whole, new_id, new_key, written

KEY = written(bytes(range(32)))


def test_a_key_is_one_word_with_a_prefix() -> None:
    made = {new_key() for _ in range(200)}
    assert len(made) == 200
    assert all(key.startswith("mq_") and key[3:].isalnum() and len(key) == 52 for key in made)
    assert len({new_id() for _ in range(200)}) == 200


@given(st.binary(min_size=32, max_size=32), st.binary(min_size=32, max_size=32))
def test_all_256_bits_are_in_it(one: bytes, other: bytes) -> None:
    assert is_whole(written(one))
    assert (written(one) == written(other)) == (one == other)


@given(st.integers(3, 51), st.characters(codec="ascii", categories=["L", "N"]))
def test_a_mistyped_key_is_seen(place: int, letter: str) -> None:
    mistyped = KEY[:place] + letter + KEY[place + 1 :]
    assert is_whole(mistyped) == (mistyped == KEY)


@pytest.mark.parametrize(
    "text", ["", "mq_", KEY[:-1], KEY + "0", KEY[3:], KEY + "\n", " " + KEY, KEY.upper(), KEY * 2]
)
def test_a_cut_key_is_seen(text: str) -> None:
    assert not is_whole(text)


def test_what_is_kept_hangs_on_the_secret() -> None:
    assert digest(b"one", KEY) != digest(b"other", KEY)
    assert len(digest(b"one", KEY)) == 32
