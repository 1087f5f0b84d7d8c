"""What an operation can cost, answer with and draw from upstreams, reckoned before it runs."""

from __future__ import annotations

import sys
from dataclasses import replace
from types import FrameType

import pytest
from graphql import get_introspection_query

from gateway.engine.cost import Bill, Costs
from gateway.engine.documents import Documents
from gateway.engine.limits import Limits
from gateway.engine.prepared import Prepared
from gateway.errors import LimitCode, LimitError
from gateway.schema import build_schema

SCHEMA = build_schema()._schema
COSTS = Costs(SCHEMA, Limits())


def prepared(text: str) -> Prepared:
    document = Documents(SCHEMA, replace(Limits(), max_fields=10**12)).read(text)
    found = document.prepared(None)
    assert found is not None, document.errors
    return found


def bill(text: str, **variables: object) -> Bill:
    return COSTS.of(prepared(text), variables)


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
        ("{ charts(chart: POPULAR, first: 3) { pageInfo { endCursor } } }", 1 + 1),
        ("{ movies(by: [{tmdbId: 1}, {tmdbId: 2}]) { title } }", 2),
        ("{ movies(by: {tmdbId: 1}) { title } }", 1),
        ("{ movie(by: {tmdbId: 1}) { credits { cast { name } } } }", 1 + 1 + 40),
        ("{ genres { name } }", 20),
        ("{ charts(chart: POPULAR, first: -5) { nodes { title } } }", 1),
    ],
)
def test_lengths_multiply_objects(text: str, objects: int) -> None:
    assert bill(text).objects == objects


@pytest.mark.parametrize(
    ("text", "cost"),
    [
        ("{ __typename }", 0),
        ("{ movie(by: {tmdbId: 1}) { title } }", 4),
        ("{ movie(by: {tmdbId: 1}) { title runtimeMinutes genres { name } } }", 4 + 1 + 3),
        ("{ charts(chart: POPULAR, first: 5) { nodes { title } } }", 3 + 5),
        ("{ charts(chart: POPULAR, first: 5) { nodes { imdbId title } } }", 3 + 5 * (1 + 1)),
        ("{ movies(by: [{tmdbId: 1}, {tmdbId: 2}]) { imdbId } }", 2 * (4 + 1)),
    ],
)
def test_a_field_costs_its_weight_once_for_each_thing_it_gives(text: str, cost: int) -> None:
    assert bill(text).cost == cost


@pytest.mark.parametrize(
    ("text", "upstreams"),
    [
        ("{ __typename }", {}),
        ("{ movie(by: {tmdbId: 1}) { title } }", {"tmdb": 1}),
        # All of a film comes with its page, its genres too.
        (
            "{ movie(by: {tmdbId: 1}) { imdbId credits { cast { name } } genres { id } } }",
            {"tmdb": 1},
        ),
        ("{ charts(chart: POPULAR, first: 100) { nodes { title } } }", {"tmdb": 5}),
        ("{ charts(chart: POPULAR, first: 20) { nodes { genres { name } } } }", {"tmdb": 1 + 1}),
        ("{ charts(chart: POPULAR, first: 20) { nodes { imdbId tagline } } }", {"tmdb": 1 + 20}),
        (
            """{ charts(chart: POPULAR, first: 20) { nodes { ...A ...B } } }
            fragment A on Movie { imdbId } fragment B on Movie { tagline ...A }""",
            {"tmdb": 1 + 20},
        ),
        ("{ movie(by: {tmdbId: 1}) { recommendations(first: 20) { totalCount } } }", {"tmdb": 1}),
        ("{ movie(by: {tmdbId: 1}) { recommendations(first: 50) { totalCount } } }", {"tmdb": 3}),
        (
            "{ charts(chart: POPULAR, first: 40) { nodes { bestTrailer { viewCount } } } }",
            {"tmdb": 2 + 40, "youtube": 2},
        ),
        (
            "{ charts(chart: POPULAR, first: 20) { nodes { trailers { nodes { viewCount } } } } }",
            {"tmdb": 1 + 20, "youtube": 2},
        ),
        (
            "{ charts(chart: POPULAR, first: 9) { nodes { ratings { value } } } }",
            {"tmdb": 10, "omdb": 9},
        ),
        # One list of requests serves them all.
        (
            """{ charts(chart: POPULAR) { nodes { availability requests { totalCount } } }
            requests { totalCount } }""",
            {"tmdb": 1, "seerr": 2},
        ),
        ("{ requests(first: 3) { nodes { movie { imdbId } } } }", {"seerr": 1, "tmdb": 3}),
        ('{ nodes(ids: ["a", "b"]) { ... on Movie { imdbId } } }', {"tmdb": 2}),
    ],
)
def test_upstream_units_are_those_of_a_cold_cache(text: str, upstreams: dict[str, int]) -> None:
    assert bill(text).upstreams == upstreams


def test_variables_and_fragments_count_too() -> None:
    text = """query($n: Int!) { charts(chart: POPULAR, first: $n) { ...Page } }
      fragment Page on MovieConnection { nodes { ...Film } }
      fragment Film on Movie { recommendations(first: $n) { nodes { title } } }"""
    assert bill(text, n=10).objects == 1 + 10 * (1 + 1 + 10)
    assert bill(text, n=1.0).objects == 1 + 1 * (1 + 1 + 1)


def test_the_default_counts_where_nothing_is_given() -> None:
    text = "query($n: Int! = 7) { charts(chart: POPULAR, first: $n) { nodes { title } } }"
    assert bill(text).objects == 1 + 7
    assert bill(text, n=9).objects == 1 + 9
    refs = "query($r: [MovieRef!]!) { movies(by: $r) { title } }"
    assert bill(refs, r=[{"tmdbId": 1}] * 12).objects == 12
    assert bill(refs, r={"tmdbId": 1}).objects == 1


def test_what_is_skipped_costs_nothing_whatever_was_asked_before() -> None:
    text = """query($n: Int!, $skip: Boolean!, $more: Boolean = false) {
      charts(chart: POPULAR, first: 5) @skip(if: $skip) { nodes { title } }
      search(query: "a", first: $n) @include(if: $more) { nodes { title } } }"""
    asked = prepared(text)

    def objects(**variables: object) -> int:
        return COSTS.of(asked, variables).objects

    assert objects(n=50, skip=True) == 0
    assert objects(n=50, skip=False) == 1 + 5
    assert objects(n=50, skip=False, more=True) == 1 + 5 + 1 + 50
    assert objects(n=10, skip=True, more=True) == 1 + 10


def test_a_bill_is_remembered_by_what_counts_of_its_variables() -> None:
    asked = prepared(
        """query($t: Int!, $n: Int!) {
        movie(by: {tmdbId: $t}) { similar(first: $n) { totalCount } } }"""
    )
    assert COSTS.of(asked, {"t": 1, "n": 5}) is COSTS.of(asked, {"t": 2, "n": 5})
    assert COSTS.of(asked, {"t": 1, "n": 5}) is not COSTS.of(asked, {"t": 1, "n": 50})
    for n in range(200):
        COSTS.of(asked, {"t": 1, "n": n})
    assert len(COSTS._model(asked)._known) == 64


def doubling(size: int) -> Prepared:
    """Fragments that each spread the next one twice: a billion fields if written out."""
    text = "{ movie(by: {tmdbId: 1}) { ...F0 } }" + "".join(
        f" fragment F{n} on Movie {{ id ...F{n + 1} ...F{n + 1} }}" for n in range(size)
    )
    return prepared(text + f" fragment F{size} on Movie {{ similar {{ nodes {{ title }} }} }}")


def work(asked: Prepared) -> int:
    """Python calls that a bill takes."""
    calls = 0

    def count(_frame: FrameType, event: str, _argument: object) -> None:
        nonlocal calls
        calls += event == "call"

    sys.setprofile(count)
    try:
        COSTS.of(asked, {})
    finally:
        sys.setprofile(None)
    return calls


def test_nested_fragments_are_reckoned_once() -> None:
    """Twice the document, twice the work; what it stands for is a million times as much."""
    small, large = doubling(14), doubling(28)
    assert work(large) < 3 * work(small)
    with pytest.raises(LimitError, match="a billion or more objects"):
        COSTS.check(large, {})


def test_three_levels_of_a_hundred_are_refused_and_the_message_tells_where() -> None:
    text = """{ genres { id } charts(chart: POPULAR, first: 100) { nodes {
      recommendations(first: 100) { nodes {
      recommendations(first: 100) { nodes { tmdbId } } } } } } }"""
    asked = prepared(text)
    assert COSTS.of(asked, {}).objects > 10**6
    with pytest.raises(LimitError) as caught:
        COSTS.check(asked, {})
    assert caught.value.limit is LimitCode.TOO_MANY_OBJECTS
    assert "`charts.nodes.recommendations.nodes.recommendations.nodes`" in str(caught.value)


def test_what_costs_too_much_is_refused_by_its_dearest_part() -> None:
    dear = Costs(SCHEMA, replace(Limits(), max_cost=100))
    text = "{ genres { id } %s(chart: POPULAR, first: 50) { nodes { bestTrailer { url } title } } }"
    with pytest.raises(
        LimitError, match=r"cost of \d+; 100 are .* `films.nodes.bestTrailer`"
    ) as caught:
        dear.check(prepared(text % "films: charts"), {})
    assert caught.value.extensions == {"code": "QUERY_TOO_EXPENSIVE", "limit": 100}


def test_what_tools_ask_of_the_schema_is_within_the_limits_but_not_many_times() -> None:
    full = get_introspection_query(input_value_deprecation=True)
    assert COSTS.check(prepared(full), {}).upstreams == {}
    twice = full.replace("__schema", "a: __schema", 1)
    inner = twice[twice.index("{") + 1 : twice.index("fragment FullType")].strip().removesuffix("}")
    again = twice.replace(inner, inner + inner.replace("a: __schema", "b: __schema"), 1)
    with pytest.raises(LimitError, match="objects in its answer"):
        COSTS.check(prepared(again), {})


@pytest.mark.parametrize(
    ("variables", "code"),
    [
        ({"v": [[[[[[[[[[[[1]]]]]]]]]]]]}, LimitCode.LITERAL_TOO_LARGE),
        ({"v": [1] * 501}, LimitCode.LITERAL_TOO_LARGE),
        ({"v": {str(n): n for n in range(501)}}, LimitCode.LITERAL_TOO_LARGE),
        ({"v": [[1] * 499] * 5}, LimitCode.VARIABLES_TOO_LARGE),
        ({str(n): n for n in range(2001)}, LimitCode.VARIABLES_TOO_LARGE),
    ],
)
def test_variables_have_bounds_whether_or_not_they_are_used(
    variables: dict[str, object], code: LimitCode
) -> None:
    with pytest.raises(LimitError) as caught:
        COSTS.check(prepared("{ genres { id } }"), variables)
    assert caught.value.limit is code
    assert "allowed. " in str(caught.value)
