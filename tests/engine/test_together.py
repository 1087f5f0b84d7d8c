"""All rules as one: they say the same as side by side, and leave nothing behind."""

from __future__ import annotations

import gc

import pytest
from graphql import GraphQLError, build_schema, parse, specified_rules, validate
from graphql.validation import ASTValidationRule

from gateway.engine.together import Together, errors_of

SCHEMA = build_schema(
    """
    type Query { film(id: ID!, size: Int = 3): Film, films(first: Int): [Film!]! }
    interface Named { name: String }
    type Film implements Named { name: String, year: Int, of(kind: Kind!): Named }
    enum Kind { A B }
    """
)
GOOD = (
    "{ film(id: 1) { name year of(kind: A) { name ...F } } } fragment F on Film { year }",
    "query ($n: Int) { films(first: $n) { name } a: films(first: $n) { of(kind: B) { name } } }",
)
DOCUMENTS = (
    *GOOD,
    "{ film { name } }",
    "{ film(id: 1, id: 2, more: 3) { nothing year { deeper } } films }",
    "query A { films { a: name a: year } } query A { films { ...G } }",
    "query ($n: Int, $n: Int, $x: None) { films(first: $n) { of(kind: C) { name @skip } } }",
    "fragment F on Film { ...G } fragment G on Film { ...F } { films { ...F ... on Kind { a } } }",
    "{ films { name name name ...Missing } } fragment Unused on Named { name }",
    "{ a b c d e f g h i j k l m n }",
)


@pytest.mark.parametrize("text", DOCUMENTS)
@pytest.mark.parametrize("most", [1, 10])
def test_they_say_what_graphql_core_says(text: str, most: int) -> None:
    document = parse(text)
    expected = validate(SCHEMA, document, specified_rules, max_errors=most)
    found = errors_of(SCHEMA, document, specified_rules, most)
    assert [*map(_told, found)] == [*map(_told, expected)]


def test_no_rule_waits_for_the_collector() -> None:
    gc.collect()
    gc.disable()
    try:
        for text in GOOD:
            errors_of(SCHEMA, parse(text), specified_rules, 10)
        alive = {type(each) for each in gc.get_objects() if isinstance(each, ASTValidationRule)}
        assert alive <= {Together}
    finally:
        gc.enable()


def _told(error: GraphQLError) -> object:
    return error.message, error.locations
