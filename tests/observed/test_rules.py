"""What must have happened between two looks; without a database."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings

from gateway.domain.observed import Deed, Look
from gateway.domain.request import Availability, RequestStatus, User
from gateway.domain.request_log import RequestEventKind
from tests.observed import stories
from tests.observed.elsewhere import ANN, MAX, NOW, SCOPE, request
from tests.observed.paper import Paper

K, S = RequestEventKind, RequestStatus
BOB = User(user_id=9, display_name="Bob")


@settings(max_examples=30, deadline=None)
@given(stories.before, stories.steps)
def test_what_is_told_is_true(requests: int, story: list[stories.Step]) -> None:
    """Any order, any part, twice, lost or late."""
    stories.run(stories.tell(Paper(), requests, story))


@pytest.mark.slow
@settings(max_examples=3000, deadline=None)
@given(stories.before, stories.steps)
def test_what_is_told_is_true_in_many_stories(requests: int, story: list[stories.Step]) -> None:
    """As above."""
    stories.run(stories.tell(Paper(), requests, story))


@settings(max_examples=15, deadline=None)
@given(stories.before, stories.moves)
def test_each_change_that_is_looked_at_is_told_once(
    requests: int, moves: list[stories.Step]
) -> None:
    stories.run(stories.tell_all(Paper(), requests, moves))


async def told(paper: Paper, **look: object) -> list[tuple[str, str | None, str | None]]:
    """What one more look adds: kind, state, who."""
    count = len(paper.told)
    since = look.pop("since", paper.book.mark)
    await paper.record(SCOPE, Look(since=since, **look), now=NOW)  # type: ignore[arg-type] # a test's short way
    return [
        (
            each.kind.value,
            each.status.value if each.status else None,
            each.actor.display_name if each.actor else None,
        )
        for each in paper.told[count:]
    ]


async def begun(*requests: object) -> Paper:
    paper = Paper()
    assert await told(paper, requests=requests, is_whole=True) == []
    return paper


CREATED = ("CREATED", "PENDING", "Ann")


@pytest.mark.parametrize(
    ("states", "expected"),
    [
        ((None, S.PENDING), [CREATED]),
        ((None, S.APPROVED), [CREATED, ("APPROVED", "APPROVED", "Max")]),
        ((None, S.DECLINED), [CREATED, ("DECLINED", "DECLINED", "Max")]),
        ((None, S.COMPLETED), [CREATED, ("COMPLETED", "COMPLETED", None)]),
        (
            (None, S.FAILED),
            [CREATED, ("APPROVED", "APPROVED", "Max"), ("FAILED", "FAILED", None)],
        ),
        ((S.PENDING, S.APPROVED), [("APPROVED", "APPROVED", "Max")]),
        (
            (S.PENDING, S.FAILED),
            [("APPROVED", "APPROVED", "Max"), ("FAILED", "FAILED", None)],
        ),
        ((S.PENDING, S.COMPLETED), [("COMPLETED", "COMPLETED", None)]),
        ((S.APPROVED, S.FAILED), [("FAILED", "FAILED", None)]),
        ((S.APPROVED, S.COMPLETED), [("COMPLETED", "COMPLETED", None)]),
        ((S.FAILED, S.APPROVED), [("RETRIED", "APPROVED", None)]),
        ((S.DECLINED, S.PENDING), [CREATED]),
        ((S.PENDING, S.UNKNOWN), []),
        ((None, S.UNKNOWN), []),
        ((S.PENDING, S.PENDING), []),
    ],
)
async def test_ways_from_state_to_state(
    states: tuple[RequestStatus | None, RequestStatus], expected: list[tuple[str, str, str]]
) -> None:
    before, after = states
    paper = await begun(*([request(5, before)] if before else []))
    assert await told(paper, requests=[request(5, after)]) == expected
    assert await told(paper, requests=[request(5, after)]) == []


async def test_an_unreadable_state_is_neither_a_change_nor_its_undoing() -> None:
    paper = await begun(request(5))
    assert await told(paper, requests=[request(5, S.UNKNOWN)]) == []
    assert await told(paper, requests=[request(5)]) == []
    assert await told(paper, requests=[request(5, S.APPROVED)]) == [("APPROVED", "APPROVED", "Max")]


async def test_how_far_a_film_got_is_kept_and_no_event() -> None:
    paper = await begun(request(5, S.APPROVED))
    moved = replace(request(5, S.APPROVED), availability=Availability.PROCESSING)
    assert await told(paper, requests=[moved]) == []
    assert paper.book.rows[5].availability is Availability.PROCESSING


async def test_a_part_never_means_that_the_rest_is_gone() -> None:
    paper = await begun(request(5), request(6))
    assert await told(paper, requests=[]) == []
    assert await told(paper, requests=[request(6)]) == []
    assert await told(paper, gone=[5]) == [("CANCELLED", None, None)]
    assert await told(paper, gone=[5, 7]) == []


async def test_an_old_look_brings_nothing_back() -> None:
    paper = await begun(request(5), request(6))
    old = paper.book.mark
    await told(paper, gone=[5], requests=[request(6, S.APPROVED)])
    assert await told(paper, since=old, requests=[request(5), request(6)]) == []
    recorded = await paper.record(SCOPE, Look(since=old, requests=[request(6)]), now=NOW)
    assert recorded.doubtful == [6]
    old = paper.book.mark
    assert await told(paper, requests=[request(5)]) == [CREATED]  # there again: out of a backup
    assert await told(paper, since=old, gone=[5]) == []


async def test_before_the_first_whole_look_nobody_knows_what_is_new() -> None:
    paper = Paper()
    assert await told(paper, requests=[request(5)]) == []
    assert await told(paper, requests=[request(5), request(6)], is_whole=True) == []
    assert await told(paper, requests=[request(4)]) == []  # hidden until now, but not new
    assert await told(paper, requests=[request(7)]) == [CREATED]


async def test_what_we_made_ourselves_is_new_even_then() -> None:
    paper = Paper()
    deed = Deed(request_id=5, kind=K.CREATED, actor=ANN)
    assert await told(paper, requests=[request(5)], deed=deed) == [CREATED]


async def test_a_store_that_began_anew() -> None:
    """Its first request has a number that another one had."""
    paper = await begun(request(5))
    assert await told(paper, requests=[request(5, tmdb_id=11)]) == [
        ("CANCELLED", None, None),
        CREATED,
    ]


async def test_the_date_of_a_request_is_its_own_unless_it_is_to_come() -> None:
    paper = await begun()
    early, late = NOW - timedelta(days=1), NOW + timedelta(days=1)
    await told(paper, requests=[replace(request(1), created_at=early)])
    await told(paper, requests=[replace(request(2), created_at=late)])
    assert [each.occurred_at for each in paper.told] == [early, NOW]


class TestDeeds:
    """Whose a change is."""

    async def test_whoever_sees_it_first_knows(self) -> None:
        paper = await begun(request(5, S.FAILED), request(6))
        retry = Deed(request_id=5, kind=K.RETRIED, actor=BOB, reason="again")
        await paper.intend(SCOPE, retry, now=NOW)
        await paper.intend(SCOPE, Deed(request_id=6, kind=K.CANCELLED, actor=BOB), now=NOW)
        assert await told(paper, requests=[request(5, S.APPROVED)], gone=[6]) == [
            ("RETRIED", "APPROVED", "Bob"),
            ("CANCELLED", None, "Bob"),
        ]
        assert paper.told[0].reason == "again"
        assert paper.deeds == {}
        assert await told(paper, requests=[request(5, S.APPROVED)], deed=retry) == []

    async def test_somebody_else_s_decision_is_theirs(self) -> None:
        paper = await begun(request(5))
        deed = Deed(request_id=5, kind=K.APPROVED, actor=BOB)
        await paper.intend(SCOPE, deed, now=NOW)
        assert await told(paper, requests=[request(5, S.APPROVED)]) == [
            ("APPROVED", "APPROVED", "Max")
        ]

    async def test_what_was_done_is_told_though_a_machine_was_faster(self) -> None:
        paper = await begun(request(5), request(6, S.FAILED))
        approve = Deed(request_id=5, kind=K.APPROVED, actor=MAX)
        retry = Deed(request_id=6, kind=K.RETRIED, actor=MAX)
        for deed in (approve, retry):
            await paper.intend(SCOPE, deed, now=NOW)
        assert await told(paper, requests=[request(5, S.COMPLETED)]) == [
            ("APPROVED", "APPROVED", "Max"),
            ("COMPLETED", "COMPLETED", None),
        ]
        assert await told(paper, requests=[request(6, S.FAILED)]) == []  # not done yet, perhaps
        assert await told(paper, requests=[request(6, S.FAILED)], deed=retry) == [
            ("RETRIED", "APPROVED", "Max"),
            ("FAILED", "FAILED", None),
        ]
        assert await told(paper, requests=[request(6, S.FAILED)], deed=retry) == []
