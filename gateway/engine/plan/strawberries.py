"""Which fields are Strawberry's own plain ones, so that its wrappers need not run.

What is not recognised beyond doubt is called as graphql-core would call it.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import Any, Final, cast

from graphql import FieldNode, GraphQLField, GraphQLInputObjectType, GraphQLSchema, get_named_type
from strawberry import Schema
from strawberry.types.base import StrawberryObjectDefinition
from strawberry.types.field import StrawberryField
from strawberry.types.fields.resolver import StrawberryResolver

from gateway.engine.batched import batched_of
from gateway.engine.in_context import in_context_of
from gateway.engine.plan.arguments import Arguments, Convert
from gateway.engine.plan.inputs import changed
from gateway.engine.plan.resolver import Attribute, Call, Direct, Resolver, bare, two_steps

_MADE_BY: Final = "GraphQLCoreConverter.from_resolver.<locals>."
_READ: Final = f"{_MADE_BY}_get_basic_result"
_CALLED: Final = frozenset({f"{_MADE_BY}_resolver", f"{_MADE_BY}_async_resolver"})
_EXTENSION: Final = "strawberry-definition"


def resolver_of(schema: GraphQLSchema, definition: GraphQLField, node: FieldNode) -> Resolver:
    """How a field is resolved that stands at a node of a document."""
    found = definition.extensions.get(_EXTENSION)
    strawberry = getattr(schema, "_strawberry_schema", None)
    if type(found) is StrawberryField and isinstance(strawberry, Schema):
        name = getattr(definition.resolve, "__qualname__", "")
        if name == _READ and found.default_resolver is getattr:
            return Attribute(found.python_name)
        if name in _CALLED and _is_plain(found, strawberry, definition):
            return _call(found, strawberry, definition, node)
    arguments = Arguments(definition, node, _named_for_python(definition))
    said = batched_of(definition.resolve)
    return bare(definition, arguments) if said is None else two_steps(said, arguments)


def _is_plain(field: StrawberryField, strawberry: Schema, definition: GraphQLField) -> bool:
    handlers = strawberry.schema_converter._exception_handler_specs  # noqa: SLF001 - Strawberry tells it nowhere else
    return (
        not field.extensions
        and not handlers
        and type(field.base_resolver) is StrawberryResolver
        and callable(field.base_resolver.wrapped_func)
        and not any(_builds_itself(kind) for kind in _input_types(definition))
    )


def _call(
    field: StrawberryField, strawberry: Schema, definition: GraphQLField, node: FieldNode
) -> Resolver:
    resolver = cast("StrawberryResolver[object]", field.base_resolver)
    arguments = Arguments(definition, node, _converted(field, strawberry))
    said = batched_of(resolver.wrapped_func)
    if said is not None:
        return two_steps(said, arguments)
    direct = in_context_of(resolver.wrapped_func)
    if direct is not None:
        return Direct(direct.function, arguments)
    parent = resolver.parent_parameter or resolver.root_parameter
    info = resolver.info_parameter
    return Call(
        function=cast("Any", resolver.wrapped_func),
        arguments=arguments,
        positional=resolver.self_parameter is not None,
        parent=None if parent is None else parent.name,
        info=None if info is None else info.name,
        make_info=partial(strawberry.config.info_class, _field=field),
        waits=resolver.is_async,
    )


def _converted(field: StrawberryField, strawberry: Schema) -> Convert:
    """What ``convert_arguments`` of Strawberry does, with names and types looked up beforehand."""
    names = strawberry.config.name_converter
    known = [
        (names.from_argument(each), each.python_name, changed(each.type, strawberry))
        for each in field.arguments
    ]

    def convert(given: dict[str, Any]) -> dict[str, Any]:
        return {
            python: given[name] if change is None else change(given[name])
            for name, python, change in known
            if name in given
        }

    return convert


def _named_for_python(_definition: GraphQLField) -> Convert:
    return lambda given: given


def _input_types(definition: GraphQLField) -> Iterable[GraphQLInputObjectType]:
    seen: dict[str, GraphQLInputObjectType] = {}
    rest = [get_named_type(argument.type) for argument in definition.args.values()]
    while rest:
        kind = rest.pop()
        if isinstance(kind, GraphQLInputObjectType) and kind.name not in seen:
            seen[kind.name] = kind
            rest.extend(get_named_type(field.type) for field in kind.fields.values())
    return seen.values()


def _builds_itself(kind: GraphQLInputObjectType) -> bool:
    """Whether an input type reads the info of the field that it is given to."""
    definition = kind.extensions.get(_EXTENSION)
    return isinstance(definition, StrawberryObjectDefinition) and definition.from_input is not None
