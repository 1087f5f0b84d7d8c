"""Decide on a request, or take it back: Seerr looks neither at the state nor at who may."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from pydantic import BaseModel, ValidationError

from gateway.domain.request import MediaRequest
from gateway.domain.request_outcomes import (
    Cancelled,
    Changed,
    Conflict,
    NotFound,
    NotPermitted,
    Rejected,
)
from gateway.domain.request_rules import Actor, Step, Verdict, judge
from gateway.domain.request_store import Decision
from gateway.errors import UpstreamError, UpstreamUnavailableError
from gateway.transport.judge import may_have_acted
from gateway.transport.port import HttpAnswer
from gateway.upstreams.seerr.desk import Desk, fail, nothing_sent
from gateway.upstreams.seerr.mapping import to_request
from gateway.upstreams.seerr.refusals import Why, read_refusal
from gateway.upstreams.seerr.wire import SeerrRequest

DOUBT_S: Final = 60.0  # how long a decision that was cut may still come true: it waits for nobody

D = TypeVar("D", Changed, Cancelled)


class _Doubt(BaseModel):
    """A step that was sent, by whom, and the request before it."""

    user_id: int
    step: Step
    seen: MediaRequest


@dataclass(frozen=True, slots=True)
class Change(ABC, Generic[D]):
    """A step that somebody takes; only one on a request may be under way.

    Attributes:
        desk: What every write needs.
        actor: Who takes it.
        request_id: On which request.
        version: Of the request as the actor saw it, if it matters to them.
    """

    desk: Desk
    actor: Actor
    request_id: int
    version: int | None

    @property
    @abstractmethod
    def step(self) -> Step:
        """Which one."""

    @abstractmethod
    async def send(self) -> HttpAnswer:
        """Tell Seerr."""

    @abstractmethod
    def outcome(self, before: MediaRequest, now: MediaRequest | None) -> D | NotFound | None:
        """What became of the step, by the request before and after; ``None``: it was not taken."""

    @abstractmethod
    async def done(self, before: MediaRequest, answer: HttpAnswer) -> D | NotFound:
        """Seerr says that the step was taken."""

    async def run(self) -> D | Conflict | NotFound | NotPermitted | Rejected:
        """Take the step, if the request as it is now allows it."""
        doubt = _read(await self.desk.slips.get(self._slip))
        with nothing_sent(before=doubt is not None and self._is_ours(doubt)):
            seen = await self.read()
        if doubt is not None:
            settled = await self._settled(seen, doubt)
            if settled is not None:
                return settled
        if seen is None:
            return NotFound(self.request_id)
        verdict = judge(self.actor, self.step, seen)
        if verdict is Verdict.NOT_PERMITTED:
            return NotPermitted()
        if verdict is Verdict.CONFLICT or self.version not in (None, seen.version):
            return Conflict(seen)
        return await self._send(seen)

    async def read(self) -> MediaRequest | None:
        """The request as it is now."""
        row = await self.desk.client.request(self.request_id)
        return None if row is None else to_request(row)

    @property
    def _operation(self) -> str:
        return f"{self.step.value.lower()}_request"

    @property
    def _slip(self) -> str:
        return f"change:{self.request_id}"

    def _is_ours(self, doubt: _Doubt) -> bool:
        return doubt.user_id == self.actor.user_id and doubt.step is self.step

    async def _settled(self, now: MediaRequest | None, doubt: _Doubt) -> D | NotFound | None:
        """What an earlier step came to whose answer was lost; ``None``: go on.

        Raises:
            UpstreamUnavailableError: Another step may still come true.
        """
        ours = self._is_ours(doubt)
        if now is None or now.status is not doubt.seen.status:
            await self.desk.slips.drop(self._slip)
            return self.outcome(doubt.seen, now) if ours else None
        if ours:
            return None  # the same step twice does no more than once
        detail = "an earlier decision is not settled yet"
        raise UpstreamUnavailableError(
            "seerr", self._operation, detail, retry_after_s=5.0, is_inert=True
        )

    async def _send(self, seen: MediaRequest) -> D | NotFound | NotPermitted | Rejected:
        doubt = _Doubt(user_id=self.actor.user_id, step=self.step, seen=seen)
        await self.desk.slips.put(self._slip, doubt.model_dump_json(), life_s=DOUBT_S)
        try:
            answer = await self.send()
        except UpstreamError as exc:
            if may_have_acted(exc):
                return await self._reconciled(seen, exc)
            await self.desk.slips.drop(self._slip)
            raise
        refusal = read_refusal(answer)
        if refusal is not None and refusal.why is Why.BROKEN:
            return await self._reconciled(seen, None)
        await self.desk.slips.drop(self._slip)
        if refusal is not None and refusal.why is not Why.GONE:
            with nothing_sent():
                return await self.desk.refused(self._operation, refusal)
        await self.desk.forget(seen.tmdb_id, self.request_id)
        return NotFound(self.request_id) if refusal else await self.done(seen, answer)

    async def _reconciled(self, seen: MediaRequest, exc: UpstreamError | None) -> D | NotFound:
        """Look what became of a call without an answer.

        Args:
            seen: The request before it.
            exc: What came in its place; ``None``: Seerr has done with it, and says that it failed.

        Raises:
            UpstreamError: Nothing came of it, as far as one can see.
        """
        async for _ in self.desk.looks(self._operation):
            try:
                found = self.outcome(seen, await self.read())
            except UpstreamError:
                continue
            if found is not None:
                await self.desk.slips.drop(self._slip)
                await self.desk.forget(seen.tmdb_id, self.request_id)
                return found
            if exc is None:
                await self.desk.slips.drop(self._slip)
                break
        await self.desk.forget(seen.tmdb_id, self.request_id)
        if exc is None:
            fail(self._operation, Why.BROKEN)
        raise exc


@dataclass(frozen=True, slots=True)
class Decide(Change[Changed]):
    """Approve, decline or retry.

    Attributes:
        decision: Which of them.
    """

    decision: Decision

    @property
    def step(self) -> Step:
        """See ``Change``."""
        return self.decision

    async def send(self) -> HttpAnswer:
        """See ``Change``."""
        person = self.desk.client.person(self.actor.user_id)
        return await person.decide(self.request_id, self.decision)

    def outcome(self, before: MediaRequest, now: MediaRequest | None) -> Changed | NotFound | None:
        """See ``Change``."""
        if now is None:
            return NotFound(self.request_id)
        return None if now.status is before.status else Changed(now)

    async def done(self, before: MediaRequest, answer: HttpAnswer) -> Changed | NotFound:
        """Answers to writes carry the film's old state, so it is read again."""
        try:
            now = await self.read()
        except UpstreamError:
            return Changed(_told(answer) or before)
        return NotFound(self.request_id) if now is None else Changed(now)


@dataclass(frozen=True, slots=True)
class Cancel(Change[Cancelled]):
    """Take it back."""

    @property
    def step(self) -> Step:
        """See ``Change``."""
        return Step.CANCEL

    async def send(self) -> HttpAnswer:
        """See ``Change``."""
        return await self.desk.client.person(self.actor.user_id).delete(self.request_id)

    def outcome(self, before: MediaRequest, now: MediaRequest | None) -> Cancelled | None:
        """See ``Change``."""
        return Cancelled(before) if now is None else None

    async def done(self, before: MediaRequest, answer: HttpAnswer) -> Cancelled:  # noqa: ARG002 - empty
        """It is gone: there is nothing to read again."""
        return Cancelled(before)


def _read(text: str | None) -> _Doubt | None:
    if text is None:
        return None
    try:
        return _Doubt.model_validate_json(text)
    except ValidationError:  # of another release
        return None


def _told(answer: HttpAnswer) -> MediaRequest | None:
    try:
        return to_request(SeerrRequest.model_validate_json(answer.body))
    except ValidationError:
        return None
