"""Payloads come back as they were; foreign bytes are a ``ValueError``."""

from __future__ import annotations

import pytest
from pydantic import BaseModel, ConfigDict, Field

from gateway.cache.codec import ModelCodec


class Wire(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")

    id: int
    title: str | None = None
    image_url: str | None = Field(default=None, validation_alias="imageUrl")


def test_a_model_comes_back_equal_and_what_was_not_sent_takes_no_room() -> None:
    codec = ModelCodec(Wire)
    wire = Wire.model_validate({"id": 603, "imageUrl": "/x.jpg", "more": 1})
    assert codec.decode(codec.encode(wire)) == wire
    assert b"title" not in codec.encode(wire)


def test_a_tuple_of_models_comes_back_equal() -> None:
    codec = ModelCodec(tuple[Wire, ...])
    assert codec.decode(codec.encode((Wire(id=1), Wire(id=2)))) == (Wire(id=1), Wire(id=2))


class Fused(Wire):
    parts: tuple[Wire, ...] = ()


class Odd(BaseModel):
    kinds: frozenset[str]
    by_number: dict[int, str] = {}


def test_of_a_larger_model_only_our_fields_are_written() -> None:
    codec = ModelCodec(Wire)
    fused = Fused(id=1, title="x", parts=(Wire(id=2),))
    assert codec.decode(codec.encode(fused)) == Wire(id=1, title="x")
    assert b"parts" not in codec.encode(fused)


def test_a_sent_null_comes_back_as_sent() -> None:
    codec = ModelCodec(Wire)
    found = codec.decode(codec.encode(Wire(id=1, title=None)))
    assert found.model_fields_set == {"id", "title"}


def test_what_is_not_plain_json_comes_back_equal() -> None:
    codec = ModelCodec(Odd)
    odd = Odd(kinds=frozenset({"a"}), by_number={1: "x"})
    for _ in range(2):
        assert codec.decode(codec.encode(odd)) == odd


@pytest.mark.parametrize("raw", [b"", b"null", b"{}", b'{"id": "x"}', b"\xff", b"[" * 100_000])
def test_foreign_bytes_are_a_value_error(raw: bytes) -> None:
    with pytest.raises(ValueError, match=r".+"):
        ModelCodec(Wire).decode(raw)
