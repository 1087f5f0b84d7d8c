"""Enums of the domain as enums of the graph, each value with its description."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import TypeVar

import strawberry
from strawberry.types.enum import StrawberryEnumDefinition

E = TypeVar("E", bound=type[Enum])


def described(enum: E, description: str, values: Mapping[str, str]) -> E:
    """Register ``enum``; every member must have its line in ``values``.

    Raises:
        ValueError: A member has no description, or a description no member.
    """
    strawberry.enum(enum, description=description)
    definition: StrawberryEnumDefinition = enum.__strawberry_definition__  # type: ignore[attr-defined] # set by Strawberry
    if {value.name for value in definition.values} != set(values):
        raise ValueError(f"{enum.__name__}: each value needs one description")
    for value in definition.values:
        value.description = values[value.name]
    return enum
