"""Ask Seerr for a film: once, whatever happens to the answer.

Before the call is sent a slip says so. It is thrown away when the answer is known, so a slip that
is found tells of a call that was cut, here or in a process that is gone. Seerr has no time limit
towards TMDB: such a call may yet make a request, and nobody may send another in the meantime.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from pydantic import BaseModel, ValidationError

from gateway.domain.request import MediaRequest, RequestStatus
from gateway.domain.request_outcomes import (
    Blocklisted,
    Created,
    CreateOutcome,
    Duplicate,
    MovieUnknown,
    QuotaExceeded,
    Unconfirmed,
)
from gateway.domain.request_rules import Actor
from gateway.domain.request_store import Wish
from gateway.errors import UpstreamError, UpstreamUnavailableError
from gateway.transport.judge import may_have_acted
from gateway.transport.port import HttpAnswer
from gateway.upstreams.seerr.desk import Desk, fail, nothing_sent
from gateway.upstreams.seerr.mapping import to_request
from gateway.upstreams.seerr.person import SeerrPerson
from gateway.upstreams.seerr.quotas import quota_of
from gateway.upstreams.seerr.refusals import Refusal, Why, read_refusal
from gateway.upstreams.seerr.standing import Standing, appeared, look, look_in_lists
from gateway.upstreams.seerr.wire import SeerrRequest

DOUBT_S: Final = 600.0  # how long a call that was cut may still make a request
_OPERATION: Final = "create_request"


class _Doubt(BaseModel):
    """A call that was sent, and the film's requests before it."""

    user_id: int
    known: tuple[int, ...]

    def allows(self, request: MediaRequest) -> bool:
        """Whether the call may have made it."""
        return request.request_id not in self.known


@dataclass(frozen=True, slots=True)
class Creation:
    """Somebody's wish; only one for a film, and of a person, may be under way.

    Attributes:
        desk: What every write needs.
        actor: Who asks.
        wish: For what.
    """

    desk: Desk
    actor: Actor
    wish: Wish

    async def run(self) -> CreateOutcome:
        """Ask for it, unless that is settled already."""
        doubt = _read(await self.desk.slips.get(self._slip))
        with nothing_sent(before=doubt is not None and doubt.user_id == self.actor.user_id):
            standing = await look(self.desk.client, self.wish)
        if standing.active is not None:
            await self.desk.slips.drop(self._slip)
            return self._existing(standing.active, doubt)
        if doubt is not None:
            return await self._doubted(doubt)
        if standing.is_blocklisted:
            return Blocklisted(self.wish.tmdb_id)
        return await self._send(_Doubt(user_id=self.actor.user_id, known=_ids(standing)))

    @property
    def _slip(self) -> str:
        return f"create:{self.wish.tmdb_id}:{int(self.wish.is_4k)}"

    def _existing(self, request: MediaRequest, doubt: _Doubt | None = None) -> CreateOutcome:
        """Asking twice is harmless; that somebody else has asked is worth telling."""
        owner = request.requested_by
        if owner is None or owner.user_id != self.actor.user_id:
            return Duplicate(request)
        ours = doubt is not None and doubt.user_id == owner.user_id and doubt.allows(request)
        return Created(request, created=ours)

    async def _doubted(self, doubt: _Doubt) -> CreateOutcome:
        """An earlier call was cut, and the film's page shows nothing of it."""
        if doubt.user_id != self.actor.user_id:
            detail = "somebody's request for this film is not settled yet"
            raise UpstreamUnavailableError(
                "seerr", _OPERATION, detail, retry_after_s=30.0, is_inert=True
            )
        found = await appeared(self._person, self.wish, known=doubt.known)
        return self._unconfirmed() if found is None else await self._made(found)

    async def _send(self, doubt: _Doubt) -> CreateOutcome:
        await self.desk.slips.put(self._slip, doubt.model_dump_json(), life_s=DOUBT_S)
        try:
            answer = await self._person.create(self.wish)
        except UpstreamError as exc:
            if may_have_acted(exc):
                return await self._reconciled(doubt)
            await self.desk.slips.drop(self._slip)
            raise
        refusal = read_refusal(answer)
        if refusal is not None and refusal.why is Why.BROKEN:
            return await self._reconciled(doubt, ended=True)
        if refusal is not None:
            await self.desk.slips.drop(self._slip)
            with nothing_sent():
                return await self._refused(refusal)
        made = _made(answer)
        return await self._reconciled(doubt) if made is None else await self._made(made)

    async def _reconciled(self, doubt: _Doubt, *, ended: bool = False) -> CreateOutcome:
        """Look what became of a call without an answer.

        Args:
            doubt: The call.
            ended: Seerr has done with it: what is not there now will not come.
        """
        async for _ in self.desk.looks(_OPERATION):
            try:
                found = await appeared(self._person, self.wish, known=doubt.known)
            except UpstreamError:
                continue
            if found is not None:
                return await self._made(found)
            if ended:
                await self.desk.slips.drop(self._slip)
                fail(_OPERATION, Why.BROKEN)
        await self.desk.forget(self.wish.tmdb_id)
        return self._unconfirmed()

    async def _made(self, made: MediaRequest) -> Created:
        """Answers to writes carry the film's old state, so it is read again."""
        await self.desk.slips.drop(self._slip)
        await self.desk.forget(self.wish.tmdb_id, made.request_id)
        try:
            row = await self.desk.client.request(made.request_id)
        except UpstreamError:
            return Created(made)  # it stands; how far the film got is told by the next read
        return Created((to_request(row) if row else None) or made)

    async def _refused(self, refusal: Refusal) -> CreateOutcome:
        match refusal.why:
            case Why.QUOTA:
                return QuotaExceeded(await quota_of(self._person, self.desk.now()))
            case Why.BLOCKLISTED:
                return Blocklisted(self.wish.tmdb_id)
            case Why.MOVIE_UNKNOWN:
                return MovieUnknown(self.wish.tmdb_id)
            case Why.DUPLICATE:
                return await self._adopted()
        return await self.desk.refused(_OPERATION, refusal)

    async def _adopted(self) -> CreateOutcome:
        """Somebody was faster, or what stands in the way hangs on another row of the film."""
        await self.desk.forget(self.wish.tmdb_id)
        standing = await look(self.desk.client, self.wish)
        if standing.active is None:
            standing = await look_in_lists(self.desk.client, self.wish)
        existing = standing.active or next(iter(standing.requests), None)
        if existing is None:
            detail = "says that there is a request, and shows none"
            raise UpstreamUnavailableError("seerr", _OPERATION, detail)
        return self._existing(existing)

    def _unconfirmed(self) -> Unconfirmed:
        now = self.desk.now()
        return Unconfirmed(
            MediaRequest(
                request_id=0,
                tmdb_id=self.wish.tmdb_id,
                status=RequestStatus.UNKNOWN,
                is_4k=self.wish.is_4k,
                created_at=now,
                updated_at=now,
            )
        )

    @property
    def _person(self) -> SeerrPerson:
        return self.desk.client.person(self.actor.user_id)


def _ids(standing: Standing) -> tuple[int, ...]:
    return tuple(each.request_id for each in standing.requests)


def _read(text: str | None) -> _Doubt | None:
    if text is None:
        return None
    try:
        return _Doubt.model_validate_json(text)
    except ValidationError:  # of another release
        return None


def _made(answer: HttpAnswer) -> MediaRequest | None:
    """The request that an answer tells of; ``None`` if it cannot be read."""
    try:
        return to_request(SeerrRequest.model_validate_json(answer.body))
    except ValidationError:
        return None
