"""What every store of requests must do; a class of tests for each store inherits it."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from gateway.domain.request import Availability, MediaRequest, RequestStatus
from gateway.domain.request_log import RequestEventKind
from gateway.domain.request_outcomes import (
    Blocklisted,
    Cancelled,
    Changed,
    Conflict,
    Created,
    Duplicate,
    KeyReused,
    NotFound,
    NotPermitted,
    QuotaExceeded,
)
from gateway.domain.request_quota import Quota
from gateway.domain.request_rules import Actor, Step
from gateway.domain.request_store import (
    EVERYTHING,
    Place,
    RequestFilter,
    RequestOrder,
    RequestStore,
    Wish,
)
from gateway.domain.role import Role
from tests.requests.behind import Stage

MATRIX = Wish(tmdb_id=603)
UNKNOWN_ID = 999_999


async def created(store: RequestStore, actor: Actor, wish: Wish = MATRIX) -> MediaRequest:
    """Ask for a film that nobody has asked for."""
    outcome = await store.create(actor, wish)
    assert isinstance(outcome, Created)
    assert outcome.created
    return outcome.request


async def state(store: RequestStore, request: MediaRequest) -> RequestStatus | None:
    """How a request stands; ``None`` when it is gone."""
    found = (await store.get_many([request.request_id])).get(request.request_id)
    return None if found is None else found.status


class Creating:
    """Ask for a film."""

    async def test_a_request_waits_for_a_decision(self, stage: Stage) -> None:
        ann = await stage.person("Ann", Role.REQUESTER)
        made = await created(stage.store, ann)
        assert made.status is RequestStatus.PENDING
        assert made.availability is Availability.PENDING
        assert (made.tmdb_id, made.is_4k, made.decided_by) == (603, False, None)
        assert made.requested_by is not None
        assert (made.requested_by.user_id, made.requested_by.display_name) == (ann.user_id, "Ann")
        assert await stage.store.get_many([made.request_id, UNKNOWN_ID]) == {made.request_id: made}

    @pytest.mark.parametrize("role", [Role.MANAGER, Role.ADMIN])
    async def test_those_who_decide_need_no_decision(self, stage: Stage, role: Role) -> None:
        max_ = await stage.person("Max", role)
        made = await created(stage.store, max_)
        assert made.status is RequestStatus.APPROVED
        assert made.availability is Availability.PROCESSING
        assert made.decided_by is not None
        assert made.decided_by.user_id == max_.user_id
        assert (await stage.store.get_many([made.request_id]))[made.request_id] == made

    async def test_viewers_may_not_ask(self, stage: Stage) -> None:
        viewer = await stage.person("Vic", Role.VIEWER)
        assert await stage.store.create(viewer, MATRIX) == NotPermitted()
        assert await stage.store.count(EVERYTHING) == 0

    async def test_asking_twice_is_harmless(self, stage: Stage) -> None:
        ann = await stage.person("Ann", Role.REQUESTER)
        made = await created(stage.store, ann)
        assert await stage.store.create(ann, MATRIX) == Created(made, created=False)
        assert await stage.store.count(EVERYTHING) == 1

    async def test_somebody_else_s_request_is_shown(self, stage: Stage) -> None:
        ann = await stage.person("Ann", Role.REQUESTER)
        bob = await stage.person("Bob", Role.REQUESTER)
        made = await created(stage.store, ann)
        assert await stage.store.create(bob, MATRIX) == Duplicate(made)

    async def test_hd_and_4k_are_separate(self, stage: Stage) -> None:
        ann = await stage.person("Ann", Role.REQUESTER)
        await created(stage.store, ann)
        other = await created(stage.store, ann, Wish(tmdb_id=603, is_4k=True))
        assert other.is_4k

    async def test_what_was_declined_or_done_can_be_asked_for_again(self, stage: Stage) -> None:
        ann = await stage.person("Ann", Role.REQUESTER)
        max_ = await stage.person("Max", Role.MANAGER)
        first = await created(stage.store, ann)
        await stage.store.decide(max_, first.request_id, Step.DECLINE)
        second = await created(stage.store, ann)
        await stage.shelve(603, Availability.AVAILABLE, is_4k=False)
        assert await state(stage.store, second) is RequestStatus.COMPLETED
        await stage.shelve(603, Availability.DELETED, is_4k=False)
        third = await created(stage.store, ann)
        assert len({first.request_id, second.request_id, third.request_id}) == 3

    @pytest.mark.parametrize("is_4k", [False, True])
    async def test_nobody_may_ask_for_what_is_blocklisted(
        self, stage: Stage, *, is_4k: bool
    ) -> None:
        max_ = await stage.person("Max", Role.MANAGER)
        await stage.shelve(603, Availability.BLOCKLISTED, is_4k=is_4k)
        wish = Wish(tmdb_id=603, is_4k=is_4k)
        assert await stage.store.create(max_, wish) == Blocklisted(603)


class Quotas:
    """Ask for so many films in so many days."""

    async def test_without_a_limit_nothing_is_counted(self, stage: Stage) -> None:
        ann = await stage.person("Ann", Role.REQUESTER)
        await created(stage.store, ann)
        assert await stage.store.quota(ann) == Quota()

    async def test_the_last_place_is_followed_by_a_refusal(self, stage: Stage) -> None:
        ann = await stage.person("Ann", Role.REQUESTER)
        await stage.allow(ann, 2, 7)
        first = await created(stage.store, ann, Wish(tmdb_id=1))
        await created(stage.store, ann, Wish(tmdb_id=2, is_4k=True))
        resets_at = first.created_at + timedelta(days=7)
        spent = Quota(most=2, days=7, used=2, resets_at=resets_at)
        assert await stage.store.create(ann, Wish(tmdb_id=3)) == QuotaExceeded(spent)
        assert await stage.store.quota(ann) == spent

    async def test_places_come_free_with_time(self, stage: Stage) -> None:
        ann = await stage.person("Ann", Role.REQUESTER)
        await stage.allow(ann, 1, 7)
        await created(stage.store, ann, Wish(tmdb_id=1))
        stage.clock.advance(days=7, seconds=-1)
        assert isinstance(await stage.store.create(ann, Wish(tmdb_id=2)), QuotaExceeded)
        stage.clock.advance(seconds=1)
        await created(stage.store, ann, Wish(tmdb_id=2))

    @pytest.mark.parametrize("step", [Step.DECLINE, Step.CANCEL])
    async def test_what_comes_to_nothing_does_not_count(self, stage: Stage, step: Step) -> None:
        ann = await stage.person("Ann", Role.REQUESTER)
        max_ = await stage.person("Max", Role.MANAGER)
        await stage.allow(ann, 1, 7)
        made = await created(stage.store, ann, Wish(tmdb_id=1))
        if step is Step.CANCEL:
            await stage.store.cancel(ann, made.request_id)
        else:
            await stage.store.decide(max_, made.request_id, Step.DECLINE)
        assert (await stage.store.quota(ann)).used == 0
        await created(stage.store, ann, Wish(tmdb_id=2))

    async def test_asking_again_costs_nothing(self, stage: Stage) -> None:
        ann = await stage.person("Ann", Role.REQUESTER)
        await stage.allow(ann, 1, 7)
        made = await created(stage.store, ann)
        assert await stage.store.create(ann, MATRIX) == Created(made, created=False)


class Deciding:
    """Approve, decline, retry."""

    async def test_approve(self, stage: Stage) -> None:
        ann = await stage.person("Ann", Role.REQUESTER)
        max_ = await stage.person("Max", Role.MANAGER)
        made = await created(stage.store, ann)
        outcome = await stage.store.decide(max_, made.request_id, Step.APPROVE)
        assert isinstance(outcome, Changed)
        assert outcome.request.status is RequestStatus.APPROVED
        assert outcome.request.availability is Availability.PROCESSING
        assert outcome.request.decided_by is not None
        assert outcome.request.decided_by.display_name == "Max"
        assert await stage.store.get_many([made.request_id]) == {made.request_id: outcome.request}

    async def test_decline_frees_the_film(self, stage: Stage) -> None:
        ann = await stage.person("Ann", Role.REQUESTER)
        max_ = await stage.person("Max", Role.MANAGER)
        made = await created(stage.store, ann)
        outcome = await stage.store.decide(max_, made.request_id, Step.DECLINE)
        assert isinstance(outcome, Changed)
        assert outcome.request.status is RequestStatus.DECLINED
        assert outcome.request.availability is Availability.UNKNOWN

    async def test_retry_what_failed(self, stage: Stage) -> None:
        max_ = await stage.person("Max", Role.MANAGER)
        made = await created(stage.store, max_)
        await stage.fail(made.request_id)
        assert await state(stage.store, made) is RequestStatus.FAILED
        outcome = await stage.store.decide(max_, made.request_id, Step.RETRY)
        assert isinstance(outcome, Changed)
        assert outcome.request.status is RequestStatus.APPROVED

    @pytest.mark.parametrize("step", [Step.APPROVE, Step.DECLINE, Step.RETRY])
    @pytest.mark.parametrize("role", [Role.VIEWER, Role.REQUESTER])
    async def test_only_managers_decide(self, stage: Stage, step: Step, role: Role) -> None:
        ann = await stage.person("Ann", Role.REQUESTER)
        made = await created(stage.store, ann)
        other = Actor(user_id=ann.user_id, role=role)
        assert step in (Step.APPROVE, Step.DECLINE, Step.RETRY)
        assert await stage.store.decide(other, made.request_id, step) == NotPermitted()
        assert await state(stage.store, made) is RequestStatus.PENDING

    async def test_a_state_that_does_not_fit_is_told(self, stage: Stage) -> None:
        ann = await stage.person("Ann", Role.REQUESTER)
        max_ = await stage.person("Max", Role.MANAGER)
        made = await created(stage.store, ann)
        assert await stage.store.decide(max_, made.request_id, Step.RETRY) == Conflict(made)
        done = await stage.store.decide(max_, made.request_id, Step.DECLINE)
        assert isinstance(done, Changed)
        for step in (Step.APPROVE, Step.DECLINE, Step.RETRY):
            found = await stage.store.decide(max_, made.request_id, step)
            assert found == Conflict(done.request)

    async def test_what_changed_since_it_was_seen_is_told(self, stage: Stage) -> None:
        ann = await stage.person("Ann", Role.REQUESTER)
        max_ = await stage.person("Max", Role.MANAGER)
        made = await created(stage.store, ann)
        done = await stage.store.decide(max_, made.request_id, Step.APPROVE, version=made.version)
        assert isinstance(done, Changed)
        late = await stage.store.cancel(max_, made.request_id, version=made.version)
        assert late == Conflict(done.request)
        gone = await stage.store.cancel(max_, made.request_id, version=done.request.version)
        assert gone == Cancelled(done.request)

    async def test_an_unknown_request(self, stage: Stage) -> None:
        max_ = await stage.person("Max", Role.MANAGER)
        for step in (Step.APPROVE, Step.DECLINE, Step.RETRY):
            assert await stage.store.decide(max_, UNKNOWN_ID, step) == NotFound(UNKNOWN_ID)
        assert await stage.store.cancel(max_, UNKNOWN_ID) == NotFound(UNKNOWN_ID)


class CountedVersions:
    """Know a state from the same one come back."""

    async def test_a_decision_on_an_old_version_loses(self, stage: Stage) -> None:
        max_ = await stage.person("Max", Role.MANAGER)
        made = await created(stage.store, max_)
        await stage.fail(made.request_id)
        seen = (await stage.store.get_many([made.request_id]))[made.request_id]
        again = await stage.store.decide(max_, made.request_id, Step.RETRY, version=seen.version)
        assert isinstance(again, Changed)
        await stage.fail(made.request_id)
        late = await stage.store.decide(max_, made.request_id, Step.RETRY, version=seen.version)
        assert isinstance(late, Conflict)
        assert late.current.status is RequestStatus.FAILED


class Cancelling:
    """Take a request back."""

    async def test_owners_take_back_what_waits(self, stage: Stage) -> None:
        ann = await stage.person("Ann", Role.REQUESTER)
        made = await created(stage.store, ann)
        assert await stage.store.cancel(ann, made.request_id) == Cancelled(made)
        assert await state(stage.store, made) is None
        assert await stage.store.cancel(ann, made.request_id) == NotFound(made.request_id)
        again = await created(stage.store, ann)
        assert again.request_id != made.request_id

    async def test_owners_who_come_too_late_are_told(self, stage: Stage) -> None:
        ann = await stage.person("Ann", Role.REQUESTER)
        max_ = await stage.person("Max", Role.MANAGER)
        made = await created(stage.store, ann)
        done = await stage.store.decide(max_, made.request_id, Step.APPROVE)
        assert isinstance(done, Changed)
        assert await stage.store.cancel(ann, made.request_id) == Conflict(done.request)

    async def test_strangers_may_not(self, stage: Stage) -> None:
        ann = await stage.person("Ann", Role.REQUESTER)
        bob = await stage.person("Bob", Role.REQUESTER)
        made = await created(stage.store, ann)
        assert await stage.store.cancel(bob, made.request_id) == NotPermitted()
        assert await state(stage.store, made) is RequestStatus.PENDING

    @pytest.mark.parametrize("decision", [Step.APPROVE, Step.DECLINE, None])
    async def test_managers_may_always(self, stage: Stage, decision: Step | None) -> None:
        ann = await stage.person("Ann", Role.REQUESTER)
        max_ = await stage.person("Max", Role.MANAGER)
        made = await created(stage.store, ann)
        if decision is Step.APPROVE or decision is Step.DECLINE:
            await stage.store.decide(max_, made.request_id, decision)
        assert isinstance(await stage.store.cancel(max_, made.request_id), Cancelled)
        assert await stage.store.count(EVERYTHING) == 0


class Idempotency:
    """Send a write twice."""

    async def test_the_same_again_gets_the_same_reply(self, stage: Stage) -> None:
        ann = await stage.person("Ann", Role.REQUESTER)
        max_ = await stage.person("Max", Role.MANAGER)
        first = await stage.store.create(ann, MATRIX, key="k")
        assert await stage.store.create(ann, MATRIX, key="k") == first
        assert isinstance(first, Created)
        request_id = first.request.request_id
        done = await stage.store.decide(max_, request_id, Step.APPROVE, key="k")
        assert await stage.store.decide(max_, request_id, Step.APPROVE, key="k") == done
        gone = await stage.store.cancel(max_, request_id, key="c")
        assert await stage.store.cancel(max_, request_id, key="c") == gone
        assert isinstance(gone, Cancelled)
        assert await stage.store.create(ann, MATRIX, key="k") == first
        assert await stage.store.count(EVERYTHING) == 0

    async def test_refusals_are_replies_too(self, stage: Stage) -> None:
        ann = await stage.person("Ann", Role.REQUESTER)
        await stage.allow(ann, 1, 7)
        await created(stage.store, ann, Wish(tmdb_id=604))
        refused = await stage.store.create(ann, MATRIX, key="k")
        await stage.allow(ann, 2, 7)
        assert isinstance(refused, QuotaExceeded)
        assert await stage.store.create(ann, MATRIX, key="k") == refused
        assert isinstance(await stage.store.create(ann, MATRIX, key="other"), Created)

    async def test_a_key_serves_one_payload(self, stage: Stage) -> None:
        ann = await stage.person("Ann", Role.REQUESTER)
        max_ = await stage.person("Max", Role.MANAGER)
        made = await stage.store.create(max_, MATRIX, key="k")
        assert isinstance(made, Created)
        request_id = made.request.request_id
        assert await stage.store.create(max_, Wish(tmdb_id=604), key="k") == KeyReused()
        assert await stage.store.create(max_, Wish(tmdb_id=603, is_4k=True), key="k") == KeyReused()
        assert await stage.store.decide(max_, request_id, Step.APPROVE, key="k") == KeyReused()
        assert await stage.store.cancel(max_, request_id, key="k") == KeyReused()
        assert isinstance(await stage.store.create(ann, Wish(tmdb_id=604), key="k"), Created)


class Listing:
    """Read lists."""

    async def test_pages_in_both_orders(self, stage: Stage) -> None:
        ann = await stage.person("Ann", Role.REQUESTER)
        made = []
        for tmdb_id in range(1, 8):
            made.append(await created(stage.store, ann, Wish(tmdb_id=tmdb_id)))
            stage.clock.advance(milliseconds=tmdb_id % 2)  # some share a moment
        for order in RequestOrder:
            expected = made if order is RequestOrder.CREATED_AT_ASC else made[::-1]
            found: list[MediaRequest] = []
            after = None
            while True:
                page = await stage.store.page(EVERYTHING, first=3, after=after, order=order)
                found += page.requests
                if not page.has_next:
                    break
                after = Place.of(page.requests[-1])
            assert found == expected

    async def test_a_page_s_end_may_go_away(self, stage: Stage) -> None:
        ann = await stage.person("Ann", Role.REQUESTER)
        made = [await created(stage.store, ann, Wish(tmdb_id=n)) for n in range(1, 6)]
        page = await stage.store.page(EVERYTHING, first=2)
        assert page.requests == (made[4], made[3])
        await stage.store.cancel(ann, made[3].request_id)
        newer = await created(stage.store, ann, Wish(tmdb_id=9))
        rest = await stage.store.page(EVERYTHING, first=9, after=Place.of(made[3]))
        assert rest.requests == (made[2], made[1], made[0])
        assert not rest.has_next
        assert newer not in rest.requests

    async def test_filters_narrow_down(self, stage: Stage) -> None:
        ann = await stage.person("Ann", Role.REQUESTER)
        max_ = await stage.person("Max", Role.MANAGER)
        hers = [await created(stage.store, ann, Wish(tmdb_id=n)) for n in (1, 2, 3)]
        his = await created(stage.store, max_, Wish(tmdb_id=1, is_4k=True))
        done = await stage.store.decide(max_, hers[1].request_id, Step.DECLINE)
        assert isinstance(done, Changed)
        s = RequestStatus
        expected = {
            RequestFilter(): [his, hers[2], done.request, hers[0]],
            RequestFilter(statuses=frozenset({s.PENDING})): [hers[2], hers[0]],
            RequestFilter(statuses=frozenset({s.APPROVED, s.DECLINED})): [his, done.request],
            RequestFilter(statuses=frozenset(s)): [his, hers[2], done.request, hers[0]],
            RequestFilter(statuses=frozenset()): [],
            RequestFilter(statuses=frozenset({s.UNKNOWN})): [],
            RequestFilter(requested_by=ann.user_id): [hers[2], done.request, hers[0]],
            RequestFilter(requested_by=UNKNOWN_ID): [],
            RequestFilter(tmdb_id=1): [his, hers[0]],
            RequestFilter(tmdb_id=1, requested_by=ann.user_id): [hers[0]],
            RequestFilter(
                statuses=frozenset({s.PENDING, s.FAILED}), requested_by=ann.user_id, tmdb_id=1
            ): [hers[0]],
        }
        for which, requests in expected.items():
            page = await stage.store.page(which, first=10)
            assert [r.request_id for r in page.requests] == [r.request_id for r in requests], which
            assert page.requests == tuple(requests)
            assert await stage.store.count(which) == len(requests)

    async def test_by_movie_gives_the_newest_of_each(self, stage: Stage) -> None:
        ann = await stage.person("Ann", Role.REQUESTER)
        max_ = await stage.person("Max", Role.MANAGER)
        of_one = []
        for _ in range(3):
            made = await created(stage.store, ann, Wish(tmdb_id=1))
            done = await stage.store.decide(max_, made.request_id, Step.DECLINE)
            assert isinstance(done, Changed)
            of_one.append(done.request)
        other = await created(stage.store, ann, Wish(tmdb_id=2))
        found = await stage.store.by_movie([1, 2, 3, 1], most=2)
        assert {k: list(v) for k, v in found.items()} == {1: of_one[:0:-1], 2: [other]}
        many = await stage.store.by_movie(range(1, 250), most=1)
        assert set(many) == {1, 2}
        assert await stage.store.by_movie([], most=1) == {}

    async def test_own_is_the_newest_of_a_person(self, stage: Stage) -> None:
        ann = await stage.person("Ann", Role.REQUESTER)
        max_ = await stage.person("Max", Role.MANAGER)
        old = await created(stage.store, ann, Wish(tmdb_id=1))
        await stage.store.decide(max_, old.request_id, Step.DECLINE)
        new = await created(stage.store, ann, Wish(tmdb_id=1))
        sharp = await created(stage.store, ann, Wish(tmdb_id=1, is_4k=True))
        await created(stage.store, max_, Wish(tmdb_id=2))
        found = await stage.store.own(ann.user_id, [1, 2, 3])
        assert found == {(1, False): new, (1, True): sharp}
        assert await stage.store.own(ann.user_id, []) == {}

    async def test_media_follows_library_and_requests(self, stage: Stage) -> None:
        ann = await stage.person("Ann", Role.REQUESTER)
        max_ = await stage.person("Max", Role.MANAGER)
        await created(stage.store, ann, Wish(tmdb_id=1))
        await created(stage.store, max_, Wish(tmdb_id=1, is_4k=True))
        await stage.shelve(2, Availability.AVAILABLE, is_4k=False)
        found = await stage.store.media([1, 2, 3])
        tracks = {k: (v.availability, v.availability_4k) for k, v in found.items()}
        assert tracks == {
            1: (Availability.PENDING, Availability.PROCESSING),
            2: (Availability.AVAILABLE, Availability.UNKNOWN),
        }
        assert await stage.store.media([]) == {}

    async def test_availability_is_that_of_the_film(self, stage: Stage) -> None:
        """A declined request shows how far the film got since."""
        ann = await stage.person("Ann", Role.REQUESTER)
        max_ = await stage.person("Max", Role.MANAGER)
        old = await created(stage.store, ann)
        await stage.store.decide(max_, old.request_id, Step.DECLINE)
        await created(stage.store, max_)
        seen = (await stage.store.get_many([old.request_id]))[old.request_id]
        assert seen.availability is Availability.PROCESSING
        await stage.shelve(603, Availability.AVAILABLE, is_4k=False)
        seen = (await stage.store.get_many([old.request_id]))[old.request_id]
        assert seen.availability is Availability.AVAILABLE


class Events:
    """Tell what happened."""

    async def test_each_change_is_told_once_and_in_order(self, stage: Stage) -> None:
        ann = await stage.person("Ann", Role.REQUESTER)
        max_ = await stage.person("Max", Role.MANAGER)
        assert await stage.store.last_event() == 0
        made = await created(stage.store, ann)
        await created(stage.store, max_, Wish(tmdb_id=604))
        await stage.store.decide(max_, made.request_id, Step.APPROVE)
        await stage.fail(made.request_id)
        await stage.store.decide(max_, made.request_id, Step.RETRY, reason="again")
        await stage.store.cancel(max_, made.request_id)
        await stage.store.create(ann, Wish(tmdb_id=604))  # a refusal changes nothing
        kind = RequestEventKind
        told = await stage.store.events(0, most=99)
        mine = [each for each in told if each.request_id == made.request_id]
        assert [each.kind for each in mine] == [
            *(kind.CREATED, kind.APPROVED, kind.FAILED, kind.RETRIED, kind.CANCELLED)
        ]
        others = [each.kind for each in told if each.request_id != made.request_id]
        assert others == [kind.CREATED, kind.APPROVED]
        assert [each.sequence for each in told] == sorted({each.sequence for each in told})
        assert len({each.event_id for each in told}) == len(told)
        assert told[-1].sequence == await stage.store.last_event()
        assert await stage.store.events(told[2].sequence, most=2) == told[3:5]
        assert await stage.store.history(made.request_id) == tuple(mine)
        assert mine[3].reason == "again"
        assert mine[3].actor is not None
        assert mine[3].actor.display_name == "Max"
        assert (mine[2].actor, mine[-1].status) == (None, None)
        assert await stage.store.history(UNKNOWN_ID) == ()

    async def test_a_reader_misses_nothing(self, stage: Stage) -> None:
        """Whatever is committed while somebody reads along is seen, each once."""
        people = [await stage.person(f"P{n}", Role.REQUESTER) for n in range(8)]
        wishes = [Wish(tmdb_id=n) for n in range(1, 41)]
        writing = asyncio.gather(
            *(stage.store.create(people[n % 8], wish) for n, wish in enumerate(wishes))
        )
        seen: list[int] = []
        after = 0
        while len(seen) < len(wishes):
            done = writing.done()
            news = await stage.store.events(after, most=5)
            seen += [each.tmdb_id for each in news]
            after = news[-1].sequence if news else after
            assert news or not done, "an event was passed over"
        await writing
        assert sorted(seen) == [wish.tmdb_id for wish in wishes]


class Races:
    """Do things at the same time."""

    async def test_racing_people_get_one_request(self, stage: Stage) -> None:
        people = [await stage.person(f"P{n}", Role.REQUESTER) for n in range(8)]
        outcomes = await asyncio.gather(*(stage.store.create(p, MATRIX) for p in people))
        (winner,) = [each.request for each in outcomes if isinstance(each, Created)]
        losers = [each.existing for each in outcomes if isinstance(each, Duplicate)]
        assert losers == [winner] * 7
        assert await stage.store.count(EVERYTHING) == 1

    async def test_racing_requests_of_one_person_keep_the_limit(self, stage: Stage) -> None:
        ann = await stage.person("Ann", Role.REQUESTER)
        await stage.allow(ann, 3, 7)
        wishes = [Wish(tmdb_id=n) for n in range(1, 9)]
        outcomes = await asyncio.gather(*(stage.store.create(ann, w) for w in wishes))
        assert sum(isinstance(each, Created) for each in outcomes) == 3
        assert sum(isinstance(each, QuotaExceeded) for each in outcomes) == 5

    async def test_of_two_decisions_one_loses(self, stage: Stage) -> None:
        ann = await stage.person("Ann", Role.REQUESTER)
        managers = [await stage.person(f"M{n}", Role.MANAGER) for n in range(6)]
        made = await created(stage.store, ann)
        steps = [Step.APPROVE, Step.DECLINE] * 3
        outcomes = await asyncio.gather(
            *(
                stage.store.decide(
                    m, made.request_id, Step.APPROVE if s is Step.APPROVE else Step.DECLINE
                )
                for m, s in zip(managers, steps, strict=True)
            )
        )
        (winner,) = [each.request for each in outcomes if isinstance(each, Changed)]
        losers = [each.current for each in outcomes if isinstance(each, Conflict)]
        assert losers == [winner] * 5

    async def test_approve_against_cancel(self, stage: Stage) -> None:
        """Whoever is second finds it gone, or decided."""
        ann = await stage.person("Ann", Role.REQUESTER)
        max_ = await stage.person("Max", Role.MANAGER)
        for tmdb_id in range(1, 9):
            made = await created(stage.store, ann, Wish(tmdb_id=tmdb_id))
            approved, cancelled = await asyncio.gather(
                stage.store.decide(max_, made.request_id, Step.APPROVE),
                stage.store.cancel(ann, made.request_id),
            )
            if isinstance(approved, Changed):
                assert cancelled == Conflict(approved.request)
            else:
                assert approved == NotFound(made.request_id)
                assert cancelled == Cancelled(made)

    async def test_of_two_at_once_one_waits(self, stage: Stage) -> None:
        ann = await stage.person("Ann", Role.REQUESTER)
        outcomes = await asyncio.gather(
            *(stage.store.create(ann, MATRIX, key="k") for _ in range(8))
        )
        assert isinstance(outcomes[0], Created)
        assert outcomes[0].created
        assert outcomes == [outcomes[0]] * 8
        assert await stage.store.count(EVERYTHING) == 1


class Enrolling:
    """Make people known."""

    async def test_a_person_is_enrolled_once(self, stage: Stage) -> None:
        first, *others = await asyncio.gather(
            *(stage.store.enrol("key:1", "Ann") for _ in range(5))
        )
        assert others == [first] * 4
        renamed = await stage.store.enrol("key:1", "Anna")
        assert (renamed.user_id, renamed.display_name) == (first.user_id, "Anna")
        assert (await stage.store.enrol("key:2", "Anna")).user_id != first.user_id


class Requests(Creating, Quotas, Deciding, Cancelling, Idempotency, Listing, Races):
    """What is so wherever requests are kept."""


class Conformance(Requests, CountedVersions, Events, Enrolling):
    """All of it, for a store of our own."""
