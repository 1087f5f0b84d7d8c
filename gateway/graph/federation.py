"""The same schema as a subgraph of a federation, version 2.

Routers ask for entities by their keys in ``_entities``, and for the schema with the federation's
directives in ``_service``. Neither is for clients: both stand in the executed schema alone. The
schema that clients get, ``schema.graphql``, has no word of them, so that their tools need know
none; the subgraph's own text is made from it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Annotated, Final, NewType, cast

import strawberry
from graphql import (
    DirectiveDefinitionNode,
    DocumentNode,
    InterfaceTypeDefinitionNode,
    Node,
    ObjectTypeDefinitionNode,
    parse,
)
from strawberry.types.field import StrawberryField
from strawberry.types.scalar import ScalarDefinition

from gateway.engine.price import Draw, Price
from gateway.errors import BadUserInputError
from gateway.graph import ids
from gateway.graph.access import ANYBODY
from gateway.graph.cache_control import lasting
from gateway.graph.context import Info
from gateway.graph.cost import FILM, GENRES
from gateway.graph.movie import Movie
from gateway.graph.request import MediaRequest
from gateway.graph.trailer import Trailer

KEYS: Final[Mapping[str, Sequence[str]]] = {
    "Movie": ("id", "tmdbId"),
    "Trailer": ("id",),
    "Request": ("id",),
}
"""By which fields other subgraphs may name an object of ours."""
SHARED: Final = frozenset({"PageInfo"})
"""Types that every subgraph with connections has."""
ENTITIES: Final = Price(
    weight=4,
    slicing=("representations",),
    draws=(Draw(upstream="tmdb"),),
    brings=frozenset({FILM, GENRES}),
    is_entities=True,
)
_SPEC: Final = "https://specs.apollo.dev/federation/v2.9"
_IMPORTED: Final = frozenset({"cost", "listSize"})
"""Directives of ours that are the federation's too; its definitions count."""
_TYPES: Final = frozenset({"_Any", "_Entity", "_Service"})

Representation = NewType("Representation", object)
Entity = Annotated[
    Movie | Trailer | MediaRequest,
    strawberry.union("_Entity", description="Whatever another subgraph may refer to."),
]
SCALARS: Final[dict[object, ScalarDefinition]] = {
    Representation: strawberry.scalar(
        name="_Any",
        description="An object with `__typename` and the fields of one of its keys.",
        serialize=lambda value: value,
        parse_value=lambda value: value,
    )
}
Representations = Annotated[
    list[Representation],
    strawberry.argument(description="Each names one object, by `__typename` and a key."),
]


@strawberry.type(name="_Service", description="This subgraph, for a router.")
class Service:
    """What a router is composed from."""

    sdl: str = strawberry.field(description="The schema, with the directives of federation.")


def fields_of(sdl: Callable[[], str]) -> Sequence[StrawberryField]:
    """What federation adds to the query type.

    Args:
        sdl: The subgraph's text.
    """

    @strawberry.field(
        name="_service", description="This subgraph, for a router.", metadata=ANYBODY.declared
    )
    def service() -> Service:
        return Service(sdl=sdl())

    @strawberry.field(
        name="_entities",
        description="Objects by their keys, slot by slot: one that is malformed, unknown or fails "
        "nulls its own slot only.",
        directives=[lasting(timedelta(hours=6))],
        metadata=ANYBODY.declared,  # each field of what is found by itself
    )
    def entities(info: Info, representations: Representations) -> list[Entity | None]:
        # The executor waits for each slot on its own, and nulls it alone if it fails.
        return cast("list[Entity | None]", [_entity(info, each) for each in representations])

    return (service, entities)


async def _entity(info: Info, representation: object) -> object | None:
    """Find one object.

    Raises:
        BadUserInputError: It is not named as our types are.
        UpstreamError: Its upstream gave no usable answer.
    """
    if not isinstance(representation, dict):
        raise _malformed("it is an object with `__typename` and a key")
    kind = representation.get("__typename")
    keys = KEYS.get(kind, ()) if isinstance(kind, str) else ()
    finder = info.context.runtime.nodes.get(str(kind)) if keys else None
    if finder is None:
        raise _malformed(f"`__typename` is one of {', '.join(KEYS)}")
    for key in keys:
        value = representation.get(key)
        if value is not None:
            return await finder(info, _parts(str(kind), key, value))
    raise _malformed(f"a {kind} is named by {' or '.join(keys)}")


def _parts(kind: str, key: str, value: object) -> tuple[str, ...]:
    """The inside of an object's id."""
    if key == "id":
        if not isinstance(value, str):
            raise _malformed("an id is a string")
        return ids.parse(value, expect=kind).parts
    if not isinstance(value, int) or isinstance(value, bool):
        raise _malformed(f"{key} is a number")
    return (str(value),)


def _malformed(what: str) -> BadUserInputError:
    return BadUserInputError(f"Not a representation: {what}.", argument="representations")


def without_federation(sdl: str) -> str:
    """Cut out of a schema's text what only routers need."""
    cut: list[tuple[int, int]] = []
    for each in parse(sdl).definitions:
        name = getattr(getattr(each, "name", None), "value", "")
        if name in _TYPES:
            cut.append(_span(each))
        elif name == "Query" and isinstance(each, ObjectTypeDefinitionNode):
            cut += [_span(f) for f in each.fields or () if f.name.value.startswith("_")]
    for start, end in sorted(cut, reverse=True):
        sdl = sdl[:start].rstrip() + sdl[end:]
    return sdl.lstrip("\n")


def subgraph_sdl(sdl: str) -> str:
    """The schema as a router reads it: the same text with the federation's directives."""
    marks: list[tuple[int, int, str]] = []
    document: DocumentNode = parse(sdl)
    for each in document.definitions:
        if isinstance(each, DirectiveDefinitionNode) and each.name.value in _IMPORTED:
            marks.append((*_span(each), ""))
        elif isinstance(each, ObjectTypeDefinitionNode | InterfaceTypeDefinitionNode):
            added = _directives(each.name.value)
            at = _span((each.interfaces or (each.name,))[-1])[1]
            marks.append((at, at, added))
    for start, end, text in sorted(marks, reverse=True):
        sdl = sdl[:start] + text + sdl[end:]
    imports = ", ".join(f'"@{name}"' for name in ("key", "shareable", *sorted(_IMPORTED)))
    return f'extend schema @link(url: "{_SPEC}", import: [{imports}])\n\n{sdl.lstrip()}'


def _directives(kind: str) -> str:
    keys = "".join(f' @key(fields: "{key}")' for key in KEYS.get(kind, ()))
    return keys + (" @shareable" if kind in SHARED else "")


def _span(node: Node) -> tuple[int, int]:
    if node.loc is None:
        raise ValueError("parsed without locations")
    return node.loc.start, node.loc.end
