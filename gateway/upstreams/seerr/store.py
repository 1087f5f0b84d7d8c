"""Seerr as a store of requests."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Coroutine, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Self, TypeVar

from gateway.cache.readthrough import ReadThrough
from gateway.cache.redis_line import RedisLine
from gateway.domain.request import MediaRequest, MediaState, User
from gateway.domain.request_log import RequestEvent
from gateway.domain.request_outcomes import (
    CancelOutcome,
    CreateOutcome,
    DecideOutcome,
    KeyReused,
    NotPermitted,
    Outcome,
)
from gateway.domain.request_quota import Quota
from gateway.domain.request_rules import Actor
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
from gateway.upstreams.seerr.quotas import quota_of
from gateway.upstreams.seerr.reading import Reading
from gateway.upstreams.seerr.replies import Claim, Replies
from gateway.upstreams.seerr.slips import Slips
from gateway.upstreams.seerr.turns import WORK_S, Turns

T = TypeVar("T", bound=Outcome)
R = TypeVar("R")


@dataclass(frozen=True)
class SeerrStore(RequestStore):
    """Keeps requests at Seerr, as ``RequestStore`` says; an actor's number is their Seerr user's.

    Seerr decides nothing for us: who may do what, in which state and who comes first is settled
    here, before a call goes out. A write goes on to its end when whoever asked for it has left.

    Two things differ from a store of our own. Seerr keeps neither reasons nor a log: a reason is
    not told to anybody, ``history`` and ``events`` are empty. And it counts no changes: a
    ``version`` tells states apart, but not a state from the same one come back.

    Attributes:
        desk: What writes need.
        reading: The cached view of everything.
        turns: Who writes first.
    """

    desk: Desk
    reading: Reading
    turns: Turns
    _running: set[asyncio.Task[Any]] = field(default_factory=set)

    @classmethod
    def over(
        cls, client: SeerrClient, *, cache: ReadThrough, line: RedisLine | None, scope: str
    ) -> Self:
        """A store over a client.

        Args:
            client: Acts as the gateway's own Seerr user for what everybody may see.
            cache: The process' own, which the graph fills too.
            line: The wire to Redis; without one, only this process' writes wait for each other.
            scope: The upstream's, which tells one Seerr from another.
        """
        return cls(
            desk=Desk(client=client, slips=Slips(line, scope), purge=cache.purge),
            reading=Reading(client, cache, scope),
            turns=Turns(line, scope),
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
        return await self._write("create_request", claim, turns, creation.run)

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
        """Approve, decline or retry; the reason is kept nowhere."""
        if not _is_somebody(actor):
            return NotPermitted()
        step = Decide(self.desk, actor, request_id, version, decision)
        word = decision.value.lower()
        claim = Claim.of(actor.user_id, key, word, request_id, reason, version)
        turns = (f"request:{request_id}",)
        return await self._write(f"{word}_request", claim, turns, step.run)

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
        return await self._write("cancel_request", claim, turns, step.run)

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

    async def history(self, request_id: int) -> Sequence[RequestEvent]:  # noqa: ARG002 - of any
        """Nothing: Seerr keeps no log, and its ``updatedAt`` never moves."""
        return ()

    async def events(self, after: int, *, most: int) -> Sequence[RequestEvent]:  # noqa: ARG002 - ditto
        """Nothing; see ``history``."""
        return ()

    async def last_event(self) -> int:
        """Nothing ever happened, as far as Seerr can tell."""
        return 0

    async def aclose(self) -> None:
        """Wait for the writes under way; none takes longer than ``WORK_S``."""
        await asyncio.gather(*self._running, return_exceptions=True)

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
