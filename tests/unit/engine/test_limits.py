"""The limits are settings, and each refusal names one and says what to change."""

from __future__ import annotations

from dataclasses import fields, replace

import pytest
from graphql import parse

from gateway.engine.limits import Limits, exceeded
from gateway.engine.measure import check
from gateway.engine.reading import Reader
from gateway.errors import LimitError
from gateway.schema import build_schema
from gateway.settings import GatewaySettings

SCHEMA = build_schema()._schema
DEEP = "{ genres { ...a } } fragment a on Genre { id ...b } fragment b on Genre { name tmdbId }"


def test_each_limit_is_a_setting_with_the_same_default() -> None:
    assert Limits.of(GatewaySettings.from_environ({})) == Limits()
    names = [each.name for each in fields(Limits)]
    environ = {f"GATEWAY_{name.upper()}": str(60 + at) for at, name in enumerate(names, start=1)}
    environ |= {"GATEWAY_MAX_VALUE_DEPTH": "7", "GATEWAY_MAX_DOCUMENT_CHARS": "777"}
    environ |= {"GATEWAY_MAX_OVERLAPS": "888"}
    given = Limits.of(GatewaySettings.from_environ(environ))
    assert {n: getattr(given, n) for n in names} == {
        n: int(environ[f"GATEWAY_{n.upper()}"]) for n in names
    }


@pytest.mark.parametrize(
    ("limit", "enough"),
    [
        ("max_definitions", 3),
        ("max_depth", 2),
        ("max_fields", 4),
        ("max_nesting", 4),
        ("max_tokens", 24),
        ("max_document_chars", len(DEEP)),
    ],
)
def test_a_limit_lets_through_what_it_says_and_no_more(limit: str, enough: int) -> None:
    assert Reader(SCHEMA, replace(Limits(), **{limit: enough})).read(DEEP) == parse(DEEP)
    refused = Reader(SCHEMA, replace(Limits(), **{limit: enough - 1})).read(DEEP)
    assert isinstance(refused, list)
    (error,) = refused
    assert isinstance(error, LimitError)
    assert error.most == enough - 1
    assert error.extensions == {"code": error.limit.value, "limit": enough - 1}
    assert "allowed. " in str(error)
    assert str(error).endswith(".")


def test_what_fragments_multiply_is_reckoned_not_written_out() -> None:
    """Each node is looked at once, however often it counts."""

    def doubled(size: int) -> str:
        parts = [f"fragment f{i} on Genre {{ id ...f{i + 1} ...f{i + 1} }}" for i in range(size)]
        return " ".join(["{ genres { ...f0 } }", *parts, f"fragment f{size} on Genre {{ name }}"])

    most = replace(Limits(), max_fields=10**9)
    ten, twenty = (check(parse(doubled(size)), most) for size in (10, 20))
    assert twenty - ten == 10 * 3
    with pytest.raises(LimitError, match="1048576 fields"):  # 2^19 - 1 ids, 2^19 names, genres
        check(parse(doubled(19)), replace(Limits(), max_fields=10**5))


def test_numbers_beyond_a_billion_are_not_written_out() -> None:
    error = exceeded("max_fields", Limits(), 10**400)
    assert "a billion or more fields" in str(error)


def test_a_fragment_in_a_circle_is_left_to_validation() -> None:
    circle = "{ genres { ...a } } fragment a on Genre { ...b } fragment b on Genre { ...a }"
    errors = Reader(SCHEMA, Limits()).read(circle)
    assert isinstance(errors, list)
    assert "Cannot spread fragment 'a' within itself via 'b'." in [e.message for e in errors]
