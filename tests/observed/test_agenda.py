"""When hints are followed, by a clock that a test moves; and what a body hints at."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.upstreams.seerr.agenda import AGAIN_S, APART_S, MOST, WHOLE_AGAIN_S, Agenda, Subject
from gateway.upstreams.seerr.hints import subjects

hints = st.lists(
    st.tuples(st.sampled_from([0.0, 0.0, 0.01, 0.3, 2.0]), st.none() | st.integers(1, 40)),
    max_size=120,
)


def followed(agenda: Agenda, heard: list[tuple[float, Subject]]) -> Iterator[tuple[float, Subject]]:
    """Every look and its moment, until nothing is left."""
    now_s, left = 100.0, list(heard)
    while True:
        due = agenda.next(now_s)
        if due is not None:
            yield now_s, due[0]
            continue
        wait_s = agenda.wait_s(now_s)
        if left:
            pause_s, subject = left.pop(0)
            if wait_s is not None and wait_s <= pause_s:
                left.insert(0, (pause_s - wait_s, subject))
                now_s += wait_s
                continue
            now_s += pause_s
            agenda.hear(subject, now_s)
        elif wait_s is None:
            return
        else:
            now_s += max(wait_s, 1e-9)


@settings(max_examples=25, deadline=None)
@given(hints)
def test_looks_are_rare_whatever_is_heard(heard: list[tuple[float, Subject]]) -> None:
    looks = list(followed(Agenda(), heard))
    for (before_s, _), (after_s, _) in pairwise(looks):
        assert after_s - before_s >= APART_S - 1e-6
    last: dict[Subject, float] = {}
    for at_s, subject in looks:
        again_s = WHOLE_AGAIN_S if subject is None else AGAIN_S
        assert at_s - last.get(subject, -99.0) >= again_s - 1e-6
        last[subject] = at_s
    subjects = {subject for _, subject in looks}
    assert None in subjects or {subject for _, subject in heard} <= subjects


@settings(max_examples=25, deadline=None)
@given(hints)
def test_what_is_heard_is_looked_at_afterwards(heard: list[tuple[float, Subject]]) -> None:
    """By a look at it, or at everything."""
    now_s, moments = 100.0, []
    for pause_s, subject in heard:
        now_s += pause_s
        moments.append((now_s, subject))
    looks = list(followed(Agenda(), heard))
    for at_s, subject in moments:
        assert any(look_s >= at_s - 1e-6 and seen in (subject, None) for look_s, seen in looks), (
            at_s,
            subject,
        )


def test_a_minute_s_flood_in_figures() -> None:
    """A hundred hints a second: of one request 60 looks, of ever new ones 12 at everything."""
    one = Counter(subject for _, subject in followed(Agenda(), [(0.01, 7)] * 6000))
    assert one == {7: 61}
    many = Counter(
        "one" if subject else "all"
        for _, subject in followed(Agenda(), [(0.01, n) for n in range(1, 6001)])
    )
    assert many["all"] <= 13
    assert many["one"] <= 13 * MOST * 0.01 / APART_S + 13


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"request": {"request_id": "5"}}, [5]),
        ({"request": {"request_id": 5}}, [5]),
        ({"Request": {"ID": " 5 "}}, [5]),
        ({"a": {"b": {"requestId": "5"}}}, [5]),
        ({"request": {"request_id": ""}}, [None]),
        ({"request": {"request_id": "5; DROP"}}, [None]),
        ({"request": {"request_id": "-5"}}, [None]),
        ({"request": {"request_id": True}}, [None]),
        ({"request": {"request_id": "9" * 11}}, [None]),
        ({"request": {"request_id": "\N{SUPERSCRIPT TWO}"}}, [None]),
        ({"media": {"tmdbId": "603"}}, [None]),
        ({"notification_type": "TEST_NOTIFICATION"}, []),
        ({"Notification-Type": "issue_created", "request": {"request_id": "5"}}, []),
        ({"media": {"media_type": "tv"}, "request": {"request_id": "5"}}, []),
        ({"media": {"media_type": "movie"}, "request": {"request_id": "5"}}, [5]),
        ([], [None]),
        ("5", [None]),
        (None, [None]),
    ],
)
def test_what_a_body_hints_at(body: object, expected: list[Subject]) -> None:
    assert list(subjects(json.dumps(body).encode())) == expected


@pytest.mark.parametrize(
    "body", [b"", b"{", b"\xff", b"[" * 60_000, b'{"a":' * 10_000 + b"1" + b"}" * 10_000]
)
def test_what_is_no_json_hints_at_everything(body: bytes) -> None:
    assert list(subjects(body)) == [None]


@settings(max_examples=25, deadline=None)
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(st.sampled_from(["request_id", "id", "request", "x"]), inner)
        ),
    )
)
def test_no_body_is_too_odd(body: object) -> None:
    found = list(subjects(json.dumps(body).encode()))
    assert len(found) <= 1
    assert all(each is None or each >= 0 for each in found)
