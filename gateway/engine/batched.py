"""A field that says which value it waits for, so that no coroutine is made for it.

The same resolver stays an ordinary asynchronous one for graphql-core: what is
said here is a shorter way to the same answer.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias, TypeVar

F = TypeVar("F", bound=Callable[..., object])

ATTRIBUTE = "__batched__"


class FieldPath(Protocol):
    """Where a field stands in the answer; only read where somebody wants to know."""

    def as_list(self) -> list[str | int]:
        """Response keys and list places, from the root on."""
        ...


Arguments: TypeAlias = Mapping[str, Any]
"""A field's arguments as its resolver takes them; shared by all who ask, so read-only."""

Ask: TypeAlias = Callable[[Any, Any, Arguments], "asyncio.Future[Any] | object"]
Use: TypeAlias = Callable[[Any, Any, Any, Arguments, FieldPath], object]


@dataclass(frozen=True, slots=True)
class Batched:
    """How a field is answered in two steps, neither of which waits.

    Args:
        ask: Of the parent, the operation's context and the arguments: the value, or
            the future of it. Cheap; puts a key into its loader's batch. The future is
            shared with other fields and never cancelled.
        use: Of the landed value, the parent, the context, the arguments and the path:
            the field's value.

    Either may raise, which is the field's error.
    """

    ask: Ask
    use: Use

    def __call__(self, resolver: F) -> F:
        """Mark a resolver; it must give the same answer when it is simply awaited."""
        setattr(resolver, ATTRIBUTE, self)
        return resolver


def batched_of(resolver: object) -> Batched | None:
    """What a resolver says of itself."""
    found = getattr(resolver, ATTRIBUTE, None)
    return found if isinstance(found, Batched) else None
