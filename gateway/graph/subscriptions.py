"""What can be followed: requests, as they change."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Final, Self, cast

import strawberry

from gateway.domain.request_log import RequestEvent as Event
from gateway.domain.request_log import RequestEventKind
from gateway.errors import (
    BadUserInputError,
    EventsMissedError,
    UpstreamError,
    UpstreamRejectedError,
)
from gateway.events.follower import Follower
from gateway.events.seen import Seen
from gateway.graph.access import ANYBODY
from gateway.graph.context import Info
from gateway.graph.cursor import binding, foreign, pack, unpack
from gateway.graph.ids import global_id, parse
from gateway.graph.request import MediaRequest, unconfirmed

_MOST_IDS: Final = 100
_LAST: Final = 2**63
_SHOWN: Final = "graph.event"


@strawberry.type(description="Something that happened to a request.")
class RequestEvent:
    """One object for all followers of a process."""

    seen: strawberry.Private[Seen]

    cursor: str = strawberry.field(
        description="Where this event stands: as `after` it gets all that came behind it.",
        metadata=ANYBODY.declared,
    )
    kind: RequestEventKind = strawberry.field(
        description="What happened.", metadata=ANYBODY.declared
    )
    occurred_at: datetime = strawberry.field(
        description="When it happened.", metadata=ANYBODY.declared
    )
    request_id: strawberry.ID = strawberry.field(
        description="Global id of the Request; there even when it is gone.",
        metadata=ANYBODY.declared,
    )

    @strawberry.field(
        description="The request as it is now, which may be later than the event; null when it is "
        "gone.",
        metadata=ANYBODY.declared,
    )
    def request(self) -> MediaRequest | None:
        """Read together with the event, once for everybody."""
        found = self.seen.request
        if isinstance(found, UpstreamError):
            raise found
        return None if found is None else MediaRequest.of(found)

    @classmethod
    def of(cls, seen: Seen, bound_to: str) -> Self:
        """Show an event in the graph: the same object each time."""
        known = seen.memo.get(_SHOWN)
        if known is None:
            event = seen.event
            known = seen.memo[_SHOWN] = cls(
                seen=seen,
                cursor=pack(bound_to, event.sequence),
                kind=event.kind,
                occurred_at=event.occurred_at,
                request_id=strawberry.ID(global_id("Request", event.request_id)),
            )
        return cast("Self", known)


class Changes:
    """What one subscription is sent; an error in an event's place is a message, not the end.

    Args:
        follower: Of the feed.
        bound_to: What cursors are bound to.
    """

    def __init__(self, follower: Follower, bound_to: str) -> None:
        self._follower = follower
        self._bound_to = bound_to

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> RequestEvent | EventsMissedError:
        """The next event, or how many were missed."""
        item = await anext(self._follower)
        if isinstance(item, Seen):
            return RequestEvent.of(item, self._bound_to)
        return EventsMissedError(item.count, after=pack(self._bound_to, item.after))

    async def aclose(self) -> None:
        """Follow no more."""
        await self._follower.aclose()


@strawberry.type(description="Everything that can be followed.")
class Subscription:
    """The live side."""

    @strawberry.subscription(
        description="Changes of requests, made here or seen where they are kept, in the order in "
        "which they happened. Who reads too slowly gets an error EVENTS_MISSED between two events: "
        "its extensions tell how many were `missed`, and the "
        "cursor behind which they are as `after`.",
        metadata=ANYBODY.declared,
    )
    async def request_changed(
        self,
        info: Info,
        ids: Annotated[
            list[strawberry.ID] | None,
            strawberry.argument(
                description="Only of these Requests, at most 100; null takes those of all."
            ),
        ] = None,
        after: Annotated[
            str | None,
            strawberry.argument(
                description="Cursor of the last event that was seen: first comes all that happened "
                "since. Null begins now."
            ),
        ] = None,
    ) -> AsyncIterator[RequestEvent]:
        """Follow the feed of this process."""
        feed, after = info.context.runtime.feed, info.context.resume or after
        if feed is None:
            raise UpstreamRejectedError("requests", "follow", "no log of requests is kept here")
        wants = anything if ids is None else (await _wanted(info, ids)).has
        bound_to = binding("events", feed.scope)
        after = info.context.resume or after
        behind = None if after is None else _sequence(after, bound_to)
        if behind is not None and not await feed.knows(behind):
            raise foreign()  # of a log that was replaced by an older one

        found = Changes(await feed.follow(behind, wants), bound_to)
        return cast("AsyncIterator[RequestEvent]", found)  # an error in an event's place is raised


def anything(_: Event) -> bool:
    """What those want who name nothing."""
    return True


@dataclass(frozen=True, slots=True)
class Wanted:
    """Requests by number, and the viewer's own whose numbers nobody knew yet by film and track."""

    numbers: frozenset[int]
    films: frozenset[tuple[int, bool]]
    user_id: int | None

    def has(self, event: Event) -> bool:
        """Whether an event is about one of them."""
        if event.request_id in self.numbers:
            return True
        is_own = self.user_id is not None and event.requested_by == self.user_id
        return is_own and (event.tmdb_id, event.is_4k) in self.films


async def _wanted(info: Info, ids: Collection[str]) -> Wanted:
    """Read ids.

    Raises:
        BadUserInputError: Nobody was given them.
        UpstreamError: Nobody can tell now who the viewer is where requests are kept.
    """
    if len(ids) > _MOST_IDS:
        raise BadUserInputError("`ids` takes at most 100 ids.", argument="ids")
    numbers: set[int] = set()
    films: set[tuple[int, bool]] = set()
    for each in ids:
        found = parse(each, expect="Request")
        film = unconfirmed(found.parts)
        if film is None:
            numbers.add(found.number())
        else:
            films.add(film)
    actor = await info.context.actor() if films else None
    user_id = None if actor is None else actor.user_id
    return Wanted(frozenset(numbers), frozenset(films), user_id)


def _sequence(cursor: str, bound_to: str) -> int:
    match unpack(cursor, bound_to):
        case [int(sequence)] if 0 <= sequence < _LAST:
            return sequence
        case _:
            raise foreign()
