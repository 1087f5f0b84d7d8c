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


@pytest.mark.parametrize("raw", [b"", b"null", b"{}", b'{"id": "x"}', b"\xff", b"[" * 100_000])
def test_foreign_bytes_are_a_value_error(raw: bytes) -> None:
    with pytest.raises(ValueError, match=r".+"):
        ModelCodec(Wire).decode(raw)
