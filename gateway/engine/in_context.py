"""A field that wants the operation's context, so that no ``Info`` is made for each object.

The same resolver stays an ordinary one for graphql-core: what is said here is a
shorter way to the same answer.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

F = TypeVar("F", bound=Callable[..., object])

_ATTRIBUTE = "__in_context__"


@dataclass(frozen=True, slots=True)
class InContext:
    """How a field is resolved at once.

    Args:
        function: Of the parent, the operation's context and the arguments by name. It may
            raise, which is the field's error.
    """

    function: Callable[..., object]

    def __call__(self, resolver: F) -> F:
        """Mark a resolver; it must give the same answer when it is called."""
        setattr(resolver, _ATTRIBUTE, self)
        return resolver


def in_context_of(resolver: object) -> InContext | None:
    """What a resolver says of itself."""
    found = getattr(resolver, _ATTRIBUTE, None)
    return found if isinstance(found, InContext) else None
