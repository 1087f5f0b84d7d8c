"""One pass over an operation that sums up what it can cost; see ``cost``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final, TypeAlias

from graphql import (
    BooleanValueNode,
    DirectiveNode,
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    IntValueNode,
    ListValueNode,
    NullValueNode,
    SelectionNode,
    SelectionSetNode,
    ValueNode,
    VariableNode,
    get_named_type,
)

from gateway.engine.price import Price, is_list, price_of, weight_of
from gateway.engine.sums import ENOUGH, Sum

SOME: Final = 10
"""Items of a list of which nothing is declared."""
CONDITIONS: Final = frozenset({"skip", "include"})
_LONGEST_INT: Final = 10  # digits; more are beyond any limit

Sizes: TypeAlias = Mapping[str, int | None]
"""What counts of variables: a number, a truth, how long a list is; ``None``: null or not given."""
Sized: TypeAlias = tuple[frozenset[str], int]
"""Lists of these names have so many items."""
NONE_SIZED: Final[Sized] = (frozenset(), 0)


def fragments_of(document: DocumentNode) -> Mapping[str, FragmentDefinitionNode]:
    """By name."""
    definitions = document.definitions
    return {e.name.value: e for e in definitions if isinstance(e, FragmentDefinitionNode)}


def _draw(found: Sum, price: Price, asked: int | None) -> None:
    for each in price.draws:
        if not each.share:
            found.draw(each.upstream, each.batch, each.times(asked))


def _length(node: FieldNode, price: Price, asked: int | None, sized: Sized) -> int:
    """Items of a field's list."""
    if asked is not None:
        return asked
    names, size = sized
    if node.name.value in names:
        return size
    return SOME if price.assumed_size is None else price.assumed_size


class Reckoning:
    """The pass.

    Args:
        schema: That declares what fields cost.
        fragments: Of a valid document.
        sizes: Of the variables that tell how much is asked for.
        lengths: Of introspection's lists, by field.
    """

    def __init__(
        self,
        schema: GraphQLSchema,
        fragments: Mapping[str, FragmentDefinitionNode],
        sizes: Sizes,
        lengths: Mapping[str, int],
    ) -> None:
        self._schema = schema
        self._fragments = fragments
        self._sizes = sizes
        self._lengths = lengths
        self._known: dict[tuple[str, Sized], Sum] = {}

    def below(self, node: SelectionSetNode, parent: str, sized: Sized = NONE_SIZED) -> Sum:
        """What is below one object of a type."""
        found = Sum()
        for each in node.selections:
            if self._is_included(each):
                found.hold(self._selection(each, parent, sized))
        return found

    def dearest(self, node: SelectionSetNode, parent: str) -> str:
        """The way down to what costs most, as long as it is more than half."""
        names: list[str] = []
        sized = NONE_SIZED
        while True:
            parts = [
                (self._field(each, owner, definition, sized).cost, each, definition)
                for each, owner, definition in self._fields(node, parent)
            ]
            if not parts:
                break
            cost, chosen, definition = max(parts, key=lambda part: part[0])
            if 2 * cost <= sum(part[0] for part in parts):
                break
            names.append((chosen.alias or chosen.name).value)
            if chosen.selection_set is None:
                break
            sized = self._sized(price_of(definition), self._asked(chosen, definition))
            node, parent = chosen.selection_set, get_named_type(definition.type).name
        return ".".join(names)

    def _selection(self, node: SelectionNode, parent: str, sized: Sized) -> Sum:
        if isinstance(node, FieldNode):
            definition = self._definition(node, parent)
            return Sum() if definition is None else self._field(node, parent, definition, sized)
        if isinstance(node, FragmentSpreadNode):
            return self._spread(node.name.value, sized)
        if isinstance(node, InlineFragmentNode):
            condition = node.type_condition
            return self.below(
                node.selection_set, condition.name.value if condition else parent, sized
            )
        raise TypeError(type(node).__name__)

    def _spread(self, name: str, sized: Sized) -> Sum:
        key = (name, sized)
        if key not in self._known:
            fragment = self._fragments[name]
            condition = fragment.type_condition.name.value
            self._known[key] = self.below(fragment.selection_set, condition, sized)
        return self._known[key]

    def _field(self, node: FieldNode, parent: str, definition: GraphQLField, sized: Sized) -> Sum:
        price = price_of(definition)
        asked = self._asked(node, definition)
        found = Sum()
        if node.selection_set is not None:
            kind = get_named_type(definition.type).name
            found = self.below(node.selection_set, kind, self._sized(price, asked))
            found.objects = min(found.objects + 1, ENOUGH)
        found.settle(price.brings)
        found.cost = min(found.cost + weight_of(definition), ENOUGH)
        if is_list(definition):
            length = self._lengths.get(node.name.value) if parent.startswith("__") else asked
            if asked is not None:  # each of them was asked for by itself
                _draw(found, price, asked)
            found.multiply(_length(node, price, length, sized))
        if asked is None or not is_list(definition):
            _draw(found, price, asked)
        if price.is_entities:
            found.representations = asked or 0
        found.shared |= {each for each in price.draws if each.share}
        return found

    def _sized(self, price: Price, asked: int | None) -> Sized:
        if not price.sized:
            return NONE_SIZED
        assumed = SOME if price.assumed_size is None else price.assumed_size
        return price.sized, assumed if asked is None else asked

    def _asked(self, node: FieldNode, definition: GraphQLField) -> int | None:
        """How many things the slicing arguments ask for."""
        for name in price_of(definition).slicing:
            given = next((a.value for a in node.arguments or () if a.name.value == name), None)
            size = None if given is None else self._size(given)
            if size is None:
                default = definition.args[name].default_value
                size = default if isinstance(default, int) else None
            if size is not None:
                return max(0, min(size, ENOUGH))
        return None

    def _size(self, node: ValueNode) -> int | None:
        """What a literal or a variable says of a length."""
        if isinstance(node, VariableNode):
            return self._sizes.get(node.name.value)
        if isinstance(node, IntValueNode):
            return int(node.value) if len(node.value) <= _LONGEST_INT else ENOUGH
        if isinstance(node, ListValueNode):
            return len(node.values)
        return None if isinstance(node, NullValueNode) else 1  # a list of the only one

    def _definition(self, node: FieldNode, parent: str) -> GraphQLField | None:
        owner = self._schema.get_type(parent)
        if not isinstance(owner, GraphQLObjectType | GraphQLInterfaceType):
            return None  # a union has no field but `__typename`
        return self._schema.get_field(owner, node.name.value)

    def _fields(
        self, node: SelectionSetNode, parent: str
    ) -> Iterator[tuple[FieldNode, str, GraphQLField]]:
        """The fields of an object, those in fragments too; each fragment once."""
        seen: set[str] = set()
        left = [(node, parent)]
        while left:
            selections, owner = left.pop()
            for each in filter(self._is_included, selections.selections):
                if isinstance(each, FieldNode):
                    definition = self._definition(each, owner)
                    if definition is not None:
                        yield each, owner, definition
                elif isinstance(each, FragmentSpreadNode):
                    name = each.name.value
                    if name not in seen:
                        seen.add(name)
                        fragment = self._fragments[name]
                        left.append((fragment.selection_set, fragment.type_condition.name.value))
                elif isinstance(each, InlineFragmentNode):
                    condition = each.type_condition
                    left.append((each.selection_set, condition.name.value if condition else owner))

    def _is_included(self, node: SelectionNode) -> bool:
        return not any(
            self._condition(each) is (each.name.value == "skip")
            for each in node.directives or ()
            if each.name.value in CONDITIONS
        )

    def _condition(self, directive: DirectiveNode) -> bool:
        for argument in directive.arguments or ():
            if isinstance(argument.value, BooleanValueNode):
                return argument.value.value
            if isinstance(argument.value, VariableNode):
                return bool(self._sizes.get(argument.value.name.value))
        return False
