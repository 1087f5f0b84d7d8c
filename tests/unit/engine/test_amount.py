"""Lists in lists are reckoned before they run, and refused where they explode."""

from __future__ import annotations

import pytest
from graphql import OperationDefinitionNode, parse

from gateway.engine.amount import check_amount
from gateway.errors import QueryRejectedError
from gateway.schema import build_schema

SCHEMA = build_schema()._schema


def reckon(text: str, **variables: object) -> int:
    """The least limit that lets a document pass, found by halving."""
    document = parse(text)
    operation = next(d for d in document.definitions if isinstance(d, OperationDefinitionNode))
    low, high = 0, 2**31
    while low < high:
        most = (low + high) // 2
        try:
            check_amount(SCHEMA, document, operation, variables, most=most)
        except QueryRejectedError:
            low = most + 1
        else:
            high = most
    return low


@pytest.mark.parametrize(
    ("text", "objects"),
    [
        ("{ __typename }", 0),
        ("{ movie(by: {tmdbId: 1}) { title } }", 1),
        ("{ charts(chart: POPULAR) { nodes { title } } }", 1 + 20),
        ("{ charts(chart: POPULAR, first: 3) { nodes { title } } }", 1 + 3),
        ("{ charts(chart: POPULAR, first: 3) { edges { node { title } } } }", 1 + 3 * 2),
        (
            """{ charts(chart: POPULAR, first: 3) { nodes {
              trailers(first: 2) { nodes { key } } } } }""",
            1 + 3 * (1 + 1 + 2),
        ),
        ("{ movies(by: [{tmdbId: 1}, {tmdbId: 2}]) { title } }", 2),
        ("{ movie(by: {tmdbId: 1}) { credits { cast { name } } } }", 1 + 1 + 10),
    ],
)
def test_lengths_multiply(text: str, objects: int) -> None:
    assert reckon(text) == objects


def test_variables_and_fragments_count_too() -> None:
    text = """query($n: Int!) { charts(chart: POPULAR, first: $n) { ...Page } }
      fragment Page on MovieConnection { nodes { ...Film } }
      fragment Film on Movie { recommendations(first: $n) { nodes { title } } }"""
    assert reckon(text, n=10) == 1 + 10 * (1 + 1 + 10)


def test_a_fragment_bomb_is_reckoned_in_linear_time() -> None:
    """Thirty fragments that each spread the next one twice are a billion fields."""
    text = "{ movie(by: {tmdbId: 1}) { ...F0 } }" + "".join(
        f" fragment F{n} on Movie {{ a: similar {{ nodes {{ ...F{n + 1} }} }} "
        f"b: similar {{ nodes {{ ...F{n + 1} }} }} }}"
        for n in range(30)
    )
    document = parse(text + " fragment F30 on Movie { title }")
    operation = next(d for d in document.definitions if isinstance(d, OperationDefinitionNode))
    with pytest.raises(QueryRejectedError, match="a billion or more"):
        check_amount(SCHEMA, document, operation, {}, most=10_000)


def test_three_levels_of_a_hundred_are_refused() -> None:
    text = """{ charts(chart: POPULAR, first: 100) { nodes { recommendations(first: 100) {
      nodes { recommendations(first: 100) { nodes { tmdbId } } } } } } }"""
    assert reckon(text) > 10**6
