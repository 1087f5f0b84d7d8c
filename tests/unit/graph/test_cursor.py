"""Cursors survive the round trip, belong to one list, and nothing else passes for one."""

from __future__ import annotations

import base64

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.errors import BadUserInputError
from gateway.graph.cursor import Cursor, binding, decode, encode

HERE = binding("charts", "POPULAR")
SEEN = st.lists(st.integers(1, 2**31) | st.text("abcdef0123456789", max_size=24), max_size=20)


@given(st.integers(0, 2**31 - 1), SEEN)
def test_a_cursor_comes_back_as_it_was(position: int, seen: list[int | str]) -> None:
    cursor = Cursor(position, tuple(seen))
    assert decode(encode(cursor, HERE), HERE) == cursor


def test_the_longest_cursor_that_we_give_out_is_taken_back() -> None:
    cursor = Cursor(2**31 - 1, tuple(range(2**31 - 20, 2**31)))
    assert decode(encode(cursor, HERE), HERE) == cursor


def test_a_cursor_of_another_list_is_told() -> None:
    there = binding("charts", "TOP_RATED")
    with pytest.raises(BadUserInputError, match="other arguments"):
        decode(encode(Cursor(3), HERE), there)


@given(st.text(max_size=200) | st.binary(max_size=60).map(lambda b: b.hex()))
def test_garbage_is_refused(text: str) -> None:
    with pytest.raises(BadUserInputError, match="not one that the graph gave out"):
        decode(text, HERE)


@given(st.integers(1, 40))
def test_a_truncated_cursor_is_refused(kept: int) -> None:
    whole = encode(Cursor(7, (1, 2, 3)), HERE)
    with pytest.raises(BadUserInputError):
        decode(whole[: min(kept, len(whole) - 1)], HERE)


@pytest.mark.parametrize(
    "fields",
    [
        [2, HERE, 0],
        [1, HERE],
        [1, HERE, -1],
        [1, HERE, 2**31],
        [1, HERE, 1.5],
        [1, HERE, "1"],
        [1, HERE, 0, None],
        [1, HERE, 0, [1]],
        [1, 5, 0],
        {"a": 1},
        [],
        None,
        7,
    ],
)
def test_forged_cursors_are_refused(fields: object) -> None:
    text = base64.urlsafe_b64encode(orjson.dumps(fields)).decode().rstrip("=")
    with pytest.raises(BadUserInputError):
        decode(text, HERE)


def test_an_oversized_cursor_is_refused_unread() -> None:
    with pytest.raises(BadUserInputError):
        decode("A" * 100_000, HERE)


@given(st.lists(st.text(max_size=5), max_size=4), st.lists(st.text(max_size=5), max_size=4))
def test_bindings_differ_where_their_parts_do(one: list[str], other: list[str]) -> None:
    assert (binding(*one) == binding(*other)) is (one == other)
