"""Global ids survive the round trip, and nothing else passes for one."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.errors import BadUserInputError
from gateway.graph.ids import GlobalId, global_id, number_of, parse

PART = st.text("abcXYZ019_.-", min_size=1, max_size=20)


def encoded(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


@given(PART, st.lists(PART, min_size=1, max_size=3))
def test_an_id_comes_back_as_it_was(type_name: str, parts: list[str]) -> None:
    assert parse(global_id(type_name, *parts)) == GlobalId(type_name, tuple(parts))


@given(st.text(max_size=300) | st.binary(max_size=100).map(lambda raw: encoded(raw.hex())))
def test_anything_else_is_refused_in_one_way(text: str) -> None:
    try:
        found = parse(text)
    except BadUserInputError:
        return
    assert str(found) == text


@pytest.mark.parametrize(
    "inside",
    [
        "2:Movie:603",  # another version
        "1:Movie",
        "1:Movie:",
        "1::603",
        "1:Movie:6 03",
        "1:Movie:" + "9" * 65,
        "Movie:603",
        "1:Film:ä",
    ],
)
def test_malformed_ids_are_refused(inside: str) -> None:
    with pytest.raises(BadUserInputError):
        parse(encoded(inside))


def test_an_object_has_one_id_only() -> None:
    """Neither padding nor spare bits make another one."""
    text = global_id("Movie", 603)
    spare = text[:-1] + chr(ord(text[-1]) + 1)
    for other in (text + "=", text + "==", spare, text + "\n"):
        with pytest.raises(BadUserInputError):
            parse(other)


def test_an_id_of_another_type_is_told_by_name() -> None:
    with pytest.raises(BadUserInputError, match="names a Movie, a User is needed"):
        parse(global_id("Movie", 603), expect="User")


@pytest.mark.parametrize("part", ["0", "01", "-1", "1.5", "1e3", "x", "", "2147483648", "9" * 60])
def test_only_numbers_that_we_give_out_are_numbers(part: str) -> None:
    with pytest.raises(BadUserInputError):
        number_of(part)


@given(st.integers(1, 2**31 - 1))
def test_numbers_come_back(number: int) -> None:
    assert parse(global_id("Movie", number)).number() == number
