"""Code from a field's resolved value to what the answer shows: ``Position.settle``, inline."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gateway.engine.plan.code import Names, indented
from gateway.engine.plan.leaves import leaf_code
from gateway.engine.plan.variables import raw_name, value_name

if TYPE_CHECKING:
    from gateway.engine.plan.branch import Branch
    from gateway.engine.plan.field import Field
    from gateway.engine.plan.position import Position


class Completion:
    """The lines that lead from ``r`` to the variable of a field.

    Args:
        field: Whose value it is.
        number: Among the fields of its object.
        names: Of the code.
        place: An expression of the field's place.
    """

    def __init__(self, field: Field, number: int, names: Names, place: str) -> None:
        self._position = field.position
        self._type = field.type
        self._number = number
        self._names = names
        self._place = place
        self._value = value_name(number)

    def lines(self) -> list[str]:
        """For whatever there is in ``r``."""
        position, item = self._position, self._position.item
        if position.branch is not None:
            return self._nullable(self._object(position.branch))
        if item is not None and item.branch is not None:
            settle = self._name("settle", position.settle)
            return self._tested("type(r) is list", self._objects(item, item.branch), settle)
        settle = self._name("settle", position.settle)
        code = leaf_code(position, self._type, self._name, "r")
        if code is None:
            return [f"{self._value} = {settle}(r, {self._place}, X)"]
        shown = [f"if {code.test}: {self._value} = {code.shown}"]
        return [*shown, f"else: {self._value} = {settle}(r, {self._place}, X)"]

    def _name(self, what: str, value: object) -> str:
        return self._names.add(f"{what}{self._number}", value)

    def _object(self, branch: Branch) -> list[str]:
        known = self._name("known", branch.known)
        return [*self._placed(), f"{self._value} = {known}[type(r)](r, q, X)"]

    def _objects(self, item: Position, branch: Branch) -> list[str]:
        known, place = self._name("known", branch.known), self._name("item", item)
        return [
            f"{raw_name(self._number)} = r",
            *self._placed(),
            "m = X.late",
            f"{self._value} = {known}.show_all(r, q, X)",
            f"if X.late != m: X.adopt_items({self._value}, {place}, q)",
        ]

    def _placed(self) -> list[str]:
        return [] if self._place == "q" else [f"q = {self._place}"]

    def _nullable(self, lines: list[str]) -> list[str]:
        if not self._position.nullable:
            return lines
        return ["if r is None:", f" {self._value} = None", "else:", *indented(lines)]

    def _tested(self, test: str, lines: list[str], otherwise: str) -> list[str]:
        null = ["elif r is None:", f" {self._value} = None"] if self._position.nullable else []
        settled = f" {self._value} = {otherwise}(r, {self._place}, X)"
        return [f"if {test}:", *indented(lines), *null, "else:", settled]
