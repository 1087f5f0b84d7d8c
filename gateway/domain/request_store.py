"""The port of whatever keeps requests: the built-in book, or Seerr."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Final, Literal, Protocol, TypeAlias

from gateway.domain.request import MediaRequest, MediaState, RequestStatus, User
from gateway.domain.request_log import RequestEvent
from gateway.domain.request_outcomes import CancelOutcome, CreateOutcome, DecideOutcome
from gateway.domain.request_quota import Quota
from gateway.domain.request_rules import Actor, Step


class RequestOrder(Enum):
    """Orders of a list of requests; those of one moment stand in the order of their ids."""

    CREATED_AT_DESC = "CREATED_AT_DESC"
    CREATED_AT_ASC = "CREATED_AT_ASC"


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestFilter:
    """Which requests to list; each part that is given narrows it down.

    Attributes:
        statuses: Only these states; none at all match nothing.
        requested_by: Only those of this user.
        tmdb_id: Only those for this film.
    """

    statuses: frozenset[RequestStatus] | None = None
    requested_by: int | None = None
    tmdb_id: int | None = None


EVERYTHING: Final = RequestFilter()


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page ends, told by its last request: it stays right while others come and go."""

    created_at: datetime
    request_id: int

    @classmethod
    def of(cls, request: MediaRequest) -> Place:
        """Stand on a request."""
        return cls(request.created_at, request.request_id)


@dataclass(frozen=True, slots=True)
class RequestPage:
    """Some requests in their order, and whether there are more behind them."""

    requests: tuple[MediaRequest, ...]
    has_next: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What somebody asks for; TMDB knows the film, the caller has checked."""

    tmdb_id: int
    is_4k: bool = False


Decision: TypeAlias = Literal[Step.APPROVE, Step.DECLINE, Step.RETRY]


class RequestStore(Protocol):
    """Keeps requests and who decided what.

    Every method raises ``UpstreamError`` when the store gives no usable answer. A write that
    raises may have happened or not; with the same idempotency key it can be sent again. A key
    belongs to whoever uses it: with the same payload it gets the first reply again, refusals
    included, with another one ``KeyReused``.
    """

    async def enrol(
        self, subject: str, display_name: str, *, seerr_user_id: int | None = None
    ) -> User | None:
        """The store's user for somebody whom the gateway knows as ``subject``.

        A store with people of its own looks up the one they act as, and has ``None`` for those
        who act as nobody. Any other makes them when there is none yet, and renames them when they
        have a new name.
        """

    async def create(self, actor: Actor, wish: Wish, *, key: str | None = None) -> CreateOutcome:
        """Ask for a film.

        Refused in this order: permission, somebody else's active request, blocklist, quota.
        The same person's active request is given back as ``Created`` with ``created=False``.

        Args:
            actor: Who asks.
            wish: The film and the track.
            key: Idempotency key.
        """

    async def decide(
        self,
        actor: Actor,
        request_id: int,
        decision: Decision,
        *,
        reason: str | None = None,
        version: int | None = None,
        key: str | None = None,
    ) -> DecideOutcome:
        """Approve, decline or retry; of two at the same time one gets ``Conflict``.

        Args:
            actor: Who decides.
            request_id: The request.
            decision: What to do with it.
            reason: Shown to whoever asked.
            version: The one that the actor saw; any other is a ``Conflict``.
            key: Idempotency key.
        """

    async def cancel(
        self,
        actor: Actor,
        request_id: int,
        *,
        version: int | None = None,
        key: str | None = None,
    ) -> CancelOutcome:
        """Take a request back: its owner while it waits for a decision, a manager at any time."""

    async def get_many(self, request_ids: Collection[int]) -> Mapping[int, MediaRequest]:
        """Requests by id; unknown ids are left out."""

    async def page(
        self,
        which: RequestFilter,
        *,
        first: int,
        after: Place | None = None,
        order: RequestOrder = RequestOrder.CREATED_AT_DESC,
    ) -> RequestPage:
        """List requests.

        Args:
            which: Which ones.
            first: At most so many, 1 to 100.
            after: Only those behind this place in the same order; the request that stood there
                may be gone.
            order: By the moment of creation.
        """

    async def count(self, which: RequestFilter) -> int:
        """Count requests; costs as much as there are, so only when asked for."""

    async def by_movie(
        self, tmdb_ids: Collection[int], *, most: int
    ) -> Mapping[int, Sequence[MediaRequest]]:
        """The newest requests of many films, newest first; films without any are left out.

        Args:
            tmdb_ids: The films.
            most: For each, 1 to 101.
        """

    async def own(
        self, user_id: int, tmdb_ids: Collection[int]
    ) -> Mapping[tuple[int, bool], MediaRequest]:
        """A person's newest request by film and track (``True`` is 4K)."""

    async def media(self, tmdb_ids: Collection[int]) -> Mapping[int, MediaState]:
        """How far films got; those nobody asked for and nobody has are left out."""

    async def quota(self, actor: Actor) -> Quota:
        """What a person may still ask for."""

    async def history(self, request_id: int) -> Sequence[RequestEvent]:
        """What happened to a request, oldest first; also to one that is gone."""

    async def events(self, after: int, *, most: int) -> Sequence[RequestEvent]:
        """What happened to any request behind a sequence number, oldest first.

        Never skips: an event that becomes visible later has a higher number.
        """

    async def last_event(self) -> int:
        """The highest sequence number; 0 when nothing happened yet."""
