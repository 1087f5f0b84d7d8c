"""How long an operation's answer may be kept, read from its document before it runs.

Apollo Server's rules. It applies them to the fields that it happens to execute; here every field
that may be executed counts, so the answer is never kept longer than there.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias

from graphql import (
    BooleanValueNode,
    DirectiveNode,
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLField,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    OperationType,
    SelectionNode,
    SelectionSetNode,
    VariableNode,
    Visitor,
    get_named_type,
    is_abstract_type,
    is_composite_type,
    visit,
)

from gateway.engine.prepared import Prepared
from gateway.graph.cache_control import NO_HINT, CacheControlScope, Hint, hint_of

Types: TypeAlias = frozenset[str]
HintOf: TypeAlias = Callable[[GraphQLNamedType | GraphQLField], Hint]
_CONDITIONS: Final = frozenset({"skip", "include"})


@dataclass(frozen=True, slots=True)
class AnswerPolicy:
    """How long an answer may be kept, if it has no errors.

    Args:
        max_age_s: Seconds; 0 is not at all.
        is_private: Only for who asked.
    """

    max_age_s: int = 0
    is_private: bool = False


UNKEPT: Final = AnswerPolicy()


class AnswerPolicies:
    """The policies of a schema's operations.

    Args:
        schema: As executed.
        hint_of: Reads what its elements declare.
    """

    def __init__(self, schema: GraphQLSchema, hint_of: HintOf = hint_of) -> None:
        self._schema = schema
        self._hint_of = hint_of

    def of(self, prepared: Prepared, variables: Mapping[str, object]) -> AnswerPolicy:
        """The policy under these variables, as the client sent them; cheap when asked again."""
        if prepared.kind is not OperationType.QUERY:
            return UNKEPT
        defaults = prepared.remember("cache.conditions", lambda: _conditions(prepared))
        values = {name: variables.get(name, default) for name, default in defaults.items()}
        key: Hashable = ("cache", *(value is True for value in values.values()))
        return prepared.remember(key, lambda: self._policy(prepared, values))

    def is_personal(self, prepared: Prepared, variables: Mapping[str, object]) -> bool:
        """Whether its answer may hang on who asks; all others are anybody's."""
        if prepared.kind is not OperationType.QUERY:
            return True
        return self.of(prepared, variables).is_private

    def _policy(self, prepared: Prepared, values: Mapping[str, object]) -> AnswerPolicy:
        root = self._schema.query_type
        if root is None:
            return UNKEPT
        walk = _Walk(self._schema, self._hint_of, prepared.document, values)
        walk.enter(prepared.operation.selection_set, frozenset({root.name}), is_root=True)
        return AnswerPolicy(walk.max_age_s or 0, walk.is_private)


class _Walk:
    """One pass; a fragment is entered once for each set of types that it is spread on."""

    def __init__(
        self,
        schema: GraphQLSchema,
        hint_of: HintOf,
        document: DocumentNode,
        values: Mapping[str, object],
    ) -> None:
        self._schema = schema
        self._hint_of = hint_of
        self._values = values
        self._fragments = {
            each.name.value: each
            for each in document.definitions
            if isinstance(each, FragmentDefinitionNode)
        }
        self._seen: set[tuple[str, Types, bool]] = set()
        self.max_age_s: int | None = None
        self.is_private = False

    def enter(self, selections: SelectionSetNode, types: Types, *, is_root: bool) -> None:
        for node in selections.selections:
            if not self._is_included(node):
                continue
            if isinstance(node, FieldNode):
                self._field(node, types, is_root=is_root)
            elif isinstance(node, FragmentSpreadNode):
                self._spread(node.name.value, types, is_root=is_root)
            elif isinstance(node, InlineFragmentNode):
                condition = node.type_condition
                inner = self._narrowed(types, condition.name.value if condition else None)
                self.enter(node.selection_set, inner, is_root=is_root)

    def _spread(self, name: str, types: Types, *, is_root: bool) -> None:
        if (name, types, is_root) in self._seen:
            return
        self._seen.add((name, types, is_root))
        fragment = self._fragments[name]
        inner = self._narrowed(types, fragment.type_condition.name.value)
        self.enter(fragment.selection_set, inner, is_root=is_root)

    def _narrowed(self, types: Types, condition: str | None) -> Types:
        return types if condition is None else types & self._possible(condition)

    def _possible(self, name: str) -> Types:
        """The object types that stand behind a name."""
        found = self._schema.get_type(name)
        if found is not None and is_abstract_type(found):
            return frozenset(each.name for each in self._schema.get_possible_types(found))
        return frozenset({name})

    def _field(self, node: FieldNode, types: Types, *, is_root: bool) -> None:
        """Every type may declare the field in its own way, but all return the same or narrower."""
        inner: set[str] = set()
        for name in types:
            owner = self._schema.get_type(name)
            if not isinstance(owner, GraphQLObjectType) or node.name.value not in owner.fields:
                continue  # introspection, which says nothing
            field = owner.fields[node.name.value]
            self._restrict(field, is_root=is_root)
            if node.selection_set is not None:
                inner |= self._possible(get_named_type(field.type).name)
        if inner and node.selection_set is not None:
            self.enter(node.selection_set, frozenset(inner), is_root=False)

    def _restrict(self, field: GraphQLField, *, is_root: bool) -> None:
        target = get_named_type(field.type)
        is_composite = is_composite_type(target)
        found = _combined(self._hint_of(target) if is_composite else NO_HINT, self._hint_of(field))
        max_age_s = found.max_age_s
        if max_age_s is None and (is_root or (is_composite and not found.inherits)):
            max_age_s = 0
        if max_age_s is not None and (self.max_age_s is None or max_age_s < self.max_age_s):
            self.max_age_s = max_age_s
        self.is_private = self.is_private or found.scope is CacheControlScope.PRIVATE

    def _is_included(self, node: SelectionNode) -> bool:
        for each in node.directives or ():
            if each.name.value in _CONDITIONS:
                is_set = self._condition(each)
                if is_set is not None and is_set is (each.name.value == "skip"):
                    return False
        return True

    def _condition(self, directive: DirectiveNode) -> bool | None:
        """Its value; ``None`` where nobody knows, so that the selection counts."""
        for argument in directive.arguments or ():
            if isinstance(argument.value, BooleanValueNode):
                return argument.value.value
            if isinstance(argument.value, VariableNode):
                return self._values.get(argument.value.name.value) is True
        return None


def _combined(of_type: Hint, of_field: Hint) -> Hint:
    """A field's hint comes before its type's; a time before inheriting one."""
    if of_field.inherits and of_type.max_age_s is None:
        return Hint(None, of_field.scope or of_type.scope, inherits=True)
    return Hint(
        of_type.max_age_s if of_field.max_age_s is None else of_field.max_age_s,
        of_field.scope or of_type.scope,
        inherits=of_type.inherits,
    )


def _conditions(prepared: Prepared) -> Mapping[str, bool | None]:
    """The variables that decide what is executed, with their default values."""
    found = _Conditions()
    visit(prepared.document, found)
    defaults = {
        each.variable.name.value: each.default_value.value
        for each in prepared.operation.variable_definitions or ()
        if isinstance(each.default_value, BooleanValueNode)
    }
    return {name: defaults.get(name) for name in sorted(found.names)}


class _Conditions(Visitor):
    def __init__(self) -> None:
        super().__init__()
        self.names: set[str] = set()

    def enter_directive(self, node: DirectiveNode, *_: object) -> None:
        if node.name.value in _CONDITIONS:
            self.names |= {
                each.value.name.value
                for each in node.arguments or ()
                if isinstance(each.value, VariableNode)
            }
