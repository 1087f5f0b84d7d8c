"""Refusals are told apart by their messages, and none lets internals out."""

from __future__ import annotations

import json

import pytest

from gateway.transport.port import HttpAnswer
from gateway.upstreams.seerr.refusals import UNSAID, Why, read_refusal, safe

DENIED = "You do not have permission to make movie requests."


def _answer(status: int, body: object) -> HttpAnswer:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return HttpAnswer(status=status, headers={}, body=raw)


@pytest.mark.parametrize(
    ("status", "body", "why"),
    [
        (403, {"message": "Movie Quota exceeded."}, Why.QUOTA),
        (403, {"message": "This media is blocklisted."}, Why.BLOCKLISTED),
        (403, {"message": "This media is blacklisted."}, Why.BLOCKLISTED),
        (403, {"message": DENIED}, Why.NOT_PERMITTED),
        (403, {"message": DENIED.replace("movie", "4K movie")}, Why.NOT_PERMITTED),
        (403, {"message": "invalid csrf token"}, Why.CSRF),
        (403, {"status": 403, "error": "You do not have permission to access this"}, Why.GATE),
        (403, {"message": "The moon is full"}, Why.OTHER),
        (409, {"message": "Request for this media already exists."}, Why.DUPLICATE),
        (409, {"message": "Said otherwise in another release"}, Why.DUPLICATE),
        (404, {"message": "Request not found."}, Why.GONE),
        (404, {"message": "not found", "errors": []}, Why.OTHER),
        (401, {"message": "You do not have permission to delete this."}, Why.NOT_PERMITTED),
        (401, {"message": "cookie 'connect.sid' required", "errors": []}, Why.KEY),
        (202, {"message": "No seasons available to request"}, Why.OTHER),
        (400, {"message": "request.body.is4k should be boolean"}, Why.OTHER),
        (415, {"message": "unsupported media type"}, Why.OTHER),
        (
            500,
            {
                "message": "[TMDB] Failed to fetch movie details: "
                "Request failed with status code 404"
            },
            Why.MOVIE_UNKNOWN,
        ),
        (500, {"message": "[TMDB] Failed to fetch movie details: socket hang up"}, Why.TMDB_AWAY),
        (
            500,
            {
                "message": "[TMDB] Failed to fetch movie details: "
                "Request failed with status code 429"
            },
            Why.TMDB_AWAY,
        ),
        (500, {"message": "SQLITE_BUSY: database is locked"}, Why.BROKEN),
        (500, b"<html>", Why.BROKEN),
    ],
)
def test_each_message(status: int, body: object, why: Why) -> None:
    found = read_refusal(_answer(status, body))
    assert found is not None
    assert found.why is why


@pytest.mark.parametrize("status", [200, 201, 204])
def test_what_was_done_is_no_refusal(status: int) -> None:
    assert read_refusal(_answer(status, b"")) is None


@pytest.mark.parametrize("body", [b"", b"[1]", b'"x"', b'{"message": 7}', b"\xff", b"[" * 9999])
def test_any_body_is_read(body: bytes) -> None:
    for status in (202, 400, 401, 404, 409, 500):
        found = read_refusal(_answer(status, body))
        assert found is not None
        assert found.message == UNSAID


@pytest.mark.parametrize(
    "message", ["No seasons available to request", "Requests are closed until Monday."]
)
def test_sentences_are_passed_on(message: str) -> None:
    assert safe(message) == message


@pytest.mark.parametrize(
    "message",
    [
        None,
        "",
        "SQLITE_CONSTRAINT: UNIQUE constraint failed: media.tmdbId",
        'Could not find any entity of type "User" matching: {\n "where": {"id": 7}}',
        "Cannot read properties of undefined (reading 'filter')",
        "connect ECONNREFUSED 10.0.0.7:7878",
        "Radarr at http://radarr.lan:7878/api said no",
        "Mail to ann@marquee.example failed",
        "/app/config/db.sqlite3 is full",
        "Timeout of 10000ms exceeded",
        "A" * 200,
        "Two\nlines of text",
        "<script>alert(1)</script>",
    ],
)
def test_internals_stay_inside(message: str | None) -> None:
    assert safe(message) == UNSAID
