"""How many objects an operation can answer with, reckoned before it runs.

``first`` in a list of lists multiplies: three levels of a hundred are a million
films, each worth a call. Each fragment is reckoned once per size of the list
that it stands in, so that the reckoning is linear in the document.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLObjectType,
    GraphQLSchema,
    OperationDefinitionNode,
    SelectionNode,
    SelectionSetNode,
    get_named_type,
    get_nullable_type,
    value_from_ast_untyped,
)

from gateway.errors import QueryRejectedError

_SOME = 10  # items of a list whose length nobody can ask for, such as a film's cast
_ENOUGH = 10**9  # beyond any limit; reckoning stops to grow here


class _Reckoning:
    def __init__(
        self, schema: GraphQLSchema, document: DocumentNode, variables: Mapping[str, object]
    ) -> None:
        self._schema = schema
        self._variables = dict(variables)
        self._fragments = {
            each.name.value: each
            for each in document.definitions
            if isinstance(each, FragmentDefinitionNode)
        }
        self._known: dict[tuple[str, int | None], int] = {}

    def objects(self, selections: SelectionSetNode, parent: str, size: int | None) -> int:
        """Objects below one ``parent``, in whose lists there are ``size`` items."""
        found = sum(self._selection(node, parent, size) for node in selections.selections)
        return min(found, _ENOUGH)

    def _selection(self, node: SelectionNode, parent: str, size: int | None) -> int:
        if isinstance(node, FieldNode):
            return self._field(node, parent, size)
        if isinstance(node, FragmentSpreadNode):
            return self._spread(node.name.value, size)
        condition = getattr(node, "type_condition", None)
        inner: SelectionSetNode = node.selection_set  # type: ignore[attr-defined] # an inline fragment
        return self.objects(inner, condition.name.value if condition else parent, size)

    def _spread(self, name: str, size: int | None) -> int:
        if (name, size) not in self._known:
            fragment = self._fragments[name]
            condition = fragment.type_condition.name.value
            self._known[name, size] = self.objects(fragment.selection_set, condition, size)
        return self._known[name, size]

    def _field(self, node: FieldNode, parent: str, size: int | None) -> int:
        owner = self._schema.get_type(parent)
        if node.selection_set is None or not isinstance(
            owner, GraphQLObjectType | GraphQLInterfaceType
        ):
            return 0
        field = owner.fields.get(node.name.value)
        if field is None:
            return 0  # introspection
        asked = next(self._sizes(node, field), None)
        kind = get_named_type(field.type).name
        if isinstance(get_nullable_type(field.type), GraphQLList):
            times = asked if asked is not None else _SOME if size is None else size
            return times * (1 + self.objects(node.selection_set, kind, None))
        return 1 + self.objects(node.selection_set, kind, asked)

    def _sizes(self, node: FieldNode, field: GraphQLField) -> Iterator[int]:
        """What the arguments say of the length: ``first``, or a list of ids."""
        given = {each.name.value: each.value for each in node.arguments or ()}
        for name, argument in field.args.items():
            is_list = isinstance(get_nullable_type(argument.type), GraphQLList)
            listed = isinstance(get_nullable_type(field.type), GraphQLList)
            if name != "first" and not (is_list and listed):
                continue
            value: object = argument.default_value
            if name in given:
                value = value_from_ast_untyped(given[name], self._variables)
            if isinstance(value, list):
                yield len(value)
            elif isinstance(value, int) and not isinstance(value, bool):
                yield max(0, min(value, _ENOUGH))


def check_amount(
    schema: GraphQLSchema,
    document: DocumentNode,
    operation: OperationDefinitionNode,
    variables: Mapping[str, object],
    *,
    most: int,
) -> None:
    """Refuse what could answer with too many objects.

    Raises:
        QueryRejectedError: Over the limit; the message tells by how much.
    """
    root = schema.get_root_type(operation.operation)
    if root is None:
        return
    reckoning = _Reckoning(schema, document, variables)
    found = reckoning.objects(operation.selection_set, root.name, None)
    if found > most:
        told = str(found) if found < _ENOUGH else "a billion or more"
        raise QueryRejectedError(
            f"The operation can answer with {told} objects; {most} are allowed. "
            "Ask for fewer in `first`, above all in lists inside lists."
        )
