"""The plans of one operation, and whether it can have any."""

from __future__ import annotations

from typing import Final, TypeAlias

from graphql import (
    DirectiveNode,
    FieldNode,
    GraphQLSchema,
    OperationType,
    SelectionSetNode,
    VariableNode,
)
from graphql.execution.values import VariableValues

from gateway.engine.kept import Kept
from gateway.engine.plan.collect import INCLUDE, SKIP
from gateway.engine.plan.field import TYPENAME
from gateway.engine.plan.plan import HOT, Plan
from gateway.engine.prepared import Prepared

_MOST_FIELDS: Final = 6_000  # of all kept plans together; each takes about 2 KB
_LETTERS: Final = 13  # of a document take as much as one; a plan holds its document
_MOST_SEEN: Final = 64  # choices of switches of one operation; after that all plans are kept
_UNPLANNED: Final = frozenset({"defer", "stream", "experimental_disableErrorPropagation"})
_KEY: Final = "plans"

Shelf: TypeAlias = Kept[tuple[Prepared, tuple[object, ...]], Plan]
"""Plans by operation and by what ``@skip`` and ``@include`` are told; weighed by their fields."""


class Plans:
    """One plan for each combination of what ``@skip`` and ``@include`` are told.

    Args:
        schema: Of the operation.
        prepared: The operation.
        shelf: Where its plans are kept, beside those of other operations.
        hot: As of ``Plan``.
    """

    __slots__ = ("_hot", "_prepared", "_schema", "_seen", "_shelf", "_switches", "planned")

    def __init__(
        self,
        schema: GraphQLSchema,
        prepared: Prepared,
        shelf: Shelf | None = None,
        *,
        hot: int = HOT,
    ) -> None:
        self._hot = hot
        self._schema = schema
        self._prepared = prepared.alone()  # itself knows its plans: a circle
        self._shelf = new_shelf() if shelf is None else shelf
        self._seen: set[tuple[object, ...]] = set()
        reading = _Reading()
        reading.read(prepared)
        self._switches = tuple(sorted(reading.switches))
        self.planned = prepared.kind is not OperationType.MUTATION and not reading.unplanned
        """Whether it is executed by plans, and not by graphql-core."""

    def of(self, values: VariableValues) -> Plan | None:
        """The plan for one run's variables; ``None`` where graphql-core tells what is wrong."""
        if not self.planned:
            return None
        told = tuple(values.coerced.get(name) for name in self._switches)
        key = (self._prepared, told)
        known = self._shelf.get(key)
        if known is not None:
            return known
        switches = {
            name: value
            for name, value in zip(self._switches, told, strict=True)
            if isinstance(value, bool)
        }
        if len(switches) < len(told):
            return None
        once = told not in self._seen and len(self._seen) < _MOST_SEEN
        plan = Plan(self._schema, self._prepared, switches, hot=self._hot, once=once)
        if once:
            self._seen.add(told)
        else:
            self._keep(key, plan)
        return plan

    def _keep(self, key: tuple[Prepared, tuple[object, ...]], plan: Plan) -> None:
        """Hold on to a plan that is wanted again.

        A plan is a web of cycles: those of documents that come once, kept for a while, would only
        be found by the slowest collections of garbage, which hold everybody up for a second.
        """
        held = _letters(self._prepared) // _LETTERS
        plan.weigh = lambda size: self._shelf.put(key, plan, size + held)
        plan.weigh(plan.size)


def plans_of(schema: GraphQLSchema, prepared: Prepared, shelf: Shelf) -> Plans:
    """The plans of an operation, known by it."""
    return prepared.remember(_KEY, lambda: Plans(schema, prepared, shelf))


def new_shelf() -> Shelf:
    """Room for the plans of one schema; a stream of strangers flushes none that is used."""
    return Kept(_MOST_FIELDS)


def _letters(prepared: Prepared) -> int:
    where = prepared.document.loc
    return 0 if where is None else len(where.source.body)


class _Reading:
    """What a document says of how it is executed."""

    def __init__(self) -> None:
        self.switches: set[str] = set()
        self.unplanned = False

    def read(self, prepared: Prepared) -> None:
        rest: list[SelectionSetNode] = []
        for each in prepared.document.definitions:
            self._directives(getattr(each, "directives", None) or ())
            selections = getattr(each, "selection_set", None)
            if isinstance(selections, SelectionSetNode):
                rest.append(selections)
        while rest:
            for node in rest.pop().selections:
                self._directives(node.directives or ())
                if isinstance(node, FieldNode):
                    name = node.name.value
                    self.unplanned |= name.startswith("__") and name != TYPENAME
                inner = getattr(node, "selection_set", None)
                if isinstance(inner, SelectionSetNode):
                    rest.append(inner)

    def _directives(self, directives: tuple[DirectiveNode, ...]) -> None:
        for each in directives:
            name = each.name.value
            self.unplanned |= name in _UNPLANNED
            if name in {SKIP, INCLUDE}:
                for argument in each.arguments or ():
                    if isinstance(argument.value, VariableNode):
                        self.switches.add(argument.value.name.value)
