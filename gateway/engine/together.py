"""Validation of a document, after which nothing of it is left to the collector of garbage."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from graphql import (
    DocumentNode,
    GraphQLError,
    GraphQLSchema,
    Node,
    ParallelVisitor,
    ValidationContext,
    VisitorAction,
    validate,
)
from graphql.validation import ASTValidationRule


class Together(ASTValidationRule):
    """Several rules as one.

    Each visitor of graphql-core knows its own methods, a circle; thirty of them that look at a
    document leave one to two thousand objects. Documents that come once are many: those objects
    took as much memory as everything that is known of the documents that are asked for again.

    Args:
        context: Of one validation.
        rules: That look at the document side by side.
    """

    def __init__(
        self, context: ValidationContext, rules: Sequence[type[ASTValidationRule]]
    ) -> None:
        super().__init__(context)
        self._all = ParallelVisitor([rule(context) for rule in rules])

    def enter(self, node: Node, *args: Any) -> VisitorAction | None:  # noqa: ANN401 - handed on
        """Let all enter a node."""
        enter = self._all.get_enter_leave_for_kind(node.kind).enter
        return None if enter is None else enter(node, *args)

    def leave(self, node: Node, *args: Any) -> VisitorAction | None:  # noqa: ANN401 - ditto
        """Let all leave it."""
        leave = self._all.get_enter_leave_for_kind(node.kind).leave
        return None if leave is None else leave(node, *args)

    def unlink(self) -> None:
        """Cut the circles."""
        for each in (*self._all.visitors, self._all, self):
            each.enter_leave_map.clear()
        del self._all, self.context


def errors_of(
    schema: GraphQLSchema,
    document: DocumentNode,
    rules: Sequence[type[ASTValidationRule]],
    max_errors: int,
) -> Sequence[GraphQLError]:
    """What ``validate`` of graphql-core says."""
    made: list[Together] = []

    def rule(context: ValidationContext) -> Together:
        made.append(Together(context, rules))
        return made[-1]

    try:
        return validate(schema, document, [rule], max_errors=max_errors)  # type: ignore[list-item] # called as a class is
    finally:
        for each in made:
            each.unlink()
