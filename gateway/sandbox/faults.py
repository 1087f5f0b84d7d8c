"""What can be made to go wrong, where, and how often; pure but for one seeded draw."""

import random
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Any, Final, Self

KINDS: Final = frozenset(
    {
        "latency",  # the right answer, `latency_s` late
        "rate_limited",  # 429, with Retry-After when `retry_after_s` is set
        "server_error",  # 500 in the API's own error JSON
        "status",  # any `status`, in the API's own error JSON
        "html_502",  # a proxy's page in place of the API
        "malformed",  # 200 whose JSON breaks off, with a matching Content-Length
        "wrong_types",  # 200, valid JSON, the right keys, the wrong shapes
        "cut_body",  # fewer bytes than declared, then the connection closes
        "gzip_unlabelled",  # gzip bytes without Content-Encoding
        "gzip_bomb",  # a few KiB that inflate to `bomb_mib` MiB
        "black_hole",  # no answer until the client goes
        "quota_exceeded",  # YouTube's 403 with HTML in its message; elsewhere as rate_limited
        "drop_parts",  # a 200 that leaves out `parts` (all appended ones when none is named)
    }
)


class FaultError(ValueError):
    """The description of a fault makes no sense; the text says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One way to fail.

    Attributes:
        kind: One of `KINDS`.
        route: Route template such as ``/movie/{id}``; ``None`` means every route.
        share: Part of the matching calls that fail, 0 to 1.
        count: How many calls fail before the fault is spent; ``None`` means no end.
        latency_s: Wait before the answer; works with every kind.
        retry_after_s: Value of Retry-After; ``None`` sends none.
        status: For kind ``status``.
        parts: For kind ``drop_parts``.
        bomb_mib: For kind ``gzip_bomb``.
    """

    kind: str
    route: str | None = None
    share: float = 1.0
    count: int | None = None
    latency_s: float = 0.0
    retry_after_s: float | None = None
    status: int = 503
    parts: tuple[str, ...] = ()
    bomb_mib: int = 64

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise FaultError(f"kind {self.kind!r} is none of {', '.join(sorted(KINDS))}")
        limits = (
            ("share", 0 <= self.share <= 1, "0 to 1"),
            ("count", self.count is None or self.count >= 1, "at least 1"),
            ("latency_s", 0 <= self.latency_s <= 600, "0 to 600"),
            ("retry_after_s", self.retry_after_s is None or self.retry_after_s >= 0, "at least 0"),
            ("status", 400 <= self.status <= 599, "400 to 599"),
            ("bomb_mib", 1 <= self.bomb_mib <= 1024, "1 to 1024"),
        )
        for name, holds, range_text in limits:
            if not holds:
                raise FaultError(f"{name} must be {range_text}")

    @classmethod
    def of(cls, data: Mapping[str, object]) -> Self:
        """Read a fault from JSON; raises `FaultError` for anything it does not know."""
        known = {field.name for field in fields(cls)}
        unknown = sorted(set(data) - known)
        if unknown:
            raise FaultError(f"unknown field {unknown[0]!r}; known: {', '.join(sorted(known))}")
        if "kind" not in data:
            raise FaultError("kind is missing")
        values: dict[str, Any] = {name: _checked(name, value) for name, value in data.items()}
        return cls(**values)

    def to_json(self) -> dict[str, object]:
        """The same as `of` reads."""
        return {field.name: getattr(self, field.name) for field in fields(self)}


_NUMBERS: Final = frozenset({"share", "latency_s", "retry_after_s"})
_INTEGERS: Final = frozenset({"count", "status", "bomb_mib"})
_NULLABLE: Final = frozenset({"route", "count", "retry_after_s"})


def _checked(name: str, value: object) -> object:
    if value is None and name in _NULLABLE:
        return None
    if name == "parts":
        if isinstance(value, list) and all(isinstance(part, str) for part in value):
            return tuple(value)
        raise FaultError("parts must be a list of strings")
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if name in _NUMBERS and not number:
        raise FaultError(f"{name} must be a number")
    if name in _INTEGERS and not (number and isinstance(value, int)):
        raise FaultError(f"{name} must be an integer")
    if name in {"kind", "route"} and not isinstance(value, str):
        raise FaultError(f"{name} must be a string")
    return value


class Faults:
    """The faults of one upstream. The first that matches a call is played."""

    def __init__(self, *, seed: int = 0) -> None:
        self._seed = seed
        self._random = random.Random(seed)
        self._faults: list[Fault] = []
        self._left: list[int | None] = []

    def set(self, faults: Iterable[Fault], *, seed: int | None = None) -> None:
        """Replace all faults and start the draw of shares anew."""
        self._faults = list(faults)
        self._left = [fault.count for fault in self._faults]
        self._random = random.Random(self._seed if seed is None else seed)

    def clear(self) -> None:
        """Behave again."""
        self.set([])

    @property
    def active(self) -> tuple[Fault, ...]:
        """Faults that are not spent."""
        return tuple(
            fault for fault, left in zip(self._faults, self._left, strict=True) if left != 0
        )

    def draw(self, route: str) -> Fault | None:
        """The fault this call suffers, counting it as played."""
        for index, fault in enumerate(self._faults):
            left = self._left[index]
            if left == 0 or fault.route not in {None, route}:
                continue
            if fault.share < 1 and self._random.random() >= fault.share:
                continue
            if left is not None:
                self._left[index] = left - 1
            return fault
        return None
