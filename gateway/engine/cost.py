"""What an operation can cost, reckoned before it runs.

A field costs its weight, and what stands below it, once for each thing that it gives: an object
weighs 1 and a leaf nothing unless ``@cost`` says otherwise, and ``@listSize`` says how many there
are. Beside the cost stand the objects that can be answered with, and the calls that the upstreams
can be sent when nothing is cached. A fragment is reckoned once for each size of the list that it
stands in, so that reckoning takes as long as the document is.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from graphql import (
    ArgumentNode,
    DirectiveNode,
    FieldNode,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    ValueNode,
    VariableNode,
    Visitor,
    value_from_ast_untyped,
    visit,
)

from gateway.engine.actual import actual_cost
from gateway.engine.introspected import lengths_of
from gateway.engine.limits import Limits, exceeded
from gateway.engine.prepared import Prepared
from gateway.engine.price import price_of
from gateway.engine.reckoning import CONDITIONS, Reckoning, Sizes, fragments_of
from gateway.engine.sums import ENOUGH, Sum
from gateway.engine.values import check_variables

_MOST_KNOWN: Final = 64


@dataclass(frozen=True, slots=True)
class Bill:
    """What an operation can cost.

    Attributes:
        cost: In weights.
        objects: That it can answer with.
        representations: Entities that a router asks for.
        upstreams: Calls or units by upstream, when nothing is cached.
    """

    cost: int
    objects: int
    representations: int
    upstreams: Mapping[str, int]


class Costs:
    """Reckons the operations of one schema.

    Args:
        schema: That declares what its fields cost.
        limits: What operations may cost.
    """

    def __init__(self, schema: GraphQLSchema, limits: Limits) -> None:
        self._schema = schema
        self._limits = limits
        self._slicing = frozenset(_slicing(schema))
        self._lengths = lengths_of(schema)

    def of(self, prepared: Prepared, variables: Mapping[str, object]) -> Bill:
        """The bill under variables as the client sent them; cheap when asked again."""
        return self._model(prepared).at(variables)

    @property
    def most(self) -> int:
        """What an operation may cost."""
        return self._limits.max_cost

    def actual(self, prepared: Prepared, data: object) -> int:
        """What an operation has cost, by the data of its answer."""
        return actual_cost(self._schema, prepared, data)

    def check(self, prepared: Prepared, variables: Mapping[str, object]) -> Bill:
        """The bill, if it is within the limits.

        Raises:
            LimitError: It is not; the message tells which part costs most.
        """
        check_variables(variables, self._limits)
        model = self._model(prepared)
        bill = model.at(variables)
        for name in _CHECKED:
            found = getattr(bill, name)
            if found > getattr(self._limits, f"max_{name}"):
                part = model.dearest(variables)
                raise exceeded(f"max_{name}", self._limits, found, part=part)
        return bill

    def _model(self, prepared: Prepared) -> CostModel:
        return prepared.remember(
            "cost",
            lambda: CostModel(self._schema, prepared, self._slicing, self._lengths),
        )


_CHECKED: Final = ("representations", "objects", "cost")


class CostModel:
    """Reckons one operation under any variables.

    Args:
        schema: That declares what its fields cost.
        prepared: The operation.
        slicing: Names of the arguments that say how much is asked for.
        lengths: Of introspection's lists, by field.
    """

    def __init__(
        self,
        schema: GraphQLSchema,
        prepared: Prepared,
        slicing: frozenset[str],
        lengths: Mapping[str, int],
    ) -> None:
        self._schema = schema
        self._selections = prepared.operation.selection_set
        self._root = schema.get_root_type(prepared.kind)
        self._lengths = lengths
        self._fragments = fragments_of(prepared.document)
        self._defaults = {
            each.variable.name.value: _constant(each.default_value)
            for each in prepared.operation.variable_definitions or ()
        }
        decisive = _Decisive(slicing)
        visit(prepared.document, decisive)
        self._decisive = sorted(decisive.names & self._defaults.keys())
        self._known: OrderedDict[tuple[int | None, ...], Bill] = OrderedDict()

    def at(self, variables: Mapping[str, object]) -> Bill:
        """The bill under variables as the client sent them."""
        key = tuple(self._size(name, variables) for name in self._decisive)
        known = self._known.get(key)
        if known is None:
            known = self._known[key] = self._bill(variables)
            if len(self._known) > _MOST_KNOWN:
                self._known.popitem(last=False)
        return known

    def dearest(self, variables: Mapping[str, object]) -> str:
        """The way down to the part that costs most, as long as one part is more than half."""
        if self._root is None:
            return ""
        return self._reckoning(variables).dearest(self._selections, self._root.name)

    def _bill(self, variables: Mapping[str, object]) -> Bill:
        total = Sum()
        if self._root is not None:
            total = self._reckoning(variables).below(self._selections, self._root.name)
        total.settle(frozenset())
        upstreams: dict[str, int] = {each.upstream: 0 for each in total.once}
        for each in total.once:
            upstreams[each.upstream] += each.count
        for (upstream, batch), count in total.drawn.items():
            upstreams[upstream] = upstreams.get(upstream, 0) - (-count // batch)
        return Bill(total.cost, total.objects, total.representations, upstreams)

    def _reckoning(self, variables: Mapping[str, object]) -> Reckoning:
        sizes: Sizes = {name: self._size(name, variables) for name in self._decisive}
        return Reckoning(self._schema, self._fragments, sizes, self._lengths)

    def _size(self, name: str, variables: Mapping[str, object]) -> int | None:
        """What counts of a variable: its number, its truth, how long its list is."""
        value = variables.get(name, self._defaults[name])
        if isinstance(value, list):
            return len(value)
        if isinstance(value, int | float):
            return int(min(max(value, 0), ENOUGH))
        return None if value is None else 1  # a list of the only one


def _constant(node: ValueNode | None) -> object:
    return None if node is None else value_from_ast_untyped(node)


def _slicing(schema: GraphQLSchema) -> Iterator[str]:
    """Names of all arguments that say how much is asked for."""
    for each in schema.type_map.values():
        if isinstance(each, GraphQLObjectType | GraphQLInterfaceType):
            for field in each.fields.values():
                yield from price_of(field).slicing


class _Decisive(Visitor):
    """Finds the variables on which the bill depends."""

    def __init__(self, slicing: frozenset[str]) -> None:
        super().__init__()
        self._slicing = slicing
        self.names: set[str] = set()

    def enter_field(self, node: FieldNode, *_: object) -> None:
        self._note(node.arguments, self._slicing)

    def enter_directive(self, node: DirectiveNode, *_: object) -> None:
        if node.name.value in CONDITIONS:
            self._note(node.arguments, _IF)

    def _note(self, arguments: Iterable[ArgumentNode] | None, names: frozenset[str]) -> None:
        for each in arguments or ():
            if each.name.value in names and isinstance(each.value, VariableNode):
                self.names.add(each.value.name.value)


_IF: Final = frozenset({"if"})
