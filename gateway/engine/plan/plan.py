"""What one operation asks for, worked out before it runs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Final

from graphql import (
    ExecutionResult,
    FragmentDefinitionNode,
    GraphQLObjectType,
    GraphQLSchema,
    SelectionSetNode,
)
from graphql.execution.values import VariableValues

from gateway.engine.plan.branch import Known
from gateway.engine.plan.collect import Collector
from gateway.engine.plan.node import Node
from gateway.engine.plan.position import Position
from gateway.engine.plan.run import Run
from gateway.engine.prepared import Prepared

HOT: Final = 64
"""Objects of a node after which code is generated: making it costs as much as walking so many."""


class Plan:
    """One operation, for one choice of what ``@skip`` and ``@include`` leave of it.

    Args:
        schema: It is asked of.
        prepared: The operation; not a mutation, whose fields wait for each other.
        switches: Values of the variables that ``@skip`` and ``@include`` name.
        hot: Objects of a node after which code is generated for it.
        once: It is run once, and gone without the collector of garbage.
    """

    __slots__ = (
        "_nodes",
        "_once",
        "_weighed",
        "collector",
        "fragments",
        "hot",
        "operation",
        "root",
        "schema",
        "size",
        "weigh",
    )

    def __init__(
        self,
        schema: GraphQLSchema,
        prepared: Prepared,
        switches: Mapping[str, bool],
        *,
        hot: int = HOT,
        once: bool = False,
    ) -> None:
        self.hot = hot
        self._once = once
        self._nodes: list[Node] = []
        self.size = 1
        """Its fields so far: what is selected of an object type is planned when it is met."""
        self._weighed = self.size
        self.weigh: Callable[[int], None] | None = None
        """Hears of the size when a run has made it larger."""
        self.schema = schema
        self.operation = prepared.operation
        self.fragments = {
            each.name.value: each
            for each in prepared.document.definitions
            if isinstance(each, FragmentDefinitionNode)
        }
        self.collector = Collector(schema, self.fragments, switches)
        kind = schema.get_root_type(prepared.kind)
        if kind is None:
            raise LookupError("The schema has no such operations.")
        self.root = Node(self, kind, [self.operation.selection_set], None, None)
        self._nodes.append(self.root)

    def node(
        self,
        kind: GraphQLObjectType,
        selections: Iterable[SelectionSetNode],
        position: Position,
        known: Known,
    ) -> Node:
        """What is selected of an object type at a place."""
        made = Node(self, kind, selections, position, known)
        self._nodes.append(made)
        self.size += len(made.fields)
        return made

    async def run(
        self, context: object, values: VariableValues, root_value: object = None
    ) -> ExecutionResult:
        """Execute it; no task of it is left afterwards, also when it is cancelled.

        Args:
            context: Of the operation.
            values: Of its variables, coerced.
            root_value: What the root fields are resolved of.
        """
        run = Run(self, context, values, root_value)
        try:
            await run.execute()
        finally:
            if self._weighed != self.size and self.weigh is not None:
                self._weighed = self.size
                self.weigh(self.size)
            if self._once:
                self._unlink()
        return ExecutionResult(run.data, run.faults.errors or None)

    def _unlink(self) -> None:
        """Cut the circles, of which a plan is a web."""
        for node in self._nodes:
            node.unlink()
        self._nodes.clear()
