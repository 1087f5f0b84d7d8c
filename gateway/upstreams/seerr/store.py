"""Seerr as a store of requests."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Coroutine, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final, Self, TypeVar

from gateway.cache.readthrough import ReadThrough
from gateway.cache.redis_line import RedisLine
from gateway.domain.observed import ObservedLog
from gateway.domain.request import MediaRequest, MediaState, User
from gateway.domain.request_log import RequestEvent, RequestEventKind
from gateway.domain.request_outcomes import (
    CancelOutcome,
    CreateOutcome,
    DecideOutcome,
    KeyReused,
    NotPermitted,
    Outcome,
)
from gateway.domain.request_quota import Quota
from gateway.domain.request_rules import Actor, Step
from gateway.domain.request_store import (
    Decision,
    Place,
    RequestFilter,
    RequestOrder,
    RequestPage,
    RequestStore,
    Wish,
)
from gateway.transport.deadline import renew
from gateway.upstreams.seerr.changing import Cancel, Decide
from gateway.upstreams.seerr.client import SeerrClient
from gateway.upstreams.seerr.creating import Creation
from gateway.upstreams.seerr.desk import Desk
from gateway.upstreams.seerr.hints import Hints
from gateway.upstreams.seerr.journal import Act, Journal
from gateway.upstreams.seerr.quotas import quota_of
from gateway.upstreams.seerr.reading import Reading
from gateway.upstreams.seerr.replies import Claim, Replies
from gateway.upstreams.seerr.slips import Slips
from gateway.upstreams.seerr.turns import WORK_S, Turns

T = TypeVar("T", bound=Outcome)
R = TypeVar("R")

_KINDS: Final[Mapping[Decision, RequestEventKind]] = {
    Step.APPROVE: RequestEventKind.APPROVED,
    Step.DECLINE: RequestEventKind.DECLINED,
    Step.RETRY: RequestEventKind.RETRIED,
}


@dataclass(frozen=True)
class SeerrStore(RequestStore):
    """Keeps requests at Seerr, as ``RequestStore`` says; an actor's number is their Seerr user's.

    Seerr decides nothing for us: who may do what, in which state and who comes first is settled
    here, before a call goes out. A write goes on to its end when whoever asked for it has left.

    Two things differ from a store of our own. Seerr keeps neither reasons nor a log: the log is
    the gateway's, of what it sees there, and only it tells of a reason. And Seerr counts no
    changes: a ``version`` tells states apart, but not a state from the same one come back.

    Attributes:
        desk: What writes need.
        reading: The cached view of everything.
        turns: Who writes first.
        journal: What happens there; ``None``: no log is kept, ``history`` and ``events`` are empty.
    """

    desk: Desk
    reading: Reading
    turns: Turns
    journal: Journal | None = None
    _running: set[asyncio.Task[Any]] = field(default_factory=set)

    @classmethod
    def over(
        cls,
        client: SeerrClient,
        *,
        cache: ReadThrough,
        line: RedisLine | None,
        scope: str,
        observed: ObservedLog | None = None,
    ) -> Self:
        """A store over a client.

        Args:
            client: Acts as the gateway's own Seerr user for what everybody may see.
            cache: The process' own, which the graph fills too.
            line: The wire to Redis; without one, only this process' writes wait for each other.
            scope: The upstream's, which tells one Seerr from another.
            observed: Keeps the log of what happens there.
        """
        reading = Reading(client, cache, scope)
        journal = None
        if observed is not None:
            journal = Journal(observed, f"seerr:{scope}", Hints(line, scope), reading.user)
        return cls(
            desk=Desk(client=client, slips=Slips(line, scope), purge=cache.purge),
            reading=reading,
            turns=Turns(line, scope),
            journal=journal,
        )

    async def enrol(
        self,
        subject: str,  # noqa: ARG002 - Seerr knows its people by number
        display_name: str,  # noqa: ARG002 - and by a name of its own
        *,
        seerr_user_id: int | None = None,
    ) -> User | None:
        """The Seerr user somebody acts as; never made here, ``None`` where there is none."""
        if seerr_user_id is None or seerr_user_id < 1:
            return None
        return await self.reading.user(seerr_user_id)

    async def create(self, actor: Actor, wish: Wish, *, key: str | None = None) -> CreateOutcome:
        """Ask for a film."""
        if not actor.may_request or not _is_somebody(actor):
            return NotPermitted()
        creation = Creation(self.desk, actor, wish)
        turns = (f"film:{wish.tmdb_id}:{int(wish.is_4k)}", f"user:{actor.user_id}")
        claim = Claim.of(actor.user_id, key, "create", wish.tmdb_id, wish.is_4k)
        act = Act(user_id=actor.user_id, kind=RequestEventKind.CREATED)
        return await self._write("create_request", claim, turns, self._told(act, creation.run))

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
        """Approve, decline or retry; the reason is kept in the log alone."""
        if not _is_somebody(actor):
            return NotPermitted()
        step = Decide(self.desk, actor, request_id, version, decision)
        word = decision.value.lower()
        claim = Claim.of(actor.user_id, key, word, request_id, reason, version)
        turns = (f"request:{request_id}",)
        act = Act(
            user_id=actor.user_id, kind=_KINDS[decision], request_id=request_id, reason=reason
        )
        return await self._write(f"{word}_request", claim, turns, self._told(act, step.run))

    async def cancel(
        self,
        actor: Actor,
        request_id: int,
        *,
        version: int | None = None,
        key: str | None = None,
    ) -> CancelOutcome:
        """Take a request back."""
        if not _is_somebody(actor):
            return NotPermitted()
        step = Cancel(self.desk, actor, request_id, version)
        claim = Claim.of(actor.user_id, key, "cancel", request_id, version)
        turns = (f"request:{request_id}",)
        act = Act(user_id=actor.user_id, kind=RequestEventKind.CANCELLED, request_id=request_id)
        return await self._write("cancel_request", claim, turns, self._told(act, step.run))

    async def get_many(self, request_ids: Collection[int]) -> Mapping[int, MediaRequest]:
        """Requests by id."""
        return await self.reading.many(request_ids)

    async def page(
        self,
        which: RequestFilter,
        *,
        first: int,
        after: Place | None = None,
        order: RequestOrder = RequestOrder.CREATED_AT_DESC,
    ) -> RequestPage:
        """List requests."""
        return (await self.reading.requests()).page(which, first, after, order)

    async def count(self, which: RequestFilter) -> int:
        """Count requests."""
        return len((await self.reading.requests()).those(which))

    async def by_movie(
        self, tmdb_ids: Collection[int], *, most: int
    ) -> Mapping[int, Sequence[MediaRequest]]:
        """The newest requests of many films."""
        if not tmdb_ids:
            return {}
        known = (await self.reading.requests()).by_tmdb_id
        return {each: known[each][:most] for each in tmdb_ids if each in known}

    async def own(
        self, user_id: int, tmdb_ids: Collection[int]
    ) -> Mapping[tuple[int, bool], MediaRequest]:
        """A person's newest request by film and track."""
        if not tmdb_ids:
            return {}
        known = (await self.reading.requests()).by_tmdb_id
        found: dict[tuple[int, bool], MediaRequest] = {}
        for each in (request for tmdb_id in tmdb_ids for request in known.get(tmdb_id, ())):
            if each.requested_by is not None and each.requested_by.user_id == user_id:
                found.setdefault((each.tmdb_id, each.is_4k), each)
        return found

    async def media(self, tmdb_ids: Collection[int]) -> Mapping[int, MediaState]:
        """How far films got."""
        if not tmdb_ids:
            return {}
        known = (await self.reading.media()).by_tmdb_id
        return {each: known[each] for each in tmdb_ids if each in known}

    async def quota(self, actor: Actor) -> Quota:
        """What a person may still ask for; theirs alone, so it is cached nowhere."""
        if not _is_somebody(actor):
            return Quota()
        return await quota_of(self.desk.client.person(actor.user_id), self.desk.now())

    async def history(self, request_id: int) -> Sequence[RequestEvent]:
        """What was seen to happen to a request."""
        return () if self.journal is None else await self.journal.history(request_id)

    async def events(self, after: int, *, most: int) -> Sequence[RequestEvent]:
        """What was seen to happen to any request."""
        return () if self.journal is None else await self.journal.events(after, most=most)

    async def last_event(self) -> int:
        """The highest sequence number; 0 where no log is kept."""
        return 0 if self.journal is None else await self.journal.last_event()

    async def aclose(self) -> None:
        """Wait for the writes under way; none takes longer than ``WORK_S``."""
        await asyncio.gather(*self._running, return_exceptions=True)

    def _told(self, act: Act, work: Callable[[], Awaitable[T]]) -> Callable[[], Awaitable[T]]:
        """The same work, written down."""
        journal = self.journal
        return work if journal is None else partial(journal.around, act, work)

    async def _write(
        self,
        operation: str,
        claim: Claim | None,
        turns: Sequence[str],
        work: Callable[[], Awaitable[T]],
    ) -> T | KeyReused:
        async def in_turn() -> T:
            async with self.turns.hold(operation, *turns):
                return await work()

        replies = Replies(self.turns, self.desk.slips)

        async def whole() -> T | KeyReused:
            with renew(WORK_S):
                return await replies.once(operation, claim, in_turn)

        return await self._to_its_end(whole())

    async def _to_its_end(self, work: Coroutine[Any, Any, R]) -> R:
        """A write that is cut in the middle would leave a question behind."""
        task = asyncio.create_task(work)
        self._running.add(task)
        task.add_done_callback(self._over)
        return await asyncio.shield(task)

    def _over(self, task: asyncio.Task[Any]) -> None:
        self._running.discard(task)
        if not task.cancelled():
            task.exception()  # whoever waited has heard it; nobody may be left


def _is_somebody(actor: Actor) -> bool:
    """Without a number Seerr would act as its owner."""
    return actor.user_id >= 1
