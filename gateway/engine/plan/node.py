"""An object type at one place of an operation, with the fields that are selected there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Final, cast

from graphql import GraphQLError, GraphQLObjectType, SelectionSetNode
from graphql.pyutils import is_iterable

from gateway.engine.plan.code import unlink
from gateway.engine.plan.emit import generate
from gateway.engine.plan.field import Field
from gateway.engine.plan.flat import flat_list
from gateway.engine.plan.places import Place
from gateway.engine.plan.position import Position
from gateway.engine.plan.trust import CAST_MARK
from gateway.engine.plan.variables import pending_name, raw_name, taken_name, value_name

if TYPE_CHECKING:
    from gateway.engine.plan.branch import Known, Show
    from gateway.engine.plan.plan import Plan
    from gateway.engine.plan.run import Run

_NOTHING: Final[Mapping[str, object]] = {}


class Node:
    """Shows objects of one type at one place.

    Args:
        plan: It belongs to.
        kind: Of the objects.
        selections: Of the place.
        position: The place; ``None`` for the root.
        known: Where ``show`` is kept for Python types.
    """

    __slots__ = (
        "_hot",
        "_known",
        "_walked",
        "fields",
        "kind",
        "marked",
        "position",
        "show",
    )

    def __init__(
        self,
        plan: Plan,
        kind: GraphQLObjectType,
        selections: Iterable[SelectionSetNode],
        position: Position | None,
        known: Known | None,
    ) -> None:
        found = plan.collector.fields(kind, selections)
        self.kind = kind
        self.position = position
        self.fields = [Field(plan, kind, key, nodes, position) for key, nodes in found.items()]
        self.show: Show = self._count
        self.marked: Show | None = None
        """Shows those that ``strawberry.cast`` marked, where that counts."""
        self._known = known
        self._walked = 0
        self._hot = plan.hot

    def compile(self) -> None:
        """Generate the code that shows these objects from now on."""
        self.show = generate(self)
        known = self._known
        if known is None:
            return
        for python, show in list(known.items()):
            if show == self._count:
                known[python] = self.show
                known.show_all = flat_list(self, python, known) or known.show_all

    def unlink(self) -> None:
        """Cut the circles through it and its fields; it is as good as gone."""
        unlink(self.show)
        del self.show
        self.marked = None
        for field in self.fields:
            field.position.unlink()

    def walk(
        self,
        source: object,
        place: Place,
        run: Run,
        got: Mapping[str, object] = _NOTHING,
        error: Exception | None = None,
    ) -> object:
        """Show an object field by field, or go on where generated code met an error.

        Args:
            source: The object.
            place: Of it in the answer.
            run: In which it is shown.
            got: The generated code's variables: what it has shown is not shown again.
            error: Of the first field that it has not.

        Raises:
            GraphQLError: A field failed that may not be null, and neither may the object.
        """
        data: dict[str, object] = {}
        try:
            for number, field in enumerate(self.fields):
                if field.constant is not None:
                    data[field.key] = field.constant
                elif value_name(number) in got:
                    pending = got.get(pending_name(number))
                    data[field.key] = (
                        got[value_name(number)]
                        if pending is None
                        else run.later(pending, asked=True)
                    )
                elif taken_name(number) in got:
                    raw = got[taken_name(number)]
                    data[field.key] = field.position.settle(raw, (place, field.key), run)
                elif error is None:
                    data[field.key] = field.show(source, (place, field.key), run)
                else:
                    inner = _place_of(got, place, field.key)
                    run.abandon(cast("list[object]", got.get(raw_name(number), ())))
                    run.fault(field.position, error, inner)
                    data[field.key] = None
                    error = None
        except GraphQLError as exc:
            self._leave(got, len(data) + 1, run)
            run.null(self.position, exc, place)
            return None
        run.adopt(self, source, data, place)
        return data

    def _leave(self, got: Mapping[str, object], first: int, run: Run) -> None:
        """Dispose of what generated code has taken and asked for, and nobody will wait for."""
        for number in range(first, len(self.fields)):
            raw = got.get(taken_name(number))
            run.abandon(raw if is_iterable(raw) else [raw])
            pending = got.get(pending_name(number))
            if pending is not None:
                run.loose(pending, asked=True)

    def _count(self, source: object, place: Place, run: Run) -> object:
        if self.marked is not None and hasattr(source, CAST_MARK):
            return self.marked(source, place, run)
        self._walked += 1
        if self._walked >= self._hot:
            self.compile()
        return self.walk(source, place, run)


def _place_of(got: Mapping[str, object], place: Place, key: str) -> Place:
    """The place that the generated code made for a field, which others may stand below."""
    made = got.get("q")
    if isinstance(made, tuple) and made[0] is place and made[1] == key:
        return made
    return (place, key)
