"""Input values become what Strawberry's own conversion makes of them."""

from __future__ import annotations

from enum import Enum
from typing import Any

import pytest
import strawberry
from strawberry.relay import GlobalID
from strawberry.types.arguments import convert_argument
from strawberry.types.field import StrawberryField

from gateway.engine.plan.inputs import changed


@strawberry.enum
class Colour(Enum):
    RED = "red"


@strawberry.input
class Inner:
    number: int = 3
    text: str | None = strawberry.UNSET


@strawberry.input
class Outer:
    must_be: str
    inner: Inner | None = None
    many: list[Inner] = strawberry.field(default_factory=list)
    again: Outer | None = strawberry.UNSET
    perhaps: strawberry.Maybe[int]
    colour: Colour | None
    which: GlobalID | None = None
    words: list[str] | None = strawberry.field(name="inWords", default=None)


@strawberry.type
class Query:
    @strawberry.field
    def show(self, outer: Outer, colours: list[Colour] | None = None, which: int = 1) -> str:
        return f"{outer}{colours}{which}"


SCHEMA = strawberry.Schema(Query)
OUTER: dict[str, Any] = {"mustBe": "x"}


def arguments() -> dict[str, Any]:
    definition = SCHEMA.get_type_by_name("Query")
    field: StrawberryField = next(iter(definition.fields))  # type: ignore[union-attr] # an object
    return {each.python_name: each.type for each in field.arguments}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("which", 5),
        ("which", None),
        ("colours", [Colour.RED]),
        ("colours", None),
        ("outer", OUTER),
        ("outer", {**OUTER, "inner": {}, "many": [{"number": 1}, {"text": None}]}),
        ("outer", {**OUTER, "inner": None, "again": None, "colour": Colour.RED}),
        ("outer", {**OUTER, "again": {**OUTER, "again": OUTER, "perhaps": 2}}),
        ("outer", {**OUTER, "which": str(GlobalID("Film", "1")), "inWords": ["a"]}),
        ("outer", strawberry.UNSET),
    ],
)
def test_the_same_value(name: str, value: object) -> None:
    kind = arguments()[name]
    change = changed(kind, SCHEMA)
    registry = SCHEMA.schema_converter.scalar_registry
    expected = convert_argument(value, kind, registry, SCHEMA.config)
    assert (value if change is None else change(value)) == expected


def test_no_two_values_share_a_list() -> None:
    """A resolver that changes its argument changes nobody else's."""
    change = changed(arguments()["colours"], SCHEMA)
    given = [Colour.RED]
    assert change is not None
    assert change(given) is not given
