"""What is remembered of an operation, and under which name."""

from __future__ import annotations

import pytest
from graphql import OperationDefinitionNode, parse

from gateway.engine.documents import Documents
from gateway.engine.execute import Engine, Outcome
from gateway.engine.limits import Limits
from gateway.engine.prepared import MOST_REMEMBERED, Prepared
from gateway.schema import build_schema

SCHEMA = build_schema()._schema
TWO = "query a { genres { id } } query b { genres { name } }"


def prepared(text: str = "{ genres { id } }") -> Prepared:
    document = parse(text)
    (operation,) = document.definitions
    assert isinstance(operation, OperationDefinitionNode)
    return Prepared(document, operation, text)


def test_an_operation_is_prepared_once_whether_it_is_named_or_not() -> None:
    document = Documents(SCHEMA, Limits()).read("query a { genres { id } }")
    assert document.prepared(None) is document.prepared("a")
    assert document.prepared("b") is None


def test_operations_of_one_document_have_keys_of_their_own() -> None:
    document = Documents(SCHEMA, Limits()).read(TWO)
    first, second = document.prepared("a"), document.prepared("b")
    assert first is not None
    assert second is not None
    assert first.key != second.key
    assert document.prepared(None) is None


def test_a_key_is_the_same_in_every_process() -> None:
    assert prepared().key == "93fb6072e07fbd594cae3f6f3b2d04985a9b0dd1e99581878f7550a194479bdf"


def test_what_was_made_is_remembered_and_the_oldest_is_forgotten() -> None:
    one = prepared()
    made: list[int] = []

    def note(number: int) -> int:
        made.append(number)
        return number

    for number in [*range(MOST_REMEMBERED), 0, MOST_REMEMBERED, 0, 1]:
        assert one.remember(number, lambda number=number: note(number)) == number
    assert made == [*range(MOST_REMEMBERED + 1), 1]


def test_a_failed_making_is_not_remembered() -> None:
    one = prepared()

    def fail() -> int:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        one.remember("a", fail)
    assert one.remember("a", lambda: 2) == 2


def test_what_may_not_run_is_an_outcome() -> None:
    engine = Engine(SCHEMA, Limits())
    for text, name, code in (
        ("{ genres {", None, "GRAPHQL_PARSE_FAILED"),
        ("{ nothing }", None, "GRAPHQL_VALIDATION_FAILED"),
        (TWO, None, "OPERATION_RESOLUTION_FAILURE"),
        (TWO, "c", "OPERATION_RESOLUTION_FAILURE"),
    ):
        refused = engine.prepare(text, name)
        assert isinstance(refused, Outcome)
        assert not refused.executed
        assert refused.body["errors"][0]["extensions"]["code"] == code
    assert isinstance(engine.prepare(TWO, "a"), Prepared)
