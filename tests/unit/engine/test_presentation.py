"""What of an error reaches a client."""

from __future__ import annotations

import logging

import pytest
from graphql import GraphQLError, GraphQLSyntaxError, Source

from gateway.engine.presentation import LONGEST, MASKED, of_field, of_gateway, of_request
from gateway.errors import BadUserInputError, QueryRejectedError, UpstreamRateLimitedError


def test_our_own_error_is_shown_with_its_code() -> None:
    cause = UpstreamRateLimitedError("tmdb", "movie", "asked us to slow down", retry_after_s=1.5)
    shown = of_field(GraphQLError("raw", path=["movie"], original_error=cause))
    assert shown["path"] == ["movie"]
    assert shown["message"] == "tmdb: movie: asked us to slow down"
    assert shown["extensions"] == {
        "code": "UPSTREAM_RATE_LIMITED",
        "upstream": "tmdb",
        "retryable": True,
        "retryAfterMs": 1500,
    }


def test_anything_unplanned_is_masked_and_logged(caplog: pytest.LogCaptureFixture) -> None:
    cause = RuntimeError("https://api.example/?key=secret")
    with caplog.at_level(logging.ERROR):
        shown = of_field(GraphQLError(str(cause), path=["movie"], original_error=cause))
    assert shown["message"] == MASKED
    assert shown["extensions"] == {"code": "INTERNAL_SERVER_ERROR"}
    assert "secret" not in str(shown)
    assert "unplanned error in a resolver" in caplog.text


def test_the_executors_own_errors_are_the_callers() -> None:
    shown = of_field(GraphQLError("Argument 'id' of non-null type 'ID!' must not be null."))
    assert shown["extensions"] == {"code": "BAD_USER_INPUT"}


def test_errors_before_execution_have_no_path() -> None:
    syntax = of_request(GraphQLSyntaxError(Source("{"), 0, "bad"), "GRAPHQL_VALIDATION_FAILED")
    assert syntax["extensions"] == {"code": "GRAPHQL_PARSE_FAILED"}
    other = of_request(GraphQLError("unknown"), "GRAPHQL_VALIDATION_FAILED")
    assert other["extensions"] == {"code": "GRAPHQL_VALIDATION_FAILED"}
    assert "path" not in of_request(QueryRejectedError("too deep"), "unused")


def test_a_partial_error_tells_where() -> None:
    shown = of_gateway(BadUserInputError("no", argument="first"), ["nodes", 3])
    assert shown == {
        "message": "no",
        "path": ["nodes", 3],
        "extensions": {"code": "BAD_USER_INPUT", "argument": "first"},
    }


def test_the_interpreters_words_are_left_out() -> None:
    with pytest.raises(ValueError, match="sys") as caught:
        int("9" * 5000)
    cause = caught.value
    raw = f"Expected value of type 'Int', but encountered error '{cause}'; found: 9."
    shown = of_request(GraphQLError(raw, original_error=cause), "X")
    assert shown["message"] == "Expected value of type 'Int'; found: 9."
    odd = of_request(GraphQLError(f"odd: {cause}", original_error=cause), "X")
    assert odd["message"] == MASKED


def test_a_long_message_keeps_both_ends() -> None:
    shown = str(of_field(GraphQLError(f"Unknown {'x' * 5000} on 'Query'."))["message"])
    assert len(shown) == LONGEST
    assert shown.startswith("Unknown xx")
    assert shown.endswith("xx on 'Query'.")
