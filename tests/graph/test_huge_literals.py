"""A literal of five thousand characters, wherever one may stand: a short answer in our words."""

from __future__ import annotations

import pytest

from gateway.engine.presentation import LONGEST
from tests.graph.stage import Stage

DIGITS, LETTERS = "9" * 5000, "A" * 5000
BIG_FLOAT = float("9" * 300)

OPERATIONS = {
    "whole number": f"{{ movie(by: {{tmdbId: {DIGITS}}}) {{ id }} }}",
    "negative": f"{{ movie(by: {{tmdbId: -{DIGITS}}}) {{ id }} }}",
    "fraction": f"{{ movie(by: {{tmdbId: 1.{DIGITS}}}) {{ id }} }}",
    "float": f"{{ discover(filter: {{minRating: {DIGITS}}}) {{ totalCount }} }}",
    "exponent": "{ discover(filter: {minRating: 1e400}) { totalCount } }",
    "page": f"{{ charts(chart: POPULAR, first: {DIGITS}) {{ totalCount }} }}",
    "enum": f"{{ charts(chart: {LETTERS}) {{ totalCount }} }}",
    "enum as number": f"{{ charts(chart: {DIGITS}) {{ totalCount }} }}",
    "list": f"{{ discover(filter: {{genres: [{DIGITS}]}}) {{ totalCount }} }}",
    "nested list": f"{{ discover(filter: {{genres: [[{DIGITS}]]}}) {{ totalCount }} }}",
    "scalar": f'{{ discover(filter: {{releasedFrom: "{DIGITS}"}}) {{ totalCount }} }}',
    "boolean": f"{{ __typename @include(if: {DIGITS}) }}",
    "default": f"query ($id: Int = {DIGITS}) {{ movie(by: {{tmdbId: $id}}) {{ id }} }}",
    "field": f"{{ {LETTERS} }}",
}
VARIABLES: dict[str, tuple[str, object]] = {
    "Int!": ("movie(by: {tmdbId: $v}) { id }", BIG_FLOAT),
    "Int": ("charts(chart: POPULAR, first: $v) { totalCount }", DIGITS),
    "Float": ("discover(filter: {minRating: $v}) { totalCount }", DIGITS),
    "MovieChart!": ("charts(chart: $v) { totalCount }", LETTERS),
    "[ID!]": ("discover(filter: {genres: $v}) { totalCount }", [[DIGITS]]),
    "Date": ("discover(filter: {releasedFrom: $v}) { totalCount }", DIGITS),
}


async def messages(
    stage: Stage, query: str, variables: dict[str, object] | None = None
) -> list[str]:
    body = await stage.ask(query, variables)
    assert {each["extensions"]["code"] for each in body["errors"]} <= {
        "GRAPHQL_VALIDATION_FAILED",
        "BAD_USER_INPUT",
    }
    return [each["message"] for each in body["errors"]]


def is_fit_to_read(message: str) -> bool:
    return len(message) <= LONGEST and "sys." not in message and "conversion" not in message


@pytest.mark.parametrize("operation", OPERATIONS.values(), ids=OPERATIONS)
async def test_a_huge_literal(stage: Stage, operation: str) -> None:
    found = await messages(stage, operation)
    assert found
    assert all(map(is_fit_to_read, found)), found


@pytest.mark.parametrize(("kind", "case"), VARIABLES.items(), ids=VARIABLES)
async def test_a_huge_variable(stage: Stage, kind: str, case: tuple[str, object]) -> None:
    selection, value = case
    found = await messages(stage, f"query ($v: {kind}) {{ {selection} }}", {"v": value})
    assert found
    assert all(map(is_fit_to_read, found)), found


async def test_a_scalars_own_words_are_kept(stage: Stage) -> None:
    query = '{ discover(filter: {releasedFrom: "soon"}) { totalCount } }'
    (found,) = await messages(stage, query)
    assert 'A Date is written as "1999-03-31".' in found
