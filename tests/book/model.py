"""A store of requests that a reader understands at a glance: lists in memory, no races."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from gateway.domain.request import RequestStatus
from gateway.domain.request_rules import Actor, Step
from gateway.domain.role import Role

S = RequestStatus
ACTIVE = {S.PENDING, S.APPROVED, S.FAILED}


@dataclass(frozen=True)
class Entry:
    """A request, as far as its story goes."""

    request_id: int
    tmdb_id: int
    is_4k: bool
    status: RequestStatus
    owner: int
    made_at: datetime
    version: int = 1


@dataclass
class Model:
    """What should be so; answers are the names of the outcomes."""

    kept: dict[int, Entry] = field(default_factory=dict)
    blocked: set[tuple[int, bool]] = field(default_factory=set)
    limits: dict[int, tuple[int, int]] = field(default_factory=dict)
    replies: dict[tuple[int, str], tuple[object, object]] = field(default_factory=dict)
    story: list[tuple[int, str]] = field(default_factory=list)

    def active(self, tmdb_id: int, *, is_4k: bool) -> Entry | None:
        """The active request of a track."""
        return next(
            (
                each
                for each in self.kept.values()
                if (each.tmdb_id, each.is_4k) == (tmdb_id, is_4k) and each.status in ACTIVE
            ),
            None,
        )

    def used(self, user_id: int, now: datetime) -> int:
        """Requests of the window."""
        if user_id not in self.limits:
            return 0
        since = now - timedelta(days=self.limits[user_id][1])
        mine = [each for each in self.kept.values() if each.owner == user_id]
        return sum(each.made_at > since and each.status is not S.DECLINED for each in mine)

    def refusal(self, actor: Actor, tmdb_id: int, now: datetime, *, is_4k: bool) -> str | None:
        """Why a request would not be made; ``None`` if it would."""
        if actor.role is Role.VIEWER:
            return "NotPermitted"
        there = self.active(tmdb_id, is_4k=is_4k)
        if there is not None:
            return "Created" if there.owner == actor.user_id else "Duplicate"
        if (tmdb_id, is_4k) in self.blocked:
            return "Blocklisted"
        if actor.user_id in self.limits:
            most = self.limits[actor.user_id][0]
            return "QuotaExceeded" if self.used(actor.user_id, now) >= most else None
        return None

    def create(
        self, actor: Actor, request_id: int, tmdb_id: int, now: datetime, *, is_4k: bool
    ) -> Entry:
        """Make it."""
        approved = actor.role in {Role.MANAGER, Role.ADMIN}
        status = S.APPROVED if approved else S.PENDING
        made = Entry(request_id, tmdb_id, is_4k, status, actor.user_id, now)
        self.kept[request_id] = made
        self.story.append((request_id, "CREATED"))
        if approved:
            self.story.append((request_id, "APPROVED"))
        return made

    def change(self, actor: Actor | None, request_id: int, step: Step) -> str:
        """Take a step, or tell why not."""
        there = self.kept.get(request_id)
        if there is None:
            return "NotFound"
        manages = actor is None or actor.role in {Role.MANAGER, Role.ADMIN}
        owns = actor is not None and actor.user_id == there.owner and step is Step.CANCEL
        if not manages and not owns:
            return "NotPermitted"
        ways = {
            Step.APPROVE: ({S.PENDING}, S.APPROVED, "APPROVED"),
            Step.DECLINE: ({S.PENDING}, S.DECLINED, "DECLINED"),
            Step.RETRY: ({S.FAILED}, S.APPROVED, "RETRIED"),
            Step.FAIL: ({S.APPROVED}, S.FAILED, "FAILED"),
            Step.COMPLETE: (ACTIVE, S.COMPLETED, "COMPLETED"),
            Step.CANCEL: (set(S) if manages else {S.PENDING}, None, "CANCELLED"),
        }
        sources, target, told = ways[step]
        if there.status not in sources:
            return "Conflict"
        self.story.append((request_id, told))
        if target is None:
            del self.kept[request_id]
            return "Cancelled"
        self.kept[request_id] = replace(there, status=target, version=there.version + 1)
        return "Changed"
