"""What happens at Seerr, which keeps no log: the gateway's own, and what it writes there itself."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, TypeVar

from gateway.domain.observed import Deed, Look, ObservedLog
from gateway.domain.request import User
from gateway.domain.request_log import RequestEvent, RequestEventKind
from gateway.domain.request_outcomes import Cancelled, Changed, Created, Outcome, Unconfirmed
from gateway.errors import ConfigError, UpstreamError
from gateway.transport.deadline import limit
from gateway.upstreams.seerr.hints import Hints

T = TypeVar("T", bound=Outcome)

_PATIENCE_S: Final = 1.5  # a write at Seerr does not wait longer for our own database
_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """What somebody does through the gateway.

    Attributes:
        user_id: Theirs at Seerr.
        kind: What happens when it is done.
        request_id: With which request; ``None``: with one that is to be made.
        reason: What they wrote.
    """

    user_id: int
    kind: RequestEventKind
    request_id: int | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Journal:
    """One Seerr's log.

    Attributes:
        log: Of all stores.
        scope: This one's there.
        hints: What to look at soon.
        name_of: Finds a Seerr user.
        now: Aware wall time.
    """

    log: ObservedLog
    scope: str
    hints: Hints
    name_of: Callable[[int], Awaitable[User | None]]
    now: Callable[[], datetime] = lambda: datetime.now(UTC)

    async def around(self, act: Act, work: Callable[[], Awaitable[T]]) -> T:
        """Do something at Seerr and write down what came of it.

        Before it is done the log knows who is about to do it: a process that is killed in between
        leaves a change, which another sees and tells as theirs. Where the log does not answer,
        the work is done all the same and seen later.
        """
        since = await self._begin(act)
        try:
            outcome = await work()
        except UpstreamError:
            self.hints.hear(act.request_id)
            raise
        await self._end(act, since, outcome)
        return outcome

    async def events(self, after: int, *, most: int) -> Sequence[RequestEvent]:
        """What happened behind a sequence number."""
        return await self.log.events(self.scope, after, most=most)

    async def history(self, request_id: int) -> Sequence[RequestEvent]:
        """What happened to a request."""
        return await self.log.history(self.scope, request_id)

    async def last_event(self) -> int:
        """The highest sequence number."""
        return await self.log.last_event(self.scope)

    async def _begin(self, act: Act) -> int | None:
        """The log's mark before the work; ``None``: it does not answer."""
        try:
            with limit(_PATIENCE_S):
                if act.request_id is None:
                    return await self.log.mark(self.scope)
                deed = await self._deed(act, act.request_id)
                return await self.log.intend(self.scope, deed, now=self.now())
        except (UpstreamError, ConfigError) as exc:
            _LOG.warning("log away", extra={"upstream": "seerr", "code": exc.code})
            return None

    async def _end(self, act: Act, since: int | None, outcome: Outcome) -> None:
        try:
            with limit(_PATIENCE_S):
                await self._note(act, since, outcome)
        except (UpstreamError, ConfigError) as exc:
            self.hints.hear(act.request_id)
            _LOG.warning("log away", extra={"upstream": "seerr", "code": exc.code})

    async def _note(self, act: Act, since: int | None, outcome: Outcome) -> None:
        match outcome:
            case Created(request=request, created=True) | Changed(request=request):
                deed = await self._deed(act, request.request_id)
                look = Look(since=since or 0, requests=[request], deed=deed)
            case Cancelled(request=request):
                deed = await self._deed(act, request.request_id)
                look = Look(since=since or 0, gone=[request.request_id], deed=deed)
            case _:
                if isinstance(outcome, Unconfirmed):
                    self.hints.hear(None)
                elif act.request_id is not None and since is not None:
                    await self.log.withdraw(self.scope, act.request_id)
                return
        if since is None:
            self.hints.hear(request.request_id)
            return
        recorded = await self.log.record(self.scope, look, now=self.now())
        for each in recorded.doubtful:
            self.hints.hear(each)

    async def _deed(self, act: Act, request_id: int) -> Deed:
        known = await self.name_of(act.user_id)
        actor = known or User(user_id=act.user_id, display_name=f"User {act.user_id}")
        return Deed(request_id=request_id, kind=act.kind, actor=actor, reason=act.reason)
