"""Pages by ``take`` and ``skip``, with the database's own reading of odd numbers."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from gateway.sandbox.seerr.refusals import refusal
from gateway.sandbox.seerr.world import Exchange

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Window:
    """A part of a list: a negative ``take`` is no limit, a negative ``skip`` is none."""

    take: int
    skip: int

    def cut(self, rows: Sequence[Row]) -> Sequence[Row]:
        """The rows of this page."""
        start = max(self.skip, 0)
        return rows[start:] if self.take < 0 else rows[start : start + self.take]

    def info(self, total: int) -> dict[str, object]:
        """The page's place in the whole."""
        return {
            "pages": math.ceil(total / self.take),
            "pageSize": self.take,
            "results": total,
            "page": math.ceil(self.skip / self.take) + 1,
        }


def window(exchange: Exchange, default_take: int) -> Window:
    """The page that a call asks for; ``take=0`` means the default.

    Raises:
        SeerrError: 500, as the database takes whole numbers only.
    """
    take = exchange.number("take", default_take)
    skip = exchange.number("skip", 0)
    if not float(take).is_integer() or not float(skip).is_integer():
        raise refusal(500, "SQLITE_MISMATCH: datatype mismatch")
    return Window(int(take), int(skip))
