"""Every value of an enum has its line, or nothing starts."""

from __future__ import annotations

from enum import Enum

import pytest

from gateway.graph.described import described


class Colour(Enum):
    RED = "red"
    BLUE = "blue"


def test_each_value_gets_its_description() -> None:
    made = described(Colour, "A colour.", {"RED": "Like blood.", "BLUE": "Like the sky."})
    definition = made.__strawberry_definition__  # type: ignore[attr-defined] # set by Strawberry
    assert {v.name: v.description for v in definition.values} == {
        "RED": "Like blood.",
        "BLUE": "Like the sky.",
    }


@pytest.mark.parametrize(
    "values", [{"RED": "Like blood."}, {"RED": "a", "BLUE": "b", "GREEN": "c"}, {}]
)
def test_a_missing_or_foreign_line_is_refused(values: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="Colour"):
        described(Colour, "A colour.", values)
