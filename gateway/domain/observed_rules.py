"""What must have happened between two looks at a request; pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from gateway.domain.observed import Deed, Known, Look, Sighting
from gateway.domain.request import MediaRequest, RequestStatus, User
from gateway.domain.request_log import RequestEventKind

_K = RequestEventKind
_S = RequestStatus

# What waits again was asked for again: no other word says that it can be decided.
_KINDS: Final[Mapping[RequestStatus, RequestEventKind]] = {
    _S.PENDING: _K.CREATED,
    _S.APPROVED: _K.APPROVED,
    _S.DECLINED: _K.DECLINED,
    _S.FAILED: _K.FAILED,
    _S.COMPLETED: _K.COMPLETED,
}
_HANDED_ON: Final = frozenset({_K.APPROVED, _K.RETRIED})
_MACHINES: Final = frozenset({_S.FAILED, _S.COMPLETED})  # what comes by itself once it is approved


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """One change.

    Attributes:
        status: Of the request after it; ``None`` when it is gone.
        seen: The request as the look shows it.
    """

    kind: RequestEventKind
    status: RequestStatus | None
    seen: Sighting
    occurred_at: datetime
    actor: User | None = None
    reason: str | None = None


@dataclass(slots=True)
class Findings:
    """What is to be written.

    Attributes:
        rows: Requests as they are now, where that is new.
        happenings: In their order.
        doubtful: Ids of what others have written of since the look began.
        done: Ids of deeds that were seen.
    """

    rows: list[Sighting] = field(default_factory=list)
    happenings: list[Happening] = field(default_factory=list)
    doubtful: list[int] = field(default_factory=list)
    done: list[int] = field(default_factory=list)


def is_news(known: Known, request: MediaRequest) -> bool:
    """Whether a look at a request shows anything that the log does not know.

    A state that we cannot read tells nothing: neither that it changed nor that it did not.
    """
    if request.status is _S.UNKNOWN:
        return False
    before = known.rows.get(request.request_id)
    return before is None or not before.shows(request)


def find(known: Known, look: Look, deeds: Mapping[int, Deed], *, now: datetime) -> Findings:
    """Compare a look with what is known.

    Args:
        known: Of the requests that the look shows, at least.
        look: What was seen.
        deeds: Under way through the gateway, and not seen by anybody yet.
        now: Aware.
    """
    found = Findings()
    for request in sorted(look.requests, key=lambda each: each.request_id):
        _compare(found, known, look, deeds.get(request.request_id), request, now)
    for request_id in sorted(look.gone):
        _miss(found, known, look, deeds.get(request_id), request_id, now)
    return found


def _compare(
    found: Findings,
    known: Known,
    look: Look,
    open_deed: Deed | None,
    request: MediaRequest,
    now: datetime,
) -> None:
    before = known.rows.get(request.request_id)
    own = look.deed if look.deed and look.deed.request_id == request.request_id else None
    settles = own is not None and open_deed is not None and own.kind is open_deed.kind
    if not is_news(known, request) and not settles:
        return
    if before is not None and before.mark > look.since:
        found.doubtful.append(request.request_id)
        return
    story = _Story(request=request, deed=open_deed or own, now=now)
    if before is not None and (before.tmdb_id, before.is_4k) != (request.tmdb_id, request.is_4k):
        found.happenings.append(_gone(before, None, now))  # the store began anew, at its first id
        before = None
    elif before is None and not _was_made(known, request, own):
        found.rows.append(story.seen)
        return
    told = [*story.told(None if before is None else before.status, settles=settles)]
    found.rows.append(story.seen)
    found.happenings += told
    if open_deed is not None and any(each.kind is open_deed.kind for each in told):
        found.done.append(request.request_id)


def _was_made(known: Known, request: MediaRequest, own: Deed | None) -> bool:
    """Whether a request that was never seen is a new one, and not only new to us."""
    if own is not None and own.kind is _K.CREATED:
        return True
    return known.newest is not None and request.request_id > known.newest


def _miss(
    found: Findings,
    known: Known,
    look: Look,
    deed: Deed | None,
    request_id: int,
    now: datetime,
) -> None:
    before = known.rows.get(request_id)
    if before is None or before.status is None:
        return
    if before.mark > look.since:
        found.doubtful.append(request_id)
        return
    own = look.deed if look.deed and look.deed.request_id == request_id else None
    found.rows.append(replace(before, status=None))
    found.happenings.append(_gone(before, deed or own, now))
    if deed is not None:
        found.done.append(request_id)


def _gone(before: Sighting, deed: Deed | None, now: datetime) -> Happening:
    ours = deed if deed is not None and deed.kind is _K.CANCELLED else None
    return Happening(
        kind=_K.CANCELLED,
        status=None,
        seen=before,
        occurred_at=now,
        actor=None if ours is None else ours.actor,
        reason=None if ours is None else ours.reason,
    )


@dataclass(frozen=True, slots=True)
class _Story:
    """How a request came to be as it is seen."""

    request: MediaRequest
    deed: Deed | None
    now: datetime

    @property
    def seen(self) -> Sighting:
        """The request, for the log's table."""
        return Sighting.of(self.request)

    def told(self, before: RequestStatus | None, *, settles: bool) -> Iterator[Happening]:
        """Each change once, the ones between included that there must have been.

        Args:
            before: How it stood; ``None``: it was not there.
            settles: The deed was done, whether or not the look shows it still.
        """
        now = self.request.status
        if before is None:
            yield self._happening(_K.CREATED, _S.PENDING)
            before = _S.PENDING
        between = self._handed_on(before, now, settles=settles)
        if between is not None:
            yield self._happening(between, _S.APPROVED)
            before = _S.APPROVED
        if before is not now:
            is_again = (before, now) == (_S.FAILED, _S.APPROVED)
            yield self._happening(_K.RETRIED if is_again else _KINDS[now], now)

    def _handed_on(
        self, before: RequestStatus, now: RequestStatus, *, settles: bool
    ) -> RequestEventKind | None:
        """The approval before what a machine did; nothing fails that was not approved."""
        if now not in _MACHINES or (before is now and not settles):
            return None
        if self.deed is not None and self.deed.kind in _HANDED_ON and before is not _S.APPROVED:
            return self.deed.kind
        waited = before in {_S.PENDING, _S.DECLINED}
        return _K.APPROVED if now is _S.FAILED and waited else None

    def _happening(self, kind: RequestEventKind, status: RequestStatus) -> Happening:
        deed = self.deed if self._is_ours(kind) else None
        moment = min(self.request.created_at, self.now) if kind is _K.CREATED else self.now
        return Happening(
            kind=kind,
            status=status,
            seen=self.seen,
            occurred_at=moment,
            actor=self._actor(kind) if deed is None else deed.actor,
            reason=None if deed is None else deed.reason,
        )

    def _is_ours(self, kind: RequestEventKind) -> bool:
        """Whether a deed of ours is what is seen; another person's decision is theirs."""
        if self.deed is None or self.deed.kind is not kind:
            return False
        decider = self.request.decided_by
        by_another = decider is not None and decider.user_id != self.deed.actor.user_id
        return not (by_another and kind in {_K.APPROVED, _K.DECLINED})

    def _actor(self, kind: RequestEventKind) -> User | None:
        match kind:
            case _K.CREATED:
                return self.request.requested_by
            case _K.APPROVED | _K.DECLINED:
                return self.request.decided_by
        return None  # machines, and whoever retried it there
