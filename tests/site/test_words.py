"""Figures, moments and states as people read them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.domain.request import Availability, RequestStatus
from gateway.domain.role import Role
from gateway.domain.viewer import Viewer
from gateway.web.site import standing, words
from gateway.web.site.forms import local
from gateway.web.site.gauges import gauges

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def viewer(role: Role) -> Viewer:
    return Viewer(id="key:1", display_name="Somebody", role=role)


@pytest.mark.parametrize(
    ("past", "expected"),
    [
        (timedelta(seconds=3), "just now"),
        (timedelta(seconds=-3), "just now"),
        (timedelta(seconds=50), "less than a minute ago"),
        (timedelta(minutes=1), "1 minute ago"),
        (timedelta(hours=26), "1 day ago"),
        (timedelta(days=59), "on 1 January 2026"),
    ],
)
def test_moments(past: timedelta, expected: str) -> None:
    assert words.ago(NOW - past, NOW) == expected


def test_figures() -> None:
    assert [words.runtime(each) for each in (59, 60, 136)] == ["59 min", "1 h", "2 h 16 min"]
    assert [words.clock(each) for each in (9, 145, 3725)] == ["0:09", "2:25", "1:02:05"]
    assert [words.count(each) for each in (7, 999, 1000, 2_350_553)] == ["7", "999", "1K", "2.4M"]
    assert words.money(63_000_000) == "$63M"
    assert [words.score(8.24, 10), words.score(87.6, 100)] == ["8.2/10", "88%"]
    assert [words.initials(each) for each in ("Cher", "Carrie-Anne Moss", "")] == ["C", "CM", ""]
    assert words.host("https://www.films.example/603") == "films.example"
    assert words.until(NOW + timedelta(hours=5), NOW) == "in 5 hours"
    assert words.until(NOW, NOW) == "now"


@pytest.mark.parametrize(
    ("status", "role", "is_own", "expected"),
    [
        ("PENDING", Role.MANAGER, False, ["Approve", "Decline"]),
        ("PENDING", Role.ADMIN, True, ["Approve", "Decline", "Take back"]),
        ("PENDING", Role.REQUESTER, True, ["Take back"]),
        ("PENDING", Role.REQUESTER, False, []),
        ("APPROVED", Role.REQUESTER, True, []),
        ("APPROVED", Role.MANAGER, False, ["Remove"]),
        ("FAILED", Role.MANAGER, False, ["Try again", "Remove"]),
        ("PENDING", None, False, []),
    ],
)
def test_what_somebody_may_do(
    status: str, role: Role | None, *, is_own: bool, expected: list[str]
) -> None:
    request = SimpleNamespace(status=RequestStatus(status), availability=None)
    somebody = None if role is None else viewer(role)
    found = standing.acts(request, somebody, is_own=is_own)
    assert [each.title for each in found] == expected


def test_every_state_has_words() -> None:
    for status in RequestStatus:
        for availability in (None, *Availability):
            request = SimpleNamespace(status=status, availability=availability)
            assert standing.standing(request)[0]
    assert set(standing.LIBRARY) == set(Availability)


def test_who_may_ask() -> None:
    ruth = viewer(Role.REQUESTER)
    assert standing.may_ask(ruth, Availability.UNKNOWN, None)
    assert standing.may_ask(ruth, Availability.DELETED, RequestStatus.DECLINED)
    assert not standing.may_ask(ruth, Availability.UNKNOWN, RequestStatus.FAILED)
    assert not standing.may_ask(ruth, Availability.AVAILABLE, None)
    assert not standing.may_ask(viewer(Role.VIEWER), Availability.UNKNOWN, None)
    assert not standing.may_ask(None, Availability.UNKNOWN, None)


def test_shares_of_nothing_are_none() -> None:
    assert [each.share for each in gauges({})][:2] == [None, None]
    found = gauges({"hit_memory": 6, "hit_redis": 3, "miss": 1, "redis_failures": 2})
    assert (found[0].shown, found[0].share) == ("90%", 0.9)
    assert found[-1].shown == "2 failed"


@given(st.text(alphabet=st.sampled_from("/\\ab:.?=#\r\n\t @é%"), max_size=12))
def test_no_form_leads_elsewhere(path: str) -> None:
    found = local(path)
    assert found.startswith("/")
    assert not found.startswith(("//", "/\\"))
    assert "\n" not in found
    assert found in {path, "/"}
