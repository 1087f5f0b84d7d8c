"""The objects that may stand at a place, told apart by their Python types."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias

from graphql import GraphQLAbstractType, GraphQLObjectType

from gateway.engine.plan.code import unlink
from gateway.engine.plan.kinds import Kinds, Typed
from gateway.engine.plan.places import Place
from gateway.engine.plan.trust import may_be_marked, same_for_all

if TYPE_CHECKING:
    from gateway.engine.plan.field import Field
    from gateway.engine.plan.node import Node
    from gateway.engine.plan.plan import Plan
    from gateway.engine.plan.position import Position
    from gateway.engine.plan.run import Run

_MOST_KNOWN = 64  # Python types; beyond, somebody makes classes as they go

Show: TypeAlias = "Callable[[object, Place, Run], object]"
"""An object, its place, the run: the object as the answer shows it."""
ShowAll: TypeAlias = "Callable[[list[object], Place, Run], list[object]]"
"""A list of objects, its place, the run: the list as the answer shows it."""


class Known(dict[type, Show]):
    """How to show objects of the Python types seen so far; of another, by asking the schema."""

    def __init__(self, otherwise: Show) -> None:
        super().__init__()
        self._otherwise = otherwise
        self.show_all: ShowAll = self._one_by_one

    def __missing__(self, _: type) -> Show:
        return self._otherwise

    def unlink(self) -> None:
        """Cut the circles through it."""
        unlink(self.show_all)
        del self.show_all
        self.clear()

    def _one_by_one(self, items: list[object], place: Place, run: Run) -> list[object]:
        return [self[type(each)](each, (place, at), run) for at, each in enumerate(items)]


class Branch:
    """The selections of one place, and the plans of the object types met there.

    Args:
        plan: They belong to.
        kind: An object type, or an abstract one.
        field: Whose value, or whose items, stand there.
        position: There.
        levels: Of lists, between the field and the place.
    """

    __slots__ = ("_field", "_kinds", "_levels", "_nodes", "_plan", "_position", "kind", "known")

    def __init__(
        self,
        plan: Plan,
        kind: GraphQLObjectType | GraphQLAbstractType,
        field: Field,
        position: Position,
        *,
        levels: int,
    ) -> None:
        self.kind = kind
        self.known = Known(position.settle)
        self._plan = plan
        self._field = field
        self._position = position
        self._levels = levels
        self._kinds = Kinds(plan.schema, field, kind)
        self._nodes: dict[str, Node] = {}

    def complete(self, raw: object, place: Place, run: Run) -> object:
        """Show an object of any type; may raise."""
        if type(raw) is Typed:
            return self.node(raw.kind).walk(raw.value, place, run)
        if type(raw) in self.known:
            return self.known[type(raw)](raw, place, run)
        kind = self._kinds.of(raw, run.info(self._field, self._of_field(place)))
        if not isinstance(kind, GraphQLObjectType):
            return run.later(kind)
        node = self.node(kind)
        if len(self.known) < _MOST_KNOWN and same_for_all(raw, self.kind, kind):
            self.known[type(raw)] = node.show
        return node.show(raw, place, run)

    def node(self, kind: GraphQLObjectType) -> Node:
        """What is selected of one object type; made when it is first met."""
        known = self._nodes.get(kind.name)
        if known is None:
            selections = [node.selection_set for node in self._field.nodes if node.selection_set]
            known = self._plan.node(kind, selections, self._position, self.known)
            if may_be_marked(self.kind, kind):
                known.marked = self._marked
            self._nodes[kind.name] = known
        return known

    def _marked(self, raw: object, place: Place, run: Run) -> object:
        """Show an object that says itself of which type it is."""
        try:
            kind = self._kinds.of(raw, run.info(self._field, self._of_field(place)))
        except Exception as exc:  # noqa: BLE001 - whatever the schema raises is the field's error
            run.fault(self._position, exc, place)
            return None
        if isinstance(kind, GraphQLObjectType):
            return self.node(kind).walk(raw, place, run)
        return run.later(kind)

    def _of_field(self, place: Place) -> Place:
        for _ in range(self._levels):
            if place is not None:
                place = place[0]
        return place
