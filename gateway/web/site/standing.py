"""How requests and films stand, in words; and what somebody may do about it. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Protocol, TypeAlias

from gateway.domain.request import Availability, RequestStatus
from gateway.domain.role import Role
from gateway.domain.viewer import Viewer
from gateway.web.rest.models.requests import Verdict

Said: TypeAlias = tuple[str, str]
"""Words, and the class of their colour."""

GOOD: Final = "is-good"
WAIT: Final = "is-wait"
BAD: Final = "is-bad"
INFO: Final = "is-info"
CALM: Final = ""

LIBRARY: Final[dict[Availability, Said]] = {
    Availability.UNKNOWN: ("Not in the library", CALM),
    Availability.PENDING: ("Waiting for a decision", WAIT),
    Availability.PROCESSING: ("Approved, on its way", INFO),
    Availability.PARTIALLY_AVAILABLE: ("Partly there", INFO),
    Availability.AVAILABLE: ("Ready to watch", GOOD),
    Availability.BLOCKLISTED: ("Not wanted here", BAD),
    Availability.DELETED: ("Was removed", CALM),
}
_STANDING: Final[dict[RequestStatus, Said]] = {
    RequestStatus.PENDING: ("Waiting", WAIT),
    RequestStatus.APPROVED: ("Approved", INFO),
    RequestStatus.DECLINED: ("Declined", BAD),
    RequestStatus.FAILED: ("Failed", BAD),
    RequestStatus.COMPLETED: ("Ready to watch", GOOD),
    RequestStatus.UNKNOWN: ("Unknown", CALM),
}
IMPLIED: Final = {
    RequestStatus.PENDING: Availability.PENDING,
    RequestStatus.APPROVED: Availability.PROCESSING,
    RequestStatus.COMPLETED: Availability.AVAILABLE,
}
"""How the film of a request stands, most of the time."""
_ASKABLE: Final = frozenset({Availability.UNKNOWN, Availability.DELETED})
_OPEN: Final = frozenset({RequestStatus.PENDING, RequestStatus.APPROVED, RequestStatus.FAILED})


class Standing(Protocol):
    """What is looked at of a request."""

    @property
    def status(self) -> RequestStatus:
        """What was decided."""
        ...

    @property
    def availability(self) -> Availability | None:
        """How far its film got."""
        ...


@dataclass(frozen=True, slots=True)
class Act:
    """Something to do about a request.

    Args:
        verdict: To send; ``None``: it is taken back.
        title: On its button.
        is_main: Whether it is what most people come for.
    """

    verdict: Verdict | None
    title: str
    is_main: bool = False


_APPROVE: Final = Act(Verdict.APPROVE, "Approve", is_main=True)
_DECLINE: Final = Act(Verdict.DECLINE, "Decline")
_RETRY: Final = Act(Verdict.RETRY, "Try again", is_main=True)
_CANCEL: Final = Act(None, "Take back")
_REMOVE: Final = Act(None, "Remove")


def standing(request: Standing) -> Said:
    """How a request stands; of an approved one, how far its film got."""
    if request.status is RequestStatus.APPROVED:
        if request.availability is Availability.AVAILABLE:
            return _STANDING[RequestStatus.COMPLETED]
        if request.availability is Availability.PROCESSING:
            return "On its way", INFO
    return _STANDING[request.status]


def acts(request: Standing, viewer: Viewer | None, *, is_own: bool) -> Sequence[Act]:
    """What a viewer may do; the graph checks it again."""
    if viewer is None:
        return ()
    is_pending = request.status is RequestStatus.PENDING
    if viewer.role.reaches(Role.MANAGER):
        if is_pending:
            return (_APPROVE, _DECLINE, _CANCEL) if is_own else (_APPROVE, _DECLINE)
        return (_RETRY, _REMOVE) if request.status is RequestStatus.FAILED else (_REMOVE,)
    return (_CANCEL,) if is_own and is_pending else ()


def may_ask(viewer: Viewer | None, availability: Availability | None, own: object) -> bool:
    """Whether somebody can ask for a film that stands like this.

    Args:
        viewer: Who.
        availability: Of the film; ``None``: nobody can tell.
        own: The status of their own request, if they have one.
    """
    if viewer is None or not viewer.role.reaches(Role.REQUESTER):
        return False
    return availability in _ASKABLE and own not in _OPEN
