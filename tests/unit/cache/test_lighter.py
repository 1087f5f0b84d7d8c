"""Payloads share what is equal in them, and are what they were."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ConfigDict

from gateway.cache import lighter
from gateway.cache.codec import ModelCodec
from gateway.cache.lighter import lighten


class Part(BaseModel):
    """Of a payload."""

    model_config = ConfigDict(frozen=True)

    name: str | None = None
    order: int | None = None


class Whole(BaseModel):
    """A payload."""

    model_config = ConfigDict(frozen=True)

    number: int = 0
    parts: tuple[Part, ...] = ()
    more: list[Part] | None = None
    best: Part | None = None


CODEC = ModelCodec(Whole)
PARTS = st.fixed_dictionaries(
    {}, optional={"name": st.text(max_size=3), "order": st.integers(0, 9)}
)
WHOLES = st.fixed_dictionaries(
    {},
    optional={
        "number": st.integers(0, 9),
        "parts": st.lists(PARTS, max_size=4),
        "more": st.lists(PARTS, max_size=2),
        "best": PARTS,
    },
)


def parts_of(whole: Whole) -> list[Part]:
    return [*whole.parts, *(whole.more or ()), *([whole.best] if whole.best else ())]


@given(WHOLES)
def test_it_is_written_down_as_before(sent: dict[str, object]) -> None:
    whole, same = Whole.model_validate(sent), Whole.model_validate(sent)
    lighten(whole)
    assert CODEC.encode(whole) == CODEC.encode(same)
    assert whole.model_dump(exclude_unset=True) == same.model_dump(exclude_unset=True)
    assert whole == same


@given(st.lists(WHOLES, min_size=2, max_size=5))
def test_what_was_sent_alike_is_held_once(sent: list[dict[str, object]]) -> None:
    wholes = [Whole.model_validate(each) for each in sent]
    lighten(wholes)
    for models in (wholes, [part for whole in wholes for part in parts_of(whole)]):
        names = [model.model_fields_set for model in models]
        assert len({id(each) for each in names}) == len({frozenset(each) for each in names})


def test_a_copy_with_more_is_nobody_elses() -> None:
    first, second = Part(name="a"), Part(name="b")
    lighten((first, second))
    assert first.model_copy(update={"order": 1}).model_fields_set == {"name", "order"}
    assert second.model_fields_set == {"name"}


def test_what_is_shared_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lighter, "MOST", 0)
    first, second = Part(order=1), Part(order=2)
    known = len(lighter._parts)
    lighten((first, second))
    assert len(lighter._parts) == known


def test_what_is_no_model_is_left_alone() -> None:
    for value in (None, 1, "text", b"bytes", {"a": Part()}):
        lighten(value)
