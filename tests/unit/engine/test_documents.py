"""What is refused before it runs, by which limit, and for how much work."""

from __future__ import annotations

import sys
from types import FrameType

import pytest

from gateway.engine.documents import Documents
from gateway.engine.limits import Limits
from gateway.errors import GatewayError, QueryRejectedError
from gateway.schema import build_schema

SCHEMA = build_schema()._schema


def documents() -> Documents:
    return Documents(SCHEMA, Limits())


def work(text: str) -> int:
    """Python calls that reading a document takes."""
    calls = 0

    def count(_frame: FrameType, event: str, _argument: object) -> None:
        nonlocal calls
        calls += event == "call"

    unread = documents()
    sys.setprofile(count)
    try:
        unread.read(text)
    finally:
        sys.setprofile(None)
    return calls


def bomb(size: int) -> str:
    """Fragments that each spread the next one twice: 2 to the power of ``size`` if expanded."""
    parts = [f"fragment f{i} on Genre {{ id ...f{i + 1} ...f{i + 1} }}" for i in range(size)]
    return "\n".join(["{ genres { ...f0 } }", *parts, f"fragment f{size} on Genre {{ name }}"])


DEEP = (
    "{ charts(chart: POPULAR) { nodes { " + "similar { nodes { " * 6 + "id" + " } }" * 6 + " } } }"
)
REFUSED = {
    "depth": (DEEP, "15 levels"),
    "tokens": ("{ genres { " + "id " * 2000 + "} }", "2000 tokens"),
    "aliases": ("{ " + " ".join(f"g{n}: genres {{ id }}" for n in range(31)) + " }", "31 aliases"),
    "repeated fragments": (
        "{ genres { ...a ...a ...a ...a } } "
        "fragment a on Genre { " + " ".join(f"n{n}: name" for n in range(8)) + " }",
        "32 aliases",
    ),
    "directives": (
        "{ genres { " + " ".join("id @include(if: true)" for _ in range(20)) + " } "
        "charts(chart: POPULAR) { nodes { "
        + " ".join("id @include(if: true)" for _ in range(20))
        + " } } upstreams { "
        + " ".join("name @include(if: true)" for _ in range(11))
        + " } }",
        "51 directives",
    ),
    "repeats": ("{ genres { " + "id " * 21 + "} }", "21 times"),
    "chain of fragments": (bomb(61), "inside each other"),
}


@pytest.mark.parametrize("kind", REFUSED)
def test_a_document_over_a_limit_is_refused_by_name(kind: str) -> None:
    text, told = REFUSED[kind]
    read = documents().read(text)
    assert read.node is None
    (error,) = read.errors
    assert isinstance(error, QueryRejectedError)
    assert told in str(error)
    assert "allowed" in str(error)


@pytest.mark.parametrize(
    "text",
    [
        "{a" * 500 + "}" * 500,
        "{ genres { " + "... { " * 400 + "id" + " }" * 400 + " } }",
        "{ search(query: " + "[" * 500 + "]" * 500 + ") { totalCount } }",
        "{ movie(by: " + "{id: " * 400 + "1" + "}" * 400 + ") { id } }",
        "{ genres { ...a } } fragment a on Genre { ...b } fragment b on Genre { ...a }",
        "{ genres { ...a } } fragment a on Genre { ...a }",
        "{ __schema { types { fields { type { fields { type { fields { name } } } } } } } }",
        "query(" + " ".join(f"$v{n}: Int" for n in range(400)) + ") { genres { id } }",
        "",
        "#" * 1000,
        "{",
        "\x00",
        "query",
        "type Query { a: Int }",
        "fragment a on Genre { id }",
        "mutation { a }",
        "subscription { a }",
    ],
)
def test_hostile_documents_are_errors_never_exceptions(text: str) -> None:
    read = documents().read(text)
    assert read.node is None
    assert 1 <= len(read.errors) <= 21
    assert not any(isinstance(e, GatewayError) and e.code == GatewayError.code for e in read.errors)


def test_nested_fragments_cost_no_more_than_they_are_long() -> None:
    """Twice the document, twice the work; expanded it would be a million times as much."""
    assert work(bomb(40)) < 3 * work(bomb(20))


def test_what_graphiql_asks_of_the_schema_is_allowed() -> None:
    from graphql import get_introspection_query  # noqa: PLC0415 - used here only

    assert documents().read(get_introspection_query(input_value_deprecation=True)).node is not None


def test_a_good_document_is_read_once() -> None:
    known = documents()
    assert known.read("{ genres { id } }") is known.read("{ genres { id } }")


def test_bad_and_long_documents_are_not_kept() -> None:
    """Five hundred of them, of 256 KB each, must not stay in memory."""
    known = documents()
    known.read("{ nothing }")
    known.read("{ genres { id } } #" + "x" * 30_000)
    assert not known._known


def test_a_stream_of_unique_documents_flushes_none_that_is_used() -> None:
    known = documents()
    used = known.read("{ genres { name } }")
    known.read("{ genres { name } }")
    for number in range(320):
        known.read(f"query q{number} {{ genres {{ id }} }}")
    assert 150 < len(known._known) < 200
    assert "query q319 { genres { id } }" in known._known
    assert "query q0 { genres { id } }" not in known._known
    assert known.read("{ genres { name } }") is used


def test_an_operation_is_found_by_its_name_only_where_it_must() -> None:
    two = documents().read("query a { genres { id } } query b { genres { name } }")
    one = documents().read("query a { genres { id } }")
    found = two.operation("b")
    assert found is not None
    assert found.name is not None
    assert found.name.value == "b"
    assert two.operation(None) is None
    assert two.operation("c") is None
    assert one.operation(None) is not None
    assert one.operation("b") is None
