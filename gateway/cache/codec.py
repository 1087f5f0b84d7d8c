"""Payloads to bytes and back; never pickle, so hostile bytes are at worst a miss."""

from __future__ import annotations

from typing import Final, Generic, Protocol, TypeVar

from pydantic import TypeAdapter

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
    """JSON of a pydantic model, or of a tuple of them: ``ModelCodec(tuple[TmdbGenre, ...])``."""

    def __init__(self, kind: type[T]) -> None:
        self._adapter: TypeAdapter[T] = TypeAdapter(kind)

    def encode(self, value: T) -> bytes:
        """Write the payload by its names as sent, without what was not sent."""
        return self._adapter.dump_json(value, by_alias=True, exclude_unset=True)

    def decode(self, raw: bytes) -> T:
        """Validate anew; pydantic's complaint is a ``ValueError``."""
        return self._adapter.validate_json(raw, by_alias=True, by_name=True)


class BytesCodec:
    """Bytes as they are: answers that were written down already."""

    def encode(self, value: bytes) -> bytes:
        """Nothing to do."""
        return value

    def decode(self, raw: bytes) -> bytes:
        """Nothing to do; the envelope's checksum held."""
        return raw


BYTES: Final = BytesCodec()
