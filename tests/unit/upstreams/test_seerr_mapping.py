"""Films only, known states only, and nobody's e-mail address."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.domain.request import Availability, MediaState, RequestStatus
from gateway.telemetry import unknown_values
from gateway.upstreams.seerr.mapping import (
    to_availability,
    to_media_state,
    to_media_states,
    to_request,
    to_request_status,
    to_user,
)
from gateway.upstreams.seerr.wire import SeerrMe, SeerrMedia, SeerrRequest, SeerrUser

REQUEST: dict[str, object] = {
    "id": 7,
    "status": 2,
    "type": "movie",
    "is4k": False,
    "createdAt": "2026-01-01T10:00:00.000Z",
    "updatedAt": "2026-01-02T10:00:00.000Z",
    "media": {"tmdbId": 603, "mediaType": "movie", "status": 5, "status4k": 3},
    "requestedBy": {"id": 2, "displayName": "Trinity", "email": "t@zion.example"},
    "modifiedBy": {"id": 1, "displayName": "Admin"},
}


def _request(**fields: object) -> SeerrRequest:
    return SeerrRequest.model_validate_json(json.dumps({**REQUEST, **fields}))


def _user(**fields: object) -> SeerrUser:
    return SeerrUser.model_validate_json(json.dumps({"id": 9, **fields}))


def _media(tmdb_id: int, status: int | None, status_4k: int | None = None) -> SeerrMedia:
    row = {"tmdbId": tmdb_id, "mediaType": "movie", "status": status, "status4k": status_4k}
    return SeerrMedia.model_validate_json(json.dumps(row))


def test_a_request_in_full() -> None:
    found = to_request(_request())
    assert found is not None
    assert (found.request_id, found.tmdb_id, found.status) == (7, 603, RequestStatus.COMPLETED)
    assert found.availability is Availability.AVAILABLE
    assert (found.created_at.day, found.updated_at.day) == (1, 2)
    assert found.requested_by is not None
    assert found.decided_by is not None
    assert (found.requested_by.display_name, found.decided_by.user_id) == ("Trinity", 1)


def test_4k_is_a_track_of_its_own() -> None:
    found = to_request(_request(is4k=True))
    assert found is not None
    assert found.is_4k
    assert found.availability is Availability.PROCESSING


def test_an_approved_film_that_came_home_is_done() -> None:
    """Seerr leaves those approved for ever that still waited then."""
    states = {}
    for status in (1, 2, 4):
        found = to_request(_request(status=status))
        assert found is not None
        states[status] = found.status
    s = RequestStatus
    assert states == {1: s.PENDING, 2: s.COMPLETED, 4: s.FAILED}


def test_versions_tell_states_apart() -> None:
    other = {"id": 3, "displayName": "Mina"}
    found = [
        to_request(_request(status=status, modifiedBy=by))
        for status in range(1, 6)
        for by in (None, REQUEST["modifiedBy"], other)
    ]
    versions = {each.version for each in found if each}
    assert len(versions) == 15
    assert all(0 <= each < 2**31 for each in versions)


def test_nobody_decided_a_pending_request() -> None:
    found = to_request(_request(status=1))
    assert found is not None
    assert found.decided_by is None


@pytest.mark.parametrize(
    "fields",
    [
        {"type": "tv"},
        {"type": None, "media": {"tmdbId": 1, "mediaType": "tv"}},
        {"type": None, "media": {"tmdbId": 1}},
        {"media": None},
        {"media": {"tmdbId": None, "mediaType": "movie"}},
        {"createdAt": None, "updatedAt": ""},
    ],
)
def test_what_is_no_request_for_a_certain_film_is_left_out(fields: dict[str, object]) -> None:
    assert to_request(_request(**fields)) is None


def test_one_date_stands_for_the_other() -> None:
    found = to_request(_request(createdAt="yesterday"))
    assert found is not None
    assert found.created_at == found.updated_at


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"displayName": "Neo"}, "Neo"),
        ({"displayName": "  Neo "}, "Neo"),
        ({"displayName": ""}, "User 9"),
        ({"displayName": None}, "User 9"),
        ({}, "User 9"),
        ({"displayName": "neo@zion.example"}, "User 9"),
        ({"displayName": "neo@zion.example", "email": "neo@zion.example"}, "User 9"),
        ({"displayName": "Neo", "email": "neo"}, "User 9"),
        ({"displayName": "Neo", "email": "neo@zion.example"}, "Neo"),
        ({"displayName": 5, "email": "neo@zion.example"}, "User 9"),
    ],
)
def test_an_address_is_nobodys_name(fields: dict[str, object], name: str) -> None:
    user = _user(**fields)
    assert to_user(user).display_name == name
    kept = SeerrUser.model_validate_json(user.model_dump_json(by_alias=True, exclude_unset=True))
    assert to_user(kept).display_name == name


@given(st.emails(), st.text(max_size=30))
def test_no_address_gets_past_the_wire(email: str, name: str) -> None:
    user = _user(displayName=name, email=email)
    assert user.email is None
    assert email not in repr(user)
    assert "email" not in user.model_dump_json(by_alias=True)
    assert "@" not in to_user(user).display_name


def test_the_viewer_is_a_user_too() -> None:
    me = SeerrMe.model_validate_json('{"id": 3, "displayName": "M", "permissions": 2}')
    assert to_user(me).user_id == 3
    assert "permissions" not in me.model_dump_json()


def test_states_by_number() -> None:
    assert [to_request_status(number) for number in range(1, 6)] == [
        RequestStatus.PENDING,
        RequestStatus.APPROVED,
        RequestStatus.DECLINED,
        RequestStatus.FAILED,
        RequestStatus.COMPLETED,
    ]
    assert [to_availability(number) for number in range(1, 8)] == [
        Availability.UNKNOWN,
        Availability.PENDING,
        Availability.PROCESSING,
        Availability.PARTIALLY_AVAILABLE,
        Availability.AVAILABLE,
        Availability.BLOCKLISTED,
        Availability.DELETED,
    ]


def test_unknown_numbers_are_unknown_and_counted_but_missing_ones_are_not() -> None:
    before = unknown_values.total()
    assert to_request_status(6) is RequestStatus.UNKNOWN
    assert to_availability(0) is Availability.UNKNOWN
    assert unknown_values.total() == before + 2
    assert to_request_status(None) is RequestStatus.UNKNOWN
    assert to_availability(None) is Availability.UNKNOWN
    assert unknown_values.total() == before + 2


def test_of_several_rows_each_track_shows_the_nearest() -> None:
    rows = [_media(1, 2, 5), _media(1, 5, 1), _media(2, 7), _media(2, 99), _media(3, 6)]
    assert to_media_states(rows) == {
        1: MediaState(
            tmdb_id=1,
            availability=Availability.AVAILABLE,
            availability_4k=Availability.AVAILABLE,
        ),
        2: MediaState(tmdb_id=2, availability=Availability.DELETED),
        3: MediaState(tmdb_id=3, availability=Availability.BLOCKLISTED),
    }


def test_a_series_has_no_state() -> None:
    row = SeerrMedia.model_validate_json('{"tmdbId": 1, "mediaType": "tv", "status": 5}')
    assert to_media_state(row) is None
    assert to_media_states([row]) == {}
