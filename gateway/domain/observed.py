"""The port of a log of what happens to requests that are kept elsewhere.

A store that tells of no changes is looked at again and again; what differs from the last look is
what happened. Looks are made by several processes, they overlap, arrive late and see only a part:
so each says how far the log was when it began, and the log refuses what may be older than what it
knows already.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from gateway.domain.request import Availability, MediaRequest, RequestStatus, User
from gateway.domain.request_log import RequestEvent, RequestEventKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """A request as it was last seen.

    Attributes:
        status: ``None``: it is gone; an old look must not bring it back.
        mark: The log's when this was written.
    """

    request_id: int
    tmdb_id: int
    is_4k: bool
    status: RequestStatus | None
    availability: Availability
    version: int
    requested_by: int | None
    mark: int = 0

    @classmethod
    def of(cls, request: MediaRequest) -> Sighting:
        """A request as a look shows it."""
        owner = request.requested_by
        return cls(
            request_id=request.request_id,
            tmdb_id=request.tmdb_id,
            is_4k=request.is_4k,
            status=request.status,
            availability=request.availability,
            version=request.version,
            requested_by=None if owner is None else owner.user_id,
        )

    def shows(self, request: MediaRequest) -> bool:
        """Whether a request is still as it was seen; asked of thousands at a time."""
        owner = request.requested_by
        return (
            self.status is request.status
            and self.version == request.version
            and self.availability is request.availability
            and self.requested_by == (None if owner is None else owner.user_id)
            and self.tmdb_id == request.tmdb_id
            and self.is_4k == request.is_4k
        )


@dataclass(frozen=True, slots=True)
class Known:
    """What the log knows of some requests.

    Attributes:
        mark: Counts what was written; whoever looks from now on sees at least this.
        newest: The highest id of the first whole look: no request up to it is news.
            ``None``: there was none yet.
        rows: By id; those that are gone too.
    """

    mark: int
    newest: int | None
    rows: Mapping[int, Sighting]


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """What somebody does through the gateway.

    Attributes:
        kind: What is to be seen when it is done.
        actor: Who does it.
        reason: What they wrote.
    """

    request_id: int
    kind: RequestEventKind
    actor: User
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What somebody saw.

    Attributes:
        since: The log's mark before the look began.
        requests: As they were; what is not among them was not looked at.
        gone: Requests that are surely there no more.
        is_whole: Nothing was left out. The first whole look writes no events: nobody knows since
            when things are as they are.
        deed: What the looker has done just before.
    """

    since: int
    requests: Sequence[MediaRequest] = ()
    gone: Collection[int] = ()
    is_whole: bool = False
    deed: Deed | None = None


@dataclass(frozen=True, slots=True)
class Recorded:
    """What came of a look.

    Attributes:
        events: How many were written.
        doubtful: Requests that others have written of since the look began: to be looked at anew.
    """

    events: int
    doubtful: Sequence[int] = ()


class ObservedLog(Protocol):
    """Keeps what was seen of stores, each by its scope, and what must have happened there.

    Every method raises ``UpstreamError`` when it gives no usable answer.
    """

    async def mark(self, scope: str) -> int:
        """How much was written of a scope; ask before a look."""

    async def known(self, scope: str, request_ids: Collection[int] | None = None) -> Known:
        """What was last seen of some requests, or of all."""

    async def intend(self, scope: str, deed: Deed, *, now: datetime) -> int:
        """Note what is about to be done, so that whoever sees it first knows whose it is.

        Returns:
            The mark.
        """

    async def withdraw(self, scope: str, request_id: int) -> None:
        """Forget a deed that was not done."""

    async def record(self, scope: str, look: Look, *, now: datetime) -> Recorded:
        """Compare a look with what is known; write what is new and what happened, as one.

        The same again, from whomever, writes nothing.
        """

    async def events(self, scope: str, after: int, *, most: int) -> Sequence[RequestEvent]:
        """As ``RequestStore.events``."""

    async def history(self, scope: str, request_id: int) -> Sequence[RequestEvent]:
        """As ``RequestStore.history``."""

    async def last_event(self, scope: str) -> int:
        """As ``RequestStore.last_event``."""
