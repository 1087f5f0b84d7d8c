"""Domain values that read their parts from a payload when somebody asks for them.

An operation shows a few parts of a film or a video; mapping all of them costs more than fetching
them. A backed value is a subclass of a domain dataclass whose fields are properties over a payload.
Nobody changes that, so the value never changes; and what nobody reads costs nothing.
"""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from typing import Any, Generic, TypeVar

W = TypeVar("W")


class Backed(Generic[W]):
    """Stands before the dataclass among the bases: its properties go before the fields.

    It equals whatever has the same parts: the plain dataclass, or another backed one.

    Args:
        sent: The payload.
    """

    __slots__ = ()

    _sent: W

    def __init__(self, sent: W) -> None:
        object.__setattr__(self, "_sent", sent)  # the dataclass is frozen

    def __eq__(self, other: object) -> bool:
        if not is_dataclass(other) or fields(other) != fields(self):  # type: ignore[arg-type] # the other base is one
            return NotImplemented
        return _parts(self) == _parts(other)

    def __hash__(self) -> int:
        return hash(tuple(_parts(self).values()))  # as a frozen dataclass reckons its own


def _parts(value: Any) -> dict[str, object]:  # noqa: ANN401 - any dataclass
    return {each.name: getattr(value, each.name) for each in fields(value)}
