"""A store elsewhere that remembers what truly happened, and people who look at it at odd times."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from gateway.domain.observed import Look, ObservedLog
from gateway.domain.request import Availability, MediaRequest, RequestStatus, User
from gateway.domain.request_log import RequestEvent

S = RequestStatus
SCOPE = "elsewhere"
NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
ANN = User(user_id=7, display_name="Ann")
MAX = User(user_id=8, display_name="Max")

# What may follow what; only what was approved fails.
NEXT: dict[RequestStatus, tuple[RequestStatus, ...]] = {
    S.PENDING: (S.APPROVED, S.DECLINED, S.COMPLETED),
    S.APPROVED: (S.FAILED, S.COMPLETED, S.DECLINED),
    S.DECLINED: (S.APPROVED, S.PENDING),
    S.FAILED: (S.APPROVED, S.COMPLETED),
    S.COMPLETED: (S.APPROVED,),
}


def request(
    request_id: int, status: RequestStatus = S.PENDING, *, tmdb_id: int | None = None
) -> MediaRequest:
    """One of Ann's; Max has decided."""
    return MediaRequest(
        request_id=request_id,
        tmdb_id=tmdb_id or 600 + request_id,
        status=status,
        is_4k=False,
        created_at=NOW,
        updated_at=NOW,
        availability=Availability.PENDING,
        requested_by=ANN,
        decided_by=MAX if status is not S.PENDING else None,
    )


@dataclass
class Elsewhere:
    """Requests, and every state that each of them was in; ``None`` is gone."""

    requests: dict[int, MediaRequest] = field(default_factory=dict)
    truth: dict[int, list[RequestStatus | None]] = field(default_factory=lambda: defaultdict(list))
    last_id: int = 0

    def make(self) -> int:
        """Somebody asks for a film."""
        self.last_id += 1
        self._set(request(self.last_id))
        return self.last_id

    def move(self, which: int, where: int) -> None:
        """Something happens to a request, if there is one."""
        if self.requests:
            found = sorted(self.requests.values(), key=lambda each: each.request_id)
            one = found[which % len(found)]
            ways = NEXT[one.status]
            self._set(request(one.request_id, ways[where % len(ways)]))

    def drop(self, which: int) -> None:
        """A request is deleted, if there is one."""
        if self.requests:
            request_id = sorted(self.requests)[which % len(self.requests)]
            del self.requests[request_id]
            self.truth[request_id].append(None)

    def restore(self, which: int) -> None:
        """A request comes out of a backup, if one was deleted."""
        gone = self.gone()
        if gone:
            self._set(request(gone[which % len(gone)]))

    def seen(self, ids: Iterable[int] | None = None) -> list[MediaRequest]:
        """All of them, or some."""
        wanted = self.requests.keys() if ids is None else set(ids) & self.requests.keys()
        return [self.requests[each] for each in sorted(wanted)]

    def gone(self) -> list[int]:
        """Those that were deleted."""
        return [each for each, story in self.truth.items() if story[-1] is None]

    def _set(self, one: MediaRequest) -> None:
        self.requests[one.request_id] = one
        self.truth[one.request_id].append(one.status)


@dataclass
class Person:
    """Somebody who looks: begins, reads, and writes down what they read, all in their own time."""

    log: ObservedLog
    there: Elsewhere
    since: int | None = None
    look: Look | None = None

    async def begin(self) -> None:
        self.since = await self.log.mark(SCOPE)
        self.look = None

    def read(self, ids: Iterable[int] | None, *, is_whole: bool = False) -> None:
        if self.since is not None:
            gone = self.there.gone() if ids is None else []
            seen = self.there.seen(ids)
            self.look = Look(since=self.since, requests=seen, gone=gone, is_whole=is_whole)

    async def write(self) -> None:
        if self.look is not None:
            await self.log.record(SCOPE, self.look, now=NOW)


async def settle(log: ObservedLog, there: Elsewhere) -> None:
    """Look at everything while nobody else does."""
    person = Person(log, there)
    await person.begin()
    person.read(None, is_whole=True)
    await person.write()


def agree(
    events: Iterable[RequestEvent], there: Elsewhere, first: dict[int, RequestStatus | None]
) -> None:
    """What is told happened, in this order, each once.

    Args:
        events: All of them.
        there: What truly happened.
        first: How requests were when the log began.
    """
    told: dict[int, list[RequestStatus | None]] = defaultdict(list)
    sequences = []
    for each in events:
        told[each.request_id].append(each.status)
        sequences.append(each.sequence)
    assert sequences == sorted(set(sequences))
    for request_id, states in told.items():
        before = first.get(request_id, S.UNKNOWN)
        for state in states:
            assert state is not before, (request_id, states)
            before = state
        rest = iter(there.truth[request_id])
        assert all(any(state is each for each in rest) for state in states), (
            *(request_id, states, there.truth[request_id]),
        )
