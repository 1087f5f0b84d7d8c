"""Where a value stands in the answer."""

from __future__ import annotations

from typing import Any, TypeAlias, cast

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


def put_null(data: Any, place: Place) -> None:  # noqa: ANN401 - of dictionaries and lists
    """Null a place that is not the root, in an answer that reaches down to it."""
    *way, last = keys_of(place)
    for key in way:
        data = data[key]
    data[last] = None


class At(tuple[Place, tuple[str | None, ...]]):
    """A place as resolvers see it: graphql-core's ``Path``, worked out when it is read.

    Made of a place that is not the root, and of the object types around each of
    its keys; ``None`` for list places. A tuple, since nothing is made faster.
    """

    __slots__ = ()

    @property
    def _place(self) -> tuple[Place, str | int]:
        return cast("tuple[Place, str | int]", self[0])

    @property
    def key(self) -> str | int:
        """The last key."""
        return self._place[1]

    @property
    def typename(self) -> str | None:
        """The object type around the last key."""
        return self[1][-1]

    @property
    def prev(self) -> At | None:
        """The place around it."""
        outer = self._place[0]
        return None if outer is None else At((outer, self[1][:-1]))

    def as_list(self) -> list[str | int]:
        """The keys from the answer's root on."""
        return keys_of(self._place)
