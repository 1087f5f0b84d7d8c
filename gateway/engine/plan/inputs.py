"""Input values for resolvers: what Strawberry makes of them, worked out once for each type."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import MISSING
from functools import partial
from typing import Any, TypeAlias, cast

from strawberry import UNSET, Schema
from strawberry.relay import GlobalID
from strawberry.scalars import is_scalar
from strawberry.types.arguments import convert_argument
from strawberry.types.base import (
    StrawberryMaybe,
    StrawberryObjectDefinition,
    StrawberryOptional,
    StrawberryType,
    get_object_definition,
)
from strawberry.types.enum import StrawberryEnumDefinition

Kind: TypeAlias = "StrawberryType | type"
Change: TypeAlias = "Callable[[Any], object]"


def changed(kind: Kind, schema: Schema) -> Change | None:
    """How values of an input type change on their way to a resolver; ``None``: not at all.

    Scalars, enums and plain input objects are known here; all else is left to Strawberry.
    """
    inner = kind
    if isinstance(kind, StrawberryOptional) and not isinstance(kind, StrawberryMaybe):
        inner = kind.of_type
    registry = schema.schema_converter.scalar_registry
    if isinstance(inner, StrawberryEnumDefinition):
        return None
    if is_scalar(inner, registry) and inner is not GlobalID:
        return None
    definition = get_object_definition(inner)
    if definition is not None and definition.is_input and definition.from_input is None:
        return _object(definition, schema)
    return partial(convert_argument, type_=kind, scalar_registry=registry, config=schema.config)


def _object(definition: StrawberryObjectDefinition, schema: Schema) -> Change:
    """For a plain input object; inner ones are looked up when the first value comes."""
    make = cast("Callable[..., object]", definition.origin)
    names = schema.config.name_converter
    absent = {
        field.python_name: None
        for field in definition.fields
        if field.default_value is MISSING and field.default_factory is MISSING
    }
    known: list[tuple[str, str, Change | None]] = []

    def change(value: Mapping[str, object] | None) -> object:
        if value is None or value is UNSET:
            return value
        if not known:
            for each in definition.fields:
                kind = each.resolve_type(type_definition=definition)
                known.append((names.from_field(each), each.python_name, changed(kind, schema)))
        given: dict[str, object] = {**absent}
        for name, python, inner in known:
            if name in value:
                given[python] = value[name] if inner is None else inner(value[name])
        return make(**given)

    return change
