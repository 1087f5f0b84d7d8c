"""How a request may change, and who may change it: one table, whichever store keeps it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Final

from gateway.domain.request import Availability, MediaRequest, RequestStatus
from gateway.domain.role import Role


class Step(Enum):
    """What can be done with a request; the last two are done by machines."""

    APPROVE = "APPROVE"
    DECLINE = "DECLINE"
    RETRY = "RETRY"
    CANCEL = "CANCEL"
    FAIL = "FAIL"
    COMPLETE = "COMPLETE"


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who acts: a user of the store, with the highest role that they have."""

    user_id: int
    role: Role

    @property
    def may_request(self) -> bool:
        """Whether they may ask for films."""
        return self.role.reaches(Role.REQUESTER)

    @property
    def manages(self) -> bool:
        """Whether they may decide on other people's requests."""
        return self.role.reaches(Role.MANAGER)


@dataclass(frozen=True, slots=True)
class Rule:
    """From which states a step leads, and where to; to ``None`` when the request goes away."""

    sources: frozenset[RequestStatus]
    target: RequestStatus | None


class Verdict(Enum):
    """Whether somebody may take a step."""

    ALLOWED = "ALLOWED"
    NOT_PERMITTED = "NOT_PERMITTED"
    CONFLICT = "CONFLICT"


_S = RequestStatus

ACTIVE: Final = frozenset({_S.PENDING, _S.APPROVED, _S.FAILED})
"""A film has at most one request in these states on each track."""

RULES: Final[Mapping[Step, Rule]] = {
    Step.APPROVE: Rule(frozenset({_S.PENDING}), _S.APPROVED),
    Step.DECLINE: Rule(frozenset({_S.PENDING}), _S.DECLINED),
    Step.RETRY: Rule(frozenset({_S.FAILED}), _S.APPROVED),
    Step.CANCEL: Rule(frozenset(_S) - {_S.UNKNOWN}, None),
    Step.FAIL: Rule(frozenset({_S.APPROVED}), _S.FAILED),
    Step.COMPLETE: Rule(ACTIVE, _S.COMPLETED),
}

_OWNERS_CANCEL: Final = frozenset({_S.PENDING})


def judge(actor: Actor, step: Step, request: MediaRequest) -> Verdict:
    """Say whether a person may take a step on a request as it is now.

    Owners may cancel what waits for a decision; everything else is for managers. An owner who
    comes too late is told how it stands, not that it is forbidden.
    """
    sources = RULES[step].sources
    if not actor.manages:
        owner = request.requested_by
        if step is not Step.CANCEL or owner is None or owner.user_id != actor.user_id:
            return Verdict.NOT_PERMITTED
        sources = _OWNERS_CANCEL
    return Verdict.ALLOWED if request.status in sources else Verdict.CONFLICT


_ON_THE_WAY: Final[Mapping[RequestStatus, Availability]] = {
    _S.PENDING: Availability.PENDING,
    _S.APPROVED: Availability.PROCESSING,
    _S.FAILED: Availability.PROCESSING,
}
_SETTLED: Final = frozenset(
    {Availability.PARTIALLY_AVAILABLE, Availability.AVAILABLE, Availability.BLOCKLISTED}
)


def availability_of(known: Availability | None, active: RequestStatus | None) -> Availability:
    """How far a film got on a track.

    Args:
        known: What the library says of it, if anything.
        active: The state of the track's active request, if there is one.
    """
    if known in _SETTLED or active is None:
        return known or Availability.UNKNOWN
    return _ON_THE_WAY.get(active, known or Availability.UNKNOWN)
