"""What generated schemas are made of and need not invent: leaves, inputs, generic types."""

from __future__ import annotations

from datetime import date
from enum import Enum
from typing import Any, Final, NewType, TypeVar

import strawberry
from strawberry.types.scalar import ScalarDefinition

N = TypeVar("N")

Odd = NewType("Odd", int)
Anything = NewType("Anything", object)


def _odd_out(value: Any) -> int | None:  # noqa: ANN401 - whatever a resolver gives
    """Refuses some values, finds nothing in others."""
    if value % 7 == 3:
        raise ValueError(f"{value} cannot be an Odd.")
    return None if value % 11 == 5 else value * 2 + 1


def _odd_in(value: object) -> int:
    if not isinstance(value, int) or value % 2 == 0:
        raise ValueError("An Odd is an odd whole number.")
    return value


def _day_in(text: object) -> date:
    return date.fromisoformat(str(text))


SCALARS: Final[dict[object, ScalarDefinition]] = {
    Odd: strawberry.scalar(name="Odd", serialize=_odd_out, parse_value=_odd_in),
    Anything: strawberry.scalar(
        name="Anything", serialize=lambda value: value, parse_value=lambda value: value
    ),
    date: strawberry.scalar(name="Day", serialize=date.isoformat, parse_value=_day_in),
}


@strawberry.enum
class Colour(Enum):
    RED = "red"
    GREEN = 2
    BLUE = ("b", "l")


@strawberry.enum
class Size(Enum):
    SMALL = 1
    LARGE = strawberry.enum_value(2, name="HUGE")


@strawberry.input
class Point:
    x: int
    y: int = 5
    label: str | None = None


@strawberry.input
class Filter:
    words: list[str]
    near: Point | None = None
    colours: list[Colour | None] | None = strawberry.UNSET
    grid: list[list[int]] | None = None
    odd: Odd = Odd(5)
    inner: Filter | None = None


@strawberry.input(one_of=True)
class Either:
    left: int | None = strawberry.UNSET
    right: Point | None = strawberry.UNSET


LEAVES: Final[tuple[Any, ...]] = (
    int,
    float,
    str,
    bool,
    strawberry.ID,
    Odd,
    Anything,
    date,
    Colour,
    Size,
)

ARGUMENTS: Final[tuple[tuple[Any, Any], ...]] = (
    (int, ...),
    (int, 3),
    (int | None, ...),
    (int | None, None),
    (int | None, 7),
    (str | None, None),
    (str, "s"),
    (bool, False),
    (float | None, 1.5),
    (strawberry.ID | None, None),
    (Odd, ...),
    (Odd | None, None),
    (Anything | None, None),
    (date | None, None),
    (Colour, ...),
    (Colour | None, Colour.GREEN),
    (list[int], ...),
    (list[int | None] | None, None),
    (list[list[Size]] | None, strawberry.UNSET),
    (Point, ...),
    (Point | None, None),
    (list[Point] | None, None),
    (Filter | None, None),
    (Either | None, None),
)
"""Types of arguments with their defaults; an ellipsis is none."""
