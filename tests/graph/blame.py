"""Compares the answer of a gateway with one sick upstream to the answer of a healthy one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from graphql import GraphQLObjectType, GraphQLSchema, get_named_type

from gateway.errors import GatewayError
from tests.graph.everything import Owners

Path = tuple[str | int, ...]
Json = dict[str, "Json"] | list["Json"] | str | int | float | bool | None

# Its choice is TMDB's, but YouTube has a say in it: another one may be shown, never none.
CHOSEN = frozenset({"bestTrailer"})
FLEETING = frozenset({"UpstreamStatus"})  # tells of the outage, which is its job


def codes() -> frozenset[str]:
    """The closed list: what the error tree knows, without the one that means a bug."""
    open_classes, found = [GatewayError], set()
    while open_classes:
        each = open_classes.pop()
        found.add(each.code)
        open_classes += each.__subclasses__()
    return frozenset(found - {GatewayError.code})


@dataclass(frozen=True, slots=True)
class Blame:
    """One comparison.

    Args:
        schema: To find types by.
        owners: Of each field.
        sick: The upstream that fails.
        errors: Paths at which the answer has errors.
        is_off: It is switched off, so that nothing is an error.
    """

    schema: GraphQLSchema
    owners: Owners
    sick: str
    errors: frozenset[Path]
    is_off: bool = False

    def complaints(
        self, kind: str, healthy: Json, found: Json, path: Path = (), *, own: bool = False
    ) -> Iterator[str]:
        """What is wrong with a value; ``own`` tells that the sick upstream gave it."""
        if healthy == found or kind in FLEETING:
            return
        if found is None:
            yield from self._missing(path, own=own)
        elif isinstance(healthy, list) and isinstance(found, list):
            yield from self._lists(kind, healthy, found, path, own=own)
        elif isinstance(healthy, dict) and isinstance(found, dict):
            known = healthy.get("__typename", kind)
            for key in healthy:
                yield from self._field(known, key, healthy[key], found[key], path, own=own)
        else:
            yield f"{path}: {healthy!r} became {found!r}"

    def _field(
        self, kind: str, key: str, healthy: Json, found: Json, path: Path, *, own: bool
    ) -> Iterator[str]:
        here = (*path, key)
        owners = self.owners.of(kind, key)
        own = self.sick in owners if owners else own
        if key in CHOSEN and not own:
            if (found is None) is not (healthy is None):
                yield f"{here}: hidden"
            return
        yield from self.complaints(self._target(kind, key), healthy, found, here, own=own)

    def _missing(self, path: Path, *, own: bool) -> Iterator[str]:
        if not own:
            yield f"{path}: lost, and {self.sick} does not own it"
        elif self.is_off is self._explained(path):
            yield f"{path}: {'an error where all is well' if self.is_off else 'null without error'}"

    def _lists(
        self, kind: str, healthy: list[Json], found: list[Json], path: Path, *, own: bool
    ) -> Iterator[str]:
        if len(healthy) == len(found):
            for at, (one, other) in enumerate(zip(healthy, found, strict=True)):
                yield from self.complaints(kind, one, other, (*path, at), own=own)
        elif not (own and all(item in healthy for item in found)):
            yield f"{path}: other items"
        elif not (self.is_off or self._explained(path)):
            yield f"{path}: items are missing without error"

    def _explained(self, path: Path) -> bool:
        return any(path[:length] in self.errors for length in range(1, len(path) + 1))

    def _target(self, kind: str, key: str) -> str:
        owner = self.schema.type_map[kind]
        assert isinstance(owner, GraphQLObjectType)
        each = owner.fields.get(key if key.startswith("__") else key.partition("_")[0])
        return "String" if each is None else get_named_type(each.type).name


def paths(errors: Sequence[dict[str, Any]]) -> frozenset[Path]:
    """Where errors stand."""
    return frozenset(tuple(each["path"]) for each in errors)
