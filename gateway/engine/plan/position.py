"""One place of an operation's answer as the document knows it, whatever stands there later."""

from __future__ import annotations

from asyncio import Future
from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol, TypeAlias

from graphql import FieldNode
from graphql.pyutils import is_awaitable

from gateway.engine.plan.places import Place

if TYPE_CHECKING:
    from gateway.engine.plan.branch import Branch
    from gateway.engine.plan.run import Run

Complete: TypeAlias = "Callable[[object, Place, Run], object]"
"""A resolved value, its place, the run: what the answer shows, or ``Waiting``; may raise."""


class Waiting:
    """Stands where a value will be, until whoever holds the place has it waited for.

    Args:
        awaitable: Of the value.
        asked: Whether it is what a field in two steps asked for, and not its value yet.
    """

    __slots__ = ("asked", "awaitable", "taken")

    def __init__(self, awaitable: object, *, asked: bool = False) -> None:
        self.awaitable = awaitable
        self.asked = asked
        self.taken = False


class Land(Protocol):
    """Completes what an awaitable of a place came to; may raise."""

    def __call__(self, landed: object, source: object, place: Place, run: Run) -> object:
        """Of the object ``source``."""
        ...


class Position:
    """A field's place, or that of a list's items.

    Args:
        nodes: Where the document asks for it.
        told: The field as messages name it, such as ``Movie.title``.
        above: Whether each place around it may be null, from the root on.
        names: The object type around each key, its own included; ``None`` for list places.
        nullable: Whether it may itself be null.
    """

    __slots__ = (
        "above", "branch", "complete", "item", "land", "names", "nodes", "nullable", "seen", "told",
    )  # fmt: skip

    complete: Complete
    land: Land

    def __init__(
        self,
        nodes: list[FieldNode],
        told: str,
        above: tuple[bool, ...],
        names: tuple[str | None, ...],
        *,
        nullable: bool,
    ) -> None:
        self.nodes = nodes
        self.told = told
        self.above = above
        self.names = names
        self.nullable = nullable
        self.item: Position | None = None
        self.branch: Branch | None = None
        self.seen: set[type] = set()
        """Python types that its scalar takes."""
        self.land = self.arrive

    def settle(self, raw: object, place: Place, run: Run) -> object:
        """What the answer shows for a resolved value.

        Raises:
            GraphQLError: Located; the place may not be null.
        """
        try:
            if is_awaitable(raw):
                return run.later(raw)
            return self.complete(raw, place, run)
        except Exception as exc:  # noqa: BLE001 - whatever a resolver or scalar raises is a field's error
            run.fault(self, exc, place)
            return None

    def answer(self, raw: object, source: object, place: Place, run: Run) -> object:
        """What the answer shows for what a field was told at once, or by a future that is done.

        Raises:
            GraphQLError: Located; the place may not be null.
        """
        try:
            return self.land(value_of(raw), source, place, run)
        except Exception as exc:  # noqa: BLE001 - as in settle
            run.fault(self, exc, place)
            return None

    def unlink(self) -> None:
        """Cut the circles through it; it is as good as gone."""
        if self.item is not None:
            self.item.unlink()
        if self.branch is not None:
            self.branch.known.unlink()
            self.branch = None
        del self.complete, self.land

    def arrive(self, landed: object, source: object, place: Place, run: Run) -> object:  # noqa: ARG002 - only fields in two steps read it
        """What the answer shows for a value that was waited for; may raise."""
        return self.complete(landed, place, run)


class AbandonedError(Exception):
    """Whoever was to bring a value was cancelled."""


def value_of(raw: object) -> object:
    """A value, or the result of a future that is done.

    Raises:
        Exception: The future failed.
    """
    if not isinstance(raw, Future):
        return raw
    if raw.cancelled():
        raise AbandonedError("The look-up was cancelled.")
    found: object = raw.result()
    return found
