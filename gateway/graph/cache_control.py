"""``@cacheControl``: how long a value may be kept, and whether by everybody; Apollo's directive.

A hint on a type holds for the fields that return it, one on a field comes before that.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum
from typing import TYPE_CHECKING, Final

import strawberry
from strawberry.schema_directive import Location
from strawberry.types.field import StrawberryField

from gateway.graph.described import described

if TYPE_CHECKING:
    from graphql import GraphQLField, GraphQLNamedType


class CacheControlScope(Enum):
    """Who may be given what is kept."""

    PUBLIC = "PUBLIC"
    PRIVATE = "PRIVATE"


described(
    CacheControlScope,
    "Who may be given a kept answer.",
    {"PUBLIC": "Everybody.", "PRIVATE": "Only who asked for it."},
)


@strawberry.schema_directive(
    locations=[
        Location.FIELD_DEFINITION,
        Location.OBJECT,
        Location.INTERFACE,
        Location.UNION,
    ],
    name="cacheControl",
    description="How long a value may be kept by caches: the shortest of an operation counts, and "
    "one PRIVATE makes all of it private. Without a hint, root fields and objects are not kept; "
    "other fields are kept as long as their parent.",
)
class CacheControl:
    """The directive; see ``lasting`` and ``inheriting``."""

    max_age: int | None = strawberry.directive_field(name="maxAge", default=strawberry.UNSET)
    scope: CacheControlScope | None = strawberry.directive_field(
        name="scope", default=strawberry.UNSET
    )
    inherit_max_age: bool | None = strawberry.directive_field(
        name="inheritMaxAge", default=strawberry.UNSET
    )


@dataclass(frozen=True, slots=True)
class Hint:
    """What a type or a field says of itself; ``None`` says nothing.

    Args:
        max_age_s: Seconds; 0 is never kept.
        scope: Who may be given it.
        inherits: Kept as long as its parent, though it is an object.
    """

    max_age_s: int | None = None
    scope: CacheControlScope | None = None
    inherits: bool = False


NO_HINT: Final = Hint()


def lasting(span: timedelta | None, *, scope: CacheControlScope | None = None) -> CacheControl:
    """A hint with a time, or with nothing but a scope."""
    return CacheControl(
        max_age=strawberry.UNSET if span is None else int(span.total_seconds()),
        scope=strawberry.UNSET if scope is None else scope,
    )


def inheriting() -> CacheControl:
    """A hint for objects that are parts of their parent."""
    return CacheControl(inherit_max_age=True)


def hint_of(element: GraphQLNamedType | GraphQLField) -> Hint:
    """Read back what a type or field of the built schema declares."""
    definition = element.extensions.get("strawberry-definition")
    for each in getattr(definition, "directives", None) or ():
        if isinstance(each, CacheControl):
            inherits = each.inherit_max_age is True
            return Hint(
                max_age_s=each.max_age if isinstance(each.max_age, int) and not inherits else None,
                scope=each.scope or None,
                inherits=inherits,
            )
    return NO_HINT


def strictest(parts: Sequence[StrawberryField]) -> list[object]:
    """What a field declares that is made of several parts: the shortest time, private if one is."""
    hints = [each for part in parts for each in part.directives if isinstance(each, CacheControl)]
    times = [each.max_age for each in hints if isinstance(each.max_age, int)]
    others = [each for each in parts[0].directives if not isinstance(each, CacheControl)]
    is_private = any(each.scope is CacheControlScope.PRIVATE for each in hints)
    span = timedelta(seconds=min(times)) if times else None
    return [lasting(span, scope=CacheControlScope.PRIVATE if is_private else None), *others]
