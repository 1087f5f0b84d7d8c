"""Payloads to bytes and back; never pickle, so hostile bytes are at worst a miss."""

from __future__ import annotations

from collections.abc import Container
from typing import Final, Generic, Protocol, TypeVar

import orjson
from pydantic import BaseModel, TypeAdapter

T = TypeVar("T")


class Codec(Protocol[T]):
    """How one kind of payload is written down."""

    def encode(self, value: T) -> bytes:
        """Write a value down."""
        ...

    def decode(self, raw: bytes) -> T:
        """Read it back; ``ValueError`` when the bytes are not of this kind."""
        ...


class ModelCodec(Generic[T]):
    """JSON of a pydantic model, or of a tuple of them: ``ModelCodec(tuple[TmdbGenre, ...])``.

    orjson writes it, in a quarter of the time that pydantic takes; what orjson does not know
    pydantic writes.
    """

    def __init__(self, kind: type[T]) -> None:
        self._adapter: TypeAdapter[T] = TypeAdapter(kind)
        self._fields: Container[str] | None = getattr(kind, "model_fields", None)
        self._is_plain = True

    def encode(self, value: T) -> bytes:
        """Write the payload without what was not sent."""
        if self._is_plain:
            try:
                return orjson.dumps(self._own(value), default=_sent)
            except TypeError:  # orjson's own error is one
                self._is_plain = False
        return self._adapter.dump_json(value, by_alias=True, exclude_unset=True)

    def decode(self, raw: bytes) -> T:
        """Validate anew; pydantic's complaint is a ``ValueError``."""
        return self._adapter.validate_json(raw, by_alias=True, by_name=True)

    def _own(self, value: T) -> object:
        """The fields of our kind, where the value is of a larger one."""
        if self._fields is None or not isinstance(value, BaseModel):
            return value
        sent = _sent(value)
        return {name: sent[name] for name in sent if name in self._fields}


def _sent(value: object) -> dict[str, object]:
    """What was sent of a model, by its fields' names."""
    if not isinstance(value, BaseModel):
        raise TypeError
    fields, names = value.__dict__, value.model_fields_set
    return fields if len(names) == len(fields) else {name: fields[name] for name in names}


class BytesCodec:
    """Bytes as they are: answers that were written down already."""

    def encode(self, value: bytes) -> bytes:
        """Nothing to do."""
        return value

    def decode(self, raw: bytes) -> bytes:
        """Nothing to do; the envelope's checksum held."""
        return raw


BYTES: Final = BytesCodec()
