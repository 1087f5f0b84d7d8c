"""Whatever a client sends: a clear error with a code, and no upstream call that nothing needs."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.graph.cursor import Cursor, binding, encode
from gateway.graph.ids import global_id
from tests.graph.stage import Stage

MOVIE, USER = global_id("Movie", 603), global_id("User", 1)
ELSEWHERE = encode(Cursor(3, (1, 2)), binding("elsewhere"))
FAR = 2**31 - 1


async def errors_of(
    stage: Stage, query: str, variables: dict[str, object] | None = None
) -> list[dict[str, Any]]:
    """The errors of an operation that must not reach any upstream."""
    body = await stage.ask(query, variables)
    assert sum(stage.calls().values()) == 0
    errors: list[dict[str, Any]] = body["errors"]
    assert errors
    for error in errors:
        assert error["extensions"]["code"] != "INTERNAL_SERVER_ERROR"
        assert error["message"]
    return errors


BAD_ARGUMENTS = {
    'node(id: "") { id }': "id",
    'node(id: "x") { id }': "id",
    'node(id: "💥") { id }': "id",
    f'node(id: "{"A" * 5000}") {{ id }}': "id",
    f'node(id: "{global_id("Film", 603)}") {{ id }}': "id",
    f'node(id: "{USER}") {{ id }}': "id",
    f'node(id: "{global_id("Movie", "abc")}") {{ id }}': "id",
    f'node(id: "{global_id("Movie", 0)}") {{ id }}': "id",
    f'node(id: "{global_id("Movie", 2**31)}") {{ id }}': "id",
    f'node(id: "{global_id("Movie", 1, 2)}") {{ id }}': "id",
    f'node(id: "{global_id("Trailer", 603)}") {{ id }}': "id",
    f'node(id: "{global_id("Trailer", "9" * 60, "a", "en")}") {{ id }}': "id",
    f'node(id: "{global_id("Trailer", 603, "a", "english")}") {{ id }}': "id",
    f'node(id: "{global_id("Request", "x")}") {{ id }}': "id",
    'movie(by: {id: ""}) { id }': "id",
    f'movie(by: {{id: "{USER}"}}) {{ id }}': "id",
    'movie(by: {imdbId: ""}) { id }': "imdbId",
    'movie(by: {imdbId: "603"}) { id }': "imdbId",
    'movie(by: {imdbId: "tt123/../x"}) { id }': "imdbId",
    'movie(by: {tmdbId: 603}, language: "german") { id }': "language",
    'movie(by: {tmdbId: 603}, language: "") { id }': "language",
    'search(query: "") { totalCount }': "query",
    'search(query: "  \\t ") { totalCount }': "query",
    f'search(query: "{"x" * 201}") {{ totalCount }}': "query",
    'search(query: "x", year: 1) { totalCount }': "year",
    'search(query: "x", region: "Germany") { totalCount }': "region",
    'search(query: "x", language: "d") { totalCount }': "language",
    'search(query: "x", first: 0) { totalCount }': "first",
    "charts(chart: POPULAR, first: -1) { totalCount }": "first",
    "charts(chart: POPULAR, first: 101) { totalCount }": "first",
    f"charts(chart: POPULAR, first: {FAR}) {{ totalCount }}": "first",
    'charts(chart: POPULAR, after: "") { totalCount }': "after",
    'charts(chart: POPULAR, after: "💥") { totalCount }': "after",
    f'charts(chart: POPULAR, after: "{ELSEWHERE}") {{ totalCount }}': "after",
    f'requests(after: "{ELSEWHERE}") {{ totalCount }}': "after",
    f'requests(requestedBy: "{MOVIE}") {{ totalCount }}': "id",
    "requests(first: 0) { totalCount }": "first",
    "discover(filter: {minRating: 11}) { totalCount }": "filter.minRating",
    "discover(filter: {year: -1}) { totalCount }": "filter.year",
    f'discover(filter: {{genres: ["{MOVIE}"]}}) {{ totalCount }}': "id",
    'discover(filter: {originalLanguage: "xyz"}) { totalCount }': "language",
}


@pytest.mark.parametrize("selection", BAD_ARGUMENTS)
async def test_a_bad_argument_is_named(stage: Stage, selection: str) -> None:
    (error,) = await errors_of(stage, f"{{ {selection} }}")
    assert error["extensions"] == {
        "code": "BAD_USER_INPUT",
        "argument": BAD_ARGUMENTS[selection],
    }
    assert error["path"]


INVALID = [
    "{ movie(by: {}) { id } }",
    '{ movie(by: {tmdbId: 603, imdbId: "tt0133093"}) { id } }',
    "{ movie(by: {tmdbId: null}) { id } }",
    "{ movie(by: 603) { id } }",
    "{ movie { id } }",
    "{ movie(by: {tmdbId: 99999999999}) { id } }",
    '{ movie(by: {tmdbId: "603"}) { id } }',
    "{ charts(chart: BEST) { totalCount } }",
    '{ charts(chart: "POPULAR") { totalCount } }',
    "{ charts(chart: POPULAR, first: null) { totalCount } }",
    "{ charts(chart: POPULAR, last: 5) { totalCount } }",
    '{ charts(chart: POPULAR, before: "x") { totalCount } }',
    "{ charts(chart: POPULAR, first: 1e3) { totalCount } }",
    '{ discover(filter: {releasedFrom: "1999-02-30"}) { totalCount } }',
    '{ discover(filter: {releasedFrom: "19990331"}) { totalCount } }',
    "{ discover(filter: {releasedFrom: 1999}) { totalCount } }",
    "{ discover(filter: {colour: 1}) { totalCount } }",
    "{ requests(status: [LOST]) { totalCount } }",
    "{ genres }",
    "{ genres { nothing } }",
    "{ genres { id { x } } }",
    "{ ...a }",
    "query($a: Nothing) { genres { id } }",
    "{ genres @nothing { id } }",
]


@pytest.mark.parametrize("query", INVALID)
async def test_an_invalid_document_is_refused_before_it_runs(stage: Stage, query: str) -> None:
    errors = await errors_of(stage, query)
    assert {error["extensions"]["code"] for error in errors} == {"GRAPHQL_VALIDATION_FAILED"}
    assert all("path" not in error for error in errors)


VARIABLES: list[tuple[str, dict[str, object]]] = [
    ("query($first: Int!) { charts(chart: POPULAR, first: $first) { totalCount } }", {}),
    (
        "query($first: Int!) { charts(chart: POPULAR, first: $first) { totalCount } }",
        {"first": "20"},
    ),
    (
        "query($first: Int!) { charts(chart: POPULAR, first: $first) { totalCount } }",
        {"first": 10**30},
    ),
    ("query($by: MovieRef!) { movie(by: $by) { id } }", {"by": {}}),
    ("query($by: MovieRef!) { movie(by: $by) { id } }", {"by": {"tmdbId": None}}),
    (
        "query($by: MovieRef!) { movie(by: $by) { id } }",
        {"by": {"tmdbId": 1, "imdbId": "tt0133093"}},
    ),
    ("query($by: MovieRef!) { movie(by: $by) { id } }", {"by": {"isbn": "1"}}),
    ("query($id: ID!) { node(id: $id) { id } }", {"id": [1]}),
    ("query($id: ID!) { node(id: $id) { id } }", {"id": True}),
    ("query($chart: MovieChart!) { charts(chart: $chart) { totalCount } }", {"chart": "BEST"}),
    (
        "query($f: DiscoverFilter) { discover(filter: $f) { totalCount } }",
        {"f": {"releasedFrom": "soon"}},
    ),
]


@pytest.mark.parametrize(("query", "variables"), VARIABLES)
async def test_variables_of_the_wrong_type_are_refused(
    stage: Stage, query: str, variables: dict[str, object]
) -> None:
    for error in await errors_of(stage, query, variables):
        assert error["extensions"]["code"] == "BAD_USER_INPUT"
        assert "$" in error["message"]


async def test_which_operation_runs_must_be_clear(stage: Stage) -> None:
    two = "query a { genres { id } } query b { genres { id } }"
    for name, told in ((None, "several operations"), ("c", "no operation of that name")):
        answer = await stage.http.post("/graphql", json={"query": two, "operationName": name})
        (error,) = answer.json()["errors"]
        assert error["extensions"]["code"] == "OPERATION_RESOLUTION_FAILURE"
        assert told in error["message"]
    assert sum(stage.calls().values()) == 0


async def test_a_number_that_no_film_has_is_no_film(stage: Stage) -> None:
    """Zero and less are not even asked for."""
    found = await stage.data(
        "{ a: movie(by: {tmdbId: 0}) { id } b: movie(by: {tmdbId: -5}) { id } }"
    )
    assert found == {"a": None, "b": None}
    assert sum(stage.calls().values()) == 0
    assert await stage.data(f"{{ movie(by: {{tmdbId: {FAR}}}) {{ id }} }}") == {"movie": None}


async def test_a_cursor_is_bound_to_all_arguments_of_its_list(stage: Stage) -> None:
    walk = "{ charts(chart: POPULAR, first: 3) { pageInfo { endCursor } } }"
    after = (await stage.data(walk))["charts"]["pageInfo"]["endCursor"]
    stage.calls()
    for other in (
        f'charts(chart: TOP_RATED, after: "{after}") {{ totalCount }}',
        f'search(query: "matrix", after: "{after}") {{ totalCount }}',
        f'discover(after: "{after}") {{ totalCount }}',
        f'requests(after: "{after}") {{ totalCount }}',
    ):
        (error,) = await errors_of(stage, f"{{ {other} }}")
        assert "other arguments" in error["message"]


async def test_a_forged_place_beyond_the_list_is_an_empty_page(stage: Stage) -> None:
    walk = """query($after: String) { charts(chart: POPULAR, first: 1, after: $after) {
      nodes { id } pageInfo { endCursor hasNextPage } } }"""
    real = (await stage.data(walk))["charts"]["pageInfo"]["endCursor"]
    stage.calls()
    bound_to = bound(real)
    page = (await stage.data(walk, {"after": encode(Cursor(FAR - 1), bound_to)}))["charts"]
    assert (page["nodes"], page["pageInfo"]["hasNextPage"]) == ([], False)
    assert sum(stage.calls().values()) == 0


def bound(cursor: str) -> str:
    """What a real cursor is bound to."""
    import base64  # noqa: PLC0415 - used here only

    import orjson  # noqa: PLC0415 - ditto

    raw = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
    return str(orjson.loads(raw)[1])


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=60), st.text(max_size=60), st.integers(-(2**40), 2**40))
async def test_no_text_and_no_number_is_too_much(
    stage: Stage, node_id: str, cursor: str, first: int
) -> None:
    """Through variables, as front ends send them."""
    body = await stage.ask(
        """query($id: ID!, $after: String, $first: Int!) {
          node(id: $id) { id }
          requests(after: $after, first: $first) { totalCount } }""",
        {"id": node_id, "after": cursor, "first": first},
    )
    for error in body["errors"]:
        assert error["extensions"]["code"] == "BAD_USER_INPUT"


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("{", "GRAPHQL_PARSE_FAILED"),
        ("{ nothing }", "GRAPHQL_VALIDATION_FAILED"),
        ("{ genres { " + "id " * 30 + "} }", "TOO_MANY_REPEATS"),
        ("query a { genres { id } } query b { genres { id } }", "OPERATION_RESOLUTION_FAILURE"),
        ("query($a: Int!) { charts(chart: POPULAR, first: $a) { totalCount } }", "BAD_USER_INPUT"),
    ],
)
async def test_what_did_not_run_is_a_400_to_those_who_understand(
    stage: Stage, query: str, code: str
) -> None:
    """GraphQL over HTTP: only the new media type may tell a refusal by its status."""
    answer = await stage.http.post(
        "/graphql", json={"query": query}, headers={"Accept": "application/graphql-response+json"}
    )
    assert answer.status_code == 400
    assert "data" not in answer.json()
    assert {error["extensions"]["code"] for error in answer.json()["errors"]} == {code}
    assert sum(stage.calls().values()) == 0
