"""Where a value stands in the answer."""

from __future__ import annotations

from typing import TypeAlias, cast

Place: TypeAlias = "tuple[Place, str | int] | None"
"""The place around it, and a response key or list place; ``None`` is the whole answer.

One tuple per place and run: what was nulled is known by its identity.
"""


def keys_of(place: Place) -> list[str | int]:
    """The keys from the answer's root on."""
    keys: list[str | int] = []
    while place is not None:
        place, key = place
        keys.append(key)
    keys.reverse()
    return keys


class At:
    """A place as resolvers see it: graphql-core's ``Path``, made when it is read.

    Args:
        place: Not the root.
        names: Of the object type around each key; ``None`` for list places.
    """

    __slots__ = ("_names", "_place")

    def __init__(self, place: Place, names: tuple[str | None, ...]) -> None:
        self._place = cast("tuple[Place, str | int]", place)
        self._names = names

    @property
    def key(self) -> str | int:
        """The last key."""
        return self._place[1]

    @property
    def typename(self) -> str | None:
        """The object type around the last key."""
        return self._names[-1]

    @property
    def prev(self) -> At | None:
        """The place around it."""
        outer = self._place[0]
        return None if outer is None else At(outer, self._names[:-1])

    def as_list(self) -> list[str | int]:
        """The keys from the answer's root on."""
        return keys_of(self._place)
