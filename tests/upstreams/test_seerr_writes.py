"""The fault matrix of writes to Seerr: what is lost, refused or unclear."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from gateway.domain.request import Availability, MediaRequest, RequestStatus
from gateway.domain.request_outcomes import (
    Blocklisted,
    Cancelled,
    Changed,
    Created,
    Duplicate,
    MovieUnknown,
    NotPermitted,
    QuotaExceeded,
    Rejected,
    Unconfirmed,
)
from gateway.domain.request_rules import Actor, Step
from gateway.domain.request_store import EVERYTHING, Wish
from gateway.domain.role import Role
from gateway.errors import (
    UpstreamError,
    UpstreamRateLimitedError,
    UpstreamRejectedError,
    UpstreamTimeoutError,
    UpstreamUnauthorizedError,
    UpstreamUnavailableError,
)
from gateway.sandbox import Fault
from gateway.sandbox.seerr.states import MediaStatus, Permission
from gateway.sandbox.seerr.states import RequestStatus as SeerrStatus
from gateway.transport.judge import may_have_acted
from gateway.transport.port import HttpAnswer
from gateway.upstreams.seerr import creating
from tests.upstreams.lossy import Loss, MeddledPort
from tests.upstreams.seerr_stage import NOBODY_KNOWS, SeerrStage, seat

WISH = Wish(tmdb_id=603)


@pytest.fixture
async def stage() -> AsyncIterator[SeerrStage]:
    found = SeerrStage.new()
    yield found
    await found.aclose()


@pytest.fixture
async def ann(stage: SeerrStage) -> Actor:
    return await stage.person("Ann", Role.REQUESTER)


@pytest.fixture
async def bob(stage: SeerrStage) -> Actor:
    return await stage.person("Bob", Role.REQUESTER)


@pytest.fixture
async def max_(stage: SeerrStage) -> Actor:
    return await stage.person("Max", Role.MANAGER)


async def made(stage: SeerrStage, actor: Actor, wish: Wish = WISH) -> MediaRequest:
    """A request that stands."""
    outcome = await stage.store.create(actor, wish)
    assert isinstance(outcome, Created)
    return outcome.request


def rows(stage: SeerrStage) -> int:
    """Requests that Seerr holds."""
    return len(stage.seerr.world.store.requests)


def answer(status: int, body: bytes = b"{}", **headers: str) -> HttpAnswer:
    """What somebody between says."""
    return HttpAnswer(status=status, headers=headers, body=body)


class TestLostAnswers:
    """The write was done, or not: nobody said."""

    @pytest.mark.parametrize("loss", [Loss.ANSWER, Loss.PART, Loss.TIME])
    async def test_what_was_made_is_found(self, stage: SeerrStage, ann: Actor, loss: Loss) -> None:
        stage.port.losses = [loss]
        outcome = await stage.store.create(ann, WISH)
        assert isinstance(outcome, Created)
        assert outcome.created
        assert outcome.request.availability is Availability.PENDING
        assert (len(stage.port.writes), rows(stage)) == (1, 1)

    async def test_it_is_looked_for_more_than_once(self, stage: SeerrStage, ann: Actor) -> None:
        stage.port.losses = [Loss.ANSWER]
        deaf, paused_s = iter([1, 1]), []

        async def sleep(seconds: float) -> None:
            paused_s.append(seconds)
            stage.port.deaf_reads = next(deaf, 0)

        object.__setattr__(stage.store.desk, "sleep", sleep)
        assert isinstance(await stage.store.create(ann, WISH), Created)
        assert (len(paused_s), rows(stage)) == (3, 1)

    @pytest.mark.parametrize("key", [None, "k"])
    async def test_what_may_yet_come_is_pending_and_never_sent_again(
        self, stage: SeerrStage, ann: Actor, bob: Actor, key: str | None
    ) -> None:
        stage.port.losses = [Loss.LATE]
        for _ in range(3):
            outcome = await stage.store.create(ann, WISH, key=key)
            assert isinstance(outcome, Unconfirmed)
            assert outcome.request.status is RequestStatus.UNKNOWN
            assert outcome.request.request_id == 0
        with pytest.raises(UpstreamUnavailableError, match="not settled") as caught:
            await stage.store.create(bob, WISH)
        assert caught.value.retryable
        assert len(stage.port.writes) == 1
        await stage.port.arrive()
        outcome = await stage.store.create(ann, WISH, key=key)
        assert isinstance(outcome, Created)
        assert outcome.created
        assert await stage.store.create(bob, WISH) == Duplicate(outcome.request)
        assert (len(stage.port.writes), rows(stage)) == (1, 1)

    async def test_another_track_is_another_question(self, stage: SeerrStage, ann: Actor) -> None:
        stage.port.losses = [Loss.CALL]
        assert isinstance(await stage.store.create(ann, WISH), Unconfirmed)
        assert isinstance(await stage.store.create(ann, Wish(tmdb_id=603, is_4k=True)), Created)

    async def test_a_doubt_ends(self, stage: SeerrStage, ann: Actor) -> None:
        ahead_s = 0.0
        stage.store.desk.slips._clock = lambda: ahead_s
        stage.port.losses = [Loss.CALL]
        assert isinstance(await stage.store.create(ann, WISH), Unconfirmed)
        ahead_s = creating.DOUBT_S - 1
        assert isinstance(await stage.store.create(ann, WISH), Unconfirmed)
        ahead_s = creating.DOUBT_S
        assert isinstance(await stage.store.create(ann, WISH), Created)
        assert rows(stage) == 1

    async def test_an_old_request_is_not_taken_for_the_new_one(
        self, stage: SeerrStage, ann: Actor, max_: Actor
    ) -> None:
        old = await made(stage, ann)
        await stage.store.decide(max_, old.request_id, Step.DECLINE)
        stage.port.losses = [Loss.CALL]
        assert isinstance(await stage.store.create(ann, WISH), Unconfirmed)

    async def test_what_was_never_sent_fails_at_once(self, stage: SeerrStage, ann: Actor) -> None:
        stage.port.losses = [Loss.CONNECTION]
        with pytest.raises(UpstreamUnavailableError, match="could not be reached"):
            await stage.store.create(ann, WISH, key="k")
        assert rows(stage) == 0
        assert isinstance(await stage.store.create(ann, WISH, key="k"), Created)

    async def test_a_look_that_fails_before_has_done_nothing(
        self, stage: SeerrStage, ann: Actor, max_: Actor
    ) -> None:
        request = await made(stage, ann)
        stage.port.deaf_reads = 2
        with pytest.raises(UpstreamUnavailableError) as caught:
            await stage.store.create(ann, Wish(tmdb_id=1))
        assert not may_have_acted(caught.value)
        with pytest.raises(UpstreamUnavailableError) as caught:
            await stage.store.decide(max_, request.request_id, Step.APPROVE)
        assert not may_have_acted(caught.value)
        stage.port.losses = [Loss.CALL]
        assert isinstance(await stage.store.create(ann, Wish(tmdb_id=1)), Unconfirmed)
        stage.port.deaf_reads = 1
        with pytest.raises(UpstreamUnavailableError) as caught:
            await stage.store.create(ann, Wish(tmdb_id=1))
        assert may_have_acted(caught.value)

    @pytest.mark.parametrize("kind", ["malformed", "wrong_types", "gzip_unlabelled"])
    async def test_an_answer_that_cannot_be_read(
        self, stage: SeerrStage, ann: Actor, kind: str
    ) -> None:
        stage.seerr.faults.set([Fault(kind=kind, route="/request", count=1)])
        outcome = await stage.store.create(ann, WISH)
        assert isinstance(outcome, Created)
        assert rows(stage) == 1

    async def test_seerr_failed_and_is_done_with_it(self, stage: SeerrStage, ann: Actor) -> None:
        stage.seerr.faults.set([Fault(kind="server_error", route="/request", count=1)])
        with pytest.raises(UpstreamUnavailableError, match="nothing was done") as caught:
            await stage.store.create(ann, WISH)
        assert caught.value.retryable
        assert not may_have_acted(caught.value)
        assert isinstance(await stage.store.create(ann, WISH), Created)

    async def test_seerr_says_that_it_failed_and_it_stands(
        self, stage: SeerrStage, ann: Actor
    ) -> None:
        await made(stage, ann)

        def broken(method: str, found: HttpAnswer) -> HttpAnswer:
            return answer(500, b'{"message":"oops"}') if method == "POST" else found

        stage.port.port = MeddledPort(stage.port.port, after=broken)
        outcome = await stage.store.create(ann, Wish(tmdb_id=604))
        assert isinstance(outcome, Created)
        assert outcome.created

    @pytest.mark.parametrize("status", [502, 503, 504])
    async def test_somebody_between_gave_up(
        self, stage: SeerrStage, ann: Actor, status: int
    ) -> None:
        stage.port.instead = [answer(status, b"<html>")]
        assert isinstance(await stage.store.create(ann, WISH), Unconfirmed)
        assert len(stage.port.writes) == 1

    async def test_a_caller_who_leaves_leaves_no_question(
        self, stage: SeerrStage, ann: Actor
    ) -> None:
        task = asyncio.create_task(stage.store.create(ann, WISH))
        await stage.port.began.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await stage.store.aclose()
        assert rows(stage) == 1
        assert isinstance(await stage.store.create(ann, WISH), Created)
        assert len(stage.port.writes) == 1


class TestRefusals:
    """Seerr, or who stands before it, says no."""

    @pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
    async def test_redirects_are_not_followed(
        self, stage: SeerrStage, ann: Actor, status: int
    ) -> None:
        stage.port.instead = [answer(status, location="http://seerr/elsewhere")]
        with pytest.raises(UpstreamRejectedError):
            await stage.store.create(ann, WISH)
        assert [path for _, path, _ in stage.port.writes] == ["/request"]
        assert isinstance(await stage.store.create(ann, WISH), Created)

    async def test_a_rate_limit(self, stage: SeerrStage, ann: Actor) -> None:
        stage.port.instead = [answer(429)]
        with pytest.raises(UpstreamRateLimitedError):
            await stage.store.create(ann, WISH)
        assert len(stage.port.writes) == 1

    async def test_who_may_not_ask_there(self, stage: SeerrStage, ann: Actor) -> None:
        seat(stage.seerr, ann.user_id, "Ann", Permission.NONE)
        assert await stage.store.create(ann, WISH) == NotPermitted()
        seat(stage.seerr, ann.user_id, "Ann", Permission.REQUEST)
        sharp = Wish(tmdb_id=603, is_4k=True)
        assert await stage.store.create(ann, sharp) == NotPermitted()
        assert isinstance(await stage.store.create(ann, WISH), Created)

    async def test_whom_seerr_does_not_know(self, stage: SeerrStage) -> None:
        gone = Actor(user_id=77, role=Role.REQUESTER)
        assert await stage.store.create(gone, WISH) == NotPermitted()

    async def test_a_manager_of_ours_who_is_none_there(self, stage: SeerrStage, ann: Actor) -> None:
        request = await made(stage, ann)
        boss = Actor(user_id=ann.user_id, role=Role.MANAGER)
        found = await stage.store.decide(boss, request.request_id, Step.APPROVE)
        assert found == NotPermitted()

    async def test_a_bad_key_is_no_matter_of_the_person_s(
        self, stage: SeerrStage, ann: Actor
    ) -> None:
        """It is changed between two calls."""

        def rotate(method: str) -> None:
            if method == "POST":
                stage.seerr.world.api_key = "another"

        stage.port.port = MeddledPort(stage.port.port, before=rotate)
        with pytest.raises(UpstreamUnauthorizedError):
            await stage.store.create(ann, WISH)
        assert rows(stage) == 0

    async def test_csrf_protection_is_told_to_who_can_help_it(
        self, stage: SeerrStage, ann: Actor
    ) -> None:
        stage.seerr.world.csrf_protection = True
        with pytest.raises(UpstreamRejectedError, match="CSRF"):
            await stage.store.create(ann, WISH)

    async def test_tmdb_knows_no_such_film(self, stage: SeerrStage, ann: Actor) -> None:
        wish = Wish(tmdb_id=NOBODY_KNOWS)
        for _ in range(12):  # and nobody's odd wish opens the breaker for all
            assert await stage.store.create(ann, wish) == MovieUnknown(NOBODY_KNOWS)
        assert isinstance(await stage.store.create(ann, WISH), Created)

    @pytest.mark.parametrize("outage", ["socket hang up", "Request failed with status code 429"])
    async def test_tmdb_is_away(self, stage: SeerrStage, ann: Actor, outage: str) -> None:
        stage.seerr.world.tmdb.outage = outage
        with pytest.raises(UpstreamUnavailableError, match="TMDB") as caught:
            await stage.store.create(ann, WISH)
        assert caught.value.retryable
        stage.seerr.world.tmdb.outage = None
        assert isinstance(await stage.store.create(ann, WISH), Created)

    async def test_tmdb_is_away_and_somebody_has_asked(
        self, stage: SeerrStage, ann: Actor, bob: Actor
    ) -> None:
        request = await made(stage, ann)
        stage.seerr.world.tmdb.forget()
        stage.seerr.world.tmdb.outage = "socket hang up"
        assert await stage.store.create(bob, WISH) == Duplicate(request)
        assert len(stage.port.writes) == 1

    async def test_what_hangs_on_another_row_is_adopted(
        self, stage: SeerrStage, ann: Actor, bob: Actor
    ) -> None:
        """As after a race at Seerr's own pages: a film's page shows its first row alone."""
        store = stage.seerr.world.store
        now = stage.seerr.world.now()
        store.add_media("movie", 603, now)
        second = store.add_media("movie", 603, now)
        hers = store.users[ann.user_id]
        row = store.add_request(second, hers, SeerrStatus.PENDING, now)
        mine = await stage.store.create(ann, WISH)
        assert isinstance(mine, Created)
        assert (mine.created, mine.request.request_id) == (False, row.id)
        theirs = await stage.store.create(bob, WISH)
        assert theirs == Duplicate(mine.request)
        assert rows(stage) == 1

    async def test_blocklisted_between_look_and_call(self, stage: SeerrStage, ann: Actor) -> None:
        stage.port.instead = [answer(403, b'{"message":"This media is blocklisted."}')]
        assert await stage.store.create(ann, WISH) == Blocklisted(603)

    async def test_over_quota(self, stage: SeerrStage, ann: Actor) -> None:
        await stage.allow(ann, 1, 7)
        await made(stage, ann, Wish(tmdb_id=1))
        found = await stage.store.create(ann, WISH)
        assert isinstance(found, QuotaExceeded)
        assert (found.quota.most, found.quota.used, found.quota.remaining) == (1, 1, 0)

    async def test_what_nobody_knows_is_rejected(self, stage: SeerrStage, ann: Actor) -> None:
        stage.port.instead = [
            answer(403, b'{"message":"Requests are closed until Monday."}'),
            answer(400, b'{"message":"UNIQUE constraint failed: media.tmdbId"}'),
            answer(202, b'{"message":"No seasons available to request"}'),
        ]
        assert [await stage.store.create(ann, WISH) for _ in range(3)] == [
            Rejected("Requests are closed until Monday."),
            Rejected("Seerr refused the request."),
            Rejected("No seasons available to request"),
        ]

    async def test_a_failing_radarr_is_told(self, stage: SeerrStage, max_: Actor) -> None:
        def refuse(_: str, found: HttpAnswer) -> HttpAnswer:
            for row in stage.seerr.world.store.requests.values():
                row.status = SeerrStatus.FAILED
            return found

        stage.port.port = MeddledPort(stage.port.port, after=refuse)
        assert (await made(stage, max_)).status is RequestStatus.FAILED


class TestOurOwnCare:
    """What Seerr would let pass."""

    async def test_every_write_carries_its_person(
        self, stage: SeerrStage, ann: Actor, max_: Actor
    ) -> None:
        one, two = await made(stage, ann), await made(stage, ann, Wish(tmdb_id=1))
        await stage.store.decide(max_, one.request_id, Step.APPROVE)
        await stage.fail(one.request_id)
        await stage.store.decide(max_, one.request_id, Step.RETRY)
        await stage.store.decide(max_, two.request_id, Step.DECLINE)
        await stage.store.cancel(max_, one.request_id)
        told = [(path, headers["X-API-User"]) for _, path, headers in stage.port.writes]
        hers, his = str(ann.user_id), str(max_.user_id)
        assert told == [
            ("/request", hers),
            ("/request", hers),
            (f"/request/{one.request_id}/approve", his),
            (f"/request/{one.request_id}/retry", his),
            (f"/request/{two.request_id}/decline", his),
            (f"/request/{one.request_id}", his),
        ]

    @pytest.mark.parametrize("user_id", [0, -1])
    async def test_for_nobody_nothing_is_sent(self, stage: SeerrStage, user_id: int) -> None:
        nobody = Actor(user_id=user_id, role=Role.ADMIN)
        assert await stage.store.create(nobody, WISH) == NotPermitted()
        assert await stage.store.decide(nobody, 1, Step.APPROVE) == NotPermitted()
        assert await stage.store.cancel(nobody, 1) == NotPermitted()
        assert not stage.seerr.calls
        assert await stage.store.enrol("key:1", "Ann") is None
        assert await stage.store.enrol("key:1", "Ann", seerr_user_id=user_id) is None
        assert not stage.seerr.calls

    async def test_people_are_found_and_never_made(self, stage: SeerrStage, ann: Actor) -> None:
        found = await stage.store.enrol("key:1", "Annie", seerr_user_id=ann.user_id)
        assert found is not None
        assert (found.user_id, found.display_name) == (ann.user_id, "Ann")
        again = await stage.store.enrol("key:1", "Annie", seerr_user_id=ann.user_id)
        assert again == found
        assert await stage.store.enrol("key:2", "Eve", seerr_user_id=78) is None
        assert [call.path for call in stage.seerr.calls] == [f"/user/{ann.user_id}", "/user/78"]

    async def test_strangers_delete_nothing(
        self, stage: SeerrStage, ann: Actor, bob: Actor
    ) -> None:
        request = await made(stage, ann)
        assert await stage.store.cancel(bob, request.request_id) == NotPermitted()
        assert [method for method, _, _ in stage.port.writes] == ["POST"]

    async def test_what_is_available_is_not_declined(
        self, stage: SeerrStage, ann: Actor, max_: Actor
    ) -> None:
        """Seerr would set the film back to unknown."""
        request = await made(stage, ann)
        await stage.shelve(603, Availability.AVAILABLE, is_4k=False)
        await stage.store.decide(max_, request.request_id, Step.DECLINE)
        media = stage.seerr.world.store.media_of_title("movie", 603)
        assert media is not None
        assert media.status is MediaStatus.AVAILABLE
        assert len(stage.port.writes) == 1

    async def test_caches_are_purged_before_the_reply(
        self, stage: SeerrStage, ann: Actor, max_: Actor
    ) -> None:
        purged: list[tuple[str, ...]] = []
        known = stage.store.desk.purge

        async def purge(*tags: str) -> object:
            purged.append(tags)
            return await known(*tags)

        object.__setattr__(stage.store.desk, "purge", purge)
        request = await made(stage, ann)
        tags = ("requests", "movie:603", f"request:{request.request_id}")
        assert await stage.store.count(EVERYTHING) == 1
        await stage.store.decide(max_, request.request_id, Step.APPROVE)
        assert (await stage.store.media([603]))[603].availability is Availability.PROCESSING
        await stage.store.cancel(max_, request.request_id)
        assert purged == [tags] * 3
        assert await stage.store.count(EVERYTHING) == 0
        stage.port.losses = [Loss.CALL]
        await stage.store.create(ann, WISH)
        assert purged[3:] == [tags[:2]]

    async def test_it_tells_of_no_past(self, stage: SeerrStage, ann: Actor) -> None:
        request = await made(stage, ann)
        assert await stage.store.history(request.request_id) == ()
        assert await stage.store.events(0, most=9) == ()
        assert await stage.store.last_event() == 0


class TestDecisions:
    """Steps whose answers are lost."""

    @pytest.mark.parametrize("loss", [Loss.ANSWER, Loss.PART, Loss.TIME])
    async def test_what_was_decided_is_seen(
        self, stage: SeerrStage, ann: Actor, max_: Actor, loss: Loss
    ) -> None:
        request = await made(stage, ann)
        stage.port.losses = [loss, loss]
        done = await stage.store.decide(max_, request.request_id, Step.APPROVE)
        assert isinstance(done, Changed)
        assert done.request.status is RequestStatus.APPROVED
        assert await stage.store.cancel(max_, request.request_id) == Cancelled(done.request)
        assert len(stage.port.writes) == 3

    @pytest.mark.parametrize("key", [None, "k"])
    async def test_what_comes_true_late_is_ours(
        self, stage: SeerrStage, ann: Actor, max_: Actor, key: str | None
    ) -> None:
        request = await made(stage, ann)
        other = await stage.person("Mia", Role.MANAGER)
        stage.port.losses = [Loss.LATE]
        with pytest.raises(UpstreamTimeoutError):
            await stage.store.decide(max_, request.request_id, Step.APPROVE, key=key)
        with pytest.raises(UpstreamUnavailableError, match="not settled"):
            await stage.store.decide(other, request.request_id, Step.DECLINE)
        await stage.port.arrive()
        done = await stage.store.decide(max_, request.request_id, Step.APPROVE, key=key)
        assert isinstance(done, Changed)
        assert done.request.status is RequestStatus.APPROVED
        assert len(stage.port.writes) == 2

    async def test_what_came_to_nothing_is_sent_again(
        self, stage: SeerrStage, ann: Actor, max_: Actor
    ) -> None:
        request = await made(stage, ann)
        stage.port.losses = [Loss.CALL]
        with pytest.raises(UpstreamError):
            await stage.store.decide(max_, request.request_id, Step.APPROVE)
        done = await stage.store.decide(max_, request.request_id, Step.APPROVE)
        assert isinstance(done, Changed)

    async def test_a_late_deletion_is_ours(self, stage: SeerrStage, ann: Actor) -> None:
        request = await made(stage, ann)
        stage.port.losses = [Loss.LATE]
        with pytest.raises(UpstreamTimeoutError):
            await stage.store.cancel(ann, request.request_id)
        await stage.port.arrive()
        assert await stage.store.cancel(ann, request.request_id) == Cancelled(request)

    @pytest.mark.parametrize("loss", [Loss.CONNECTION])
    async def test_what_was_never_sent_leaves_no_doubt(
        self, stage: SeerrStage, ann: Actor, max_: Actor, loss: Loss
    ) -> None:
        request = await made(stage, ann)
        stage.port.losses = [loss]
        with pytest.raises(UpstreamUnavailableError):
            await stage.store.decide(max_, request.request_id, Step.APPROVE)
        assert isinstance(await stage.store.cancel(ann, request.request_id), Cancelled)

    async def test_seerr_failed(self, stage: SeerrStage, ann: Actor, max_: Actor) -> None:
        request = await made(stage, ann)
        stage.port.instead = [answer(500, b'{"message":"Something went wrong."}')]
        with pytest.raises(UpstreamUnavailableError, match="nothing was done"):
            await stage.store.decide(max_, request.request_id, Step.DECLINE)
        assert isinstance(await stage.store.decide(max_, request.request_id, Step.APPROVE), Changed)

    async def test_seerr_refuses_to_delete(self, stage: SeerrStage, ann: Actor) -> None:
        request = await made(stage, ann)
        words = b'{"message":"You do not have permission to delete this request."}'
        stage.port.instead = [answer(401, words)]
        assert await stage.store.cancel(ann, request.request_id) == NotPermitted()

    async def test_after_it_stands_a_failed_look_fails_nothing(
        self, stage: SeerrStage, ann: Actor, max_: Actor
    ) -> None:
        request = await made(stage, ann)

        def go_deaf(method: str, found: HttpAnswer) -> HttpAnswer:
            stage.port.deaf_reads = int(method == "POST")
            return found

        stage.port.port = MeddledPort(stage.port.port, after=go_deaf)
        done = await stage.store.decide(max_, request.request_id, Step.APPROVE)
        assert isinstance(done, Changed)
        assert done.request.status is RequestStatus.APPROVED
        assert isinstance(await stage.store.create(ann, Wish(tmdb_id=9)), Created)
