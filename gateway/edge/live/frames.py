"""What a subscription sends: one GraphQL response after the other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol, Self

import orjson


@dataclass(slots=True)
class Frame:
    """One response; whoever gets the same event in the same words shares it.

    Args:
        text: JSON, in one line.
        cursor: Where its event stands, for whoever comes back; ``None``: nowhere.
    """

    text: str
    cursor: str | None = None
    _event: bytes = field(default=b"")

    @classmethod
    def of(cls, body: Mapping[str, object], cursor: str | None = None) -> Self:
        """Write a response down."""
        return cls(orjson.dumps(body).decode(), cursor)

    @property
    def event(self) -> bytes:
        """As a stream of events has it; lines end in LF alone, which all clients read."""
        if not self._event:
            name = f"id: {self.cursor}\n" if self.cursor is not None else ""
            self._event = f"event: next\n{name}data: {self.text}\n\n".encode()
        return self._event


class BrokenError(Exception):
    """A subscription that ends for a fault; what is told of it is safe to show.

    Args:
        error: As a GraphQL response has it.
    """

    def __init__(self, error: Mapping[str, object]) -> None:
        super().__init__(str(error.get("message")))
        self.error = error


class Frames(Protocol):
    """A subscription that has begun."""

    def __aiter__(self) -> Self:
        """It is its own iterator."""
        ...

    async def __anext__(self) -> Frame:
        """The next frame.

        Raises:
            StopAsyncIteration: There will be none.
            BrokenError: Ditto, for a fault.
        """
        ...

    async def aclose(self) -> None:
        """End it; nothing of it is left."""
        ...
