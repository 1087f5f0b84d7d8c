"""The errors of one run, and the places that they nulled."""

from __future__ import annotations

from graphql import GraphQLError

from gateway.engine.plan.places import Place


class Faults:
    """Errors in the order in which they happened; none below a place that is null already."""

    __slots__ = ("_nulled", "errors")

    def __init__(self) -> None:
        self.errors: list[GraphQLError] = []
        self._nulled: dict[int, Place] = {}

    def add(self, error: GraphQLError, place: Place) -> None:
        """Null a place for an error."""
        if not self.covers(place):
            self._nulled[id(place)] = place  # kept, so that its id stays its own
            self.errors.append(error)

    def covers(self, place: Place) -> bool:
        """Whether a place, or one around it, was nulled."""
        nulled = self._nulled
        if not nulled:
            return False
        while place is not None:
            if id(place) in nulled:
                return True
            place = place[0]
        return id(None) in nulled
