"""One field of an object as a plan knows it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphql import (
    FieldNode,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLString,
)

from gateway.engine.plan.places import Place
from gateway.engine.plan.position import Position
from gateway.engine.plan.resolver import Resolver, TwoSteps
from gateway.engine.plan.shape import shape
from gateway.engine.plan.strawberries import resolver_of

if TYPE_CHECKING:
    from gateway.engine.plan.plan import Plan
    from gateway.engine.plan.run import Run

TYPENAME = "__typename"


class Field:
    """A response key of an object, and all that is known of it beforehand.

    Args:
        plan: It belongs to.
        parent: The object type.
        key: In the answer.
        nodes: Where the document asks for it; more than one where selections merge.
        around: The place of the object; ``None`` for the root.
    """

    __slots__ = ("constant", "key", "nodes", "parent", "position", "resolver", "type")

    def __init__(
        self,
        plan: Plan,
        parent: GraphQLObjectType,
        key: str,
        nodes: list[FieldNode],
        around: Position | None,
    ) -> None:
        name = nodes[0].name.value
        self.key = key
        self.nodes = nodes
        self.parent = parent
        self.constant = parent.name if name == TYPENAME else None
        self.resolver: Resolver | None = None
        self.type: GraphQLOutputType = GraphQLNonNull(GraphQLString)
        if self.constant is None:
            definition = parent.fields[name]
            self.type = definition.type
            self.resolver = resolver_of(plan.schema, definition, nodes[0])
        self.position = Position(
            nodes,
            f"{parent.name}.{name}",
            () if around is None else (*around.above, around.nullable),
            ((*around.names, parent.name) if around is not None else (parent.name,)),
            nullable=not isinstance(self.type, GraphQLNonNull),
        )
        shape(plan, self, self.type, self.position)
        if isinstance(self.resolver, TwoSteps):
            self.position.land = self.resolver.landing(self)

    def show(self, source: object, place: Place, run: Run) -> object:
        """What the answer shows of it for one object.

        Raises:
            GraphQLError: It failed, and may not be null.
        """
        if self.resolver is None:
            return self.constant
        try:
            raw = self.resolver.take(self, source, place, run)
        except Exception as exc:  # noqa: BLE001 - whatever a resolver raises is its field's error
            run.fault(self.position, exc, place)
            return None
        if isinstance(self.resolver, TwoSteps):
            return run.landed_or_later(self.position, raw, source, place)
        return self.position.settle(raw, place, run)
