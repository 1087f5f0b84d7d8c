"""What an operation passes through, as the edge sees it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Protocol, Self

from gateway.domain.viewer import Viewer
from gateway.edge.graphql.fields import Fields
from gateway.edge.graphql.parameters import GraphQLParams
from gateway.edge.graphql.reply import Answer, Lines, Reply
from gateway.edge.live.frames import Frames
from gateway.engine.execute import Outcome
from gateway.engine.prepared import Prepared


@dataclass(slots=True)
class Caller:
    """Who asks.

    Args:
        scope: What private answers are bound to; empty: anonymous.
        key: What is counted by where callers are limited.
        viewer: Themselves; ``None``: anonymous.
    """

    scope: str
    key: str
    viewer: Viewer | None = None

    @classmethod
    def of(cls, viewer: Viewer | None, address: str) -> Self:
        """Somebody known, or whoever is at an address."""
        if viewer is None:
            return cls("", address)
        return cls(viewer.scope, viewer.id, viewer)


@dataclass(slots=True)
class Asked:
    """One operation of one HTTP request."""

    params: GraphQLParams
    fields: Fields
    caller: Caller
    media_type: str
    deadline_s: float
    text: str | None = None  # of its document, if that is at hand
    prepared: Prepared | None = None  # if its document is known; the gateway's own always are
    must_finish: bool = False  # it changes something by now, whether or not its client waits
    bytes_key: Hashable | None = None  # under which others of the same bytes may wait with it
    is_run: bool = False  # by itself, not by another of the same that runs already
    more: Lines = ()  # headers for this client alone


@dataclass(slots=True)
class Batch:
    """The operations of one HTTP request."""

    operations: Sequence[Asked]

    @property
    def must_finish(self) -> bool:
        """Whether one of them changes something by now."""
        return any(each.must_finish for each in self.operations)


class Identities(Protocol):
    """Knows callers."""

    async def of(self, fields: Fields) -> Viewer | None:
        """Whoever sends a request; ``None``: somebody who does not say.

        Raises:
            RefusedError: What they send to say so is not good.
        """
        ...


class Graph(Protocol):
    """Operations over one schema."""

    def prepare(self, query: str, name: str | None) -> Prepared | Outcome:
        """The operation that a call means, or why it is refused."""
        ...

    def known(self, query: str, name: str | None) -> Prepared | None:
        """The operation of a call like many before, at once; each use lets it stay."""
        ...

    async def run(self, prepared: Prepared, asked: Asked) -> Answer:
        """Run it within the deadline that the context carries."""
        ...


class Subscriptions(Protocol):
    """Subscriptions of one schema."""

    async def subscribe(self, prepared: Prepared, asked: Asked) -> Answer | Frames:
        """Begin one, or tell why not."""
        ...


class Answers(Protocol):
    """Whole answers that are kept, and operations in flight that are shared."""

    def peek(self, prepared: Prepared, asked: Asked) -> Reply | None:
        """An answer out of memory, at once."""
        ...

    async def get(
        self, prepared: Prepared, asked: Asked, make: Callable[[], Awaitable[Answer]]
    ) -> Reply:
        """An answer from wherever it is, or made now."""
        ...


class Clients(Protocol):
    """What each caller may still spend."""

    def check(self, caller: Caller) -> None:
        """Refuse at once who is known to have spent all.

        Raises:
            RefusedError: Nothing is left for now.
        """
        ...

    async def spend(self, prepared: Prepared | None, asked: Asked) -> None:
        """Count one operation; ``None``: its document is no good, which took work to find out.

        Raises:
            RefusedError: It costs more than is left.
        """
        ...

    def refund(self, prepared: Prepared, asked: Asked) -> None:
        """Give back what it cost: it was not executed."""
        ...
