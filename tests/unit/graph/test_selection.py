"""What an operation will want of films is read from its document, however it is written."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from graphql import OperationDefinitionNode, parse
from graphql.execution import get_variable_values
from graphql.execution.values import VariableValues

from gateway.engine.prepared import Prepared
from gateway.graph.facets import Facet
from gateway.graph.selection import MovieWants, wants
from gateway.schema import build_schema

SCHEMA = build_schema()._schema
MOVIE = "movie(by: {tmdbId: 1})"


def prepared(text: str, name: str) -> Prepared:
    document = parse(text)
    (operation,) = (
        each
        for each in document.definitions
        if isinstance(each, OperationDefinitionNode) and each.name and each.name.value == name
    )
    return Prepared(document, operation, text)


def read(text: str, variables: Mapping[str, object] | None = None, name: str = "Q") -> MovieWants:
    """Plan as an operation does before it runs: with coerced variables."""
    operation = prepared(text, name)
    definitions = operation.operation.variable_definitions or ()
    values = get_variable_values(SCHEMA, definitions, dict(variables or {}))
    assert isinstance(values, VariableValues), values
    return wants(SCHEMA, operation, values.coerced)


def facets(selections: str, variables: str = "", **given: object) -> set[Facet]:
    text = f"query Q{variables} {{ upstreams {{ name }} {selections} }}"
    return set(read(text, given).facets)


@pytest.mark.parametrize(
    ("selections", "expected"),
    [
        ("genres { name }", set()),
        (f"{MOVIE} {{ title }}", set()),
        (f"{MOVIE} {{ runtimeMinutes }}", {Facet.DETAILS}),
        (f"{MOVIE} {{ a: credits {{ cast {{ name }} }} }}", {Facet.CREDITS}),
        (f"x: {MOVIE} {{ keywords {{ name }} }}", {Facet.KEYWORDS}),
        (f"{MOVIE} {{ ... {{ similar {{ totalCount }} }} }}", {Facet.SIMILAR}),
        (f"{MOVIE} {{ ... on Movie {{ certification }} }}", {Facet.RELEASE_DATES}),
        (f"{MOVIE} {{ ... on Node {{ id }} }}", set()),
        (
            "charts(chart: POPULAR) { edges { node { watchProviders { link } } } nodes { tagline } }",  # noqa: E501 - one line
            {Facet.WATCH_PROVIDERS, Facet.DETAILS},
        ),
        ("requests { nodes { movie { bestTrailer { id } } } }", {Facet.VIDEOS}),
        (
            f"{MOVIE} {{ recommendations {{ nodes {{ externalIds {{ imdbId }} }} }} }}",
            {Facet.RECOMMENDATIONS, Facet.EXTERNAL_IDS},
        ),
        ('node(id: "x") { ... on Movie { credits { crew { job } } } }', {Facet.CREDITS}),
    ],
)
def test_every_place_counts(selections: str, expected: set[Facet]) -> None:
    found = facets(selections)
    assert {each for each in found if each is not Facet.DETAILS or Facet.DETAILS in expected} == (
        expected
    )


def test_fragments_count_wherever_they_are_spread() -> None:
    text = f"""
      query Q {{ {MOVIE} {{ ...A }} charts(chart: POPULAR) {{ nodes {{ ...A }} }} }}
      fragment A on Movie {{ title ...B }}
      fragment B on Movie {{ keywords {{ name }} }}
    """
    assert read(text).facets == {Facet.KEYWORDS}


@pytest.mark.parametrize(
    ("directive", "given", "wanted"),
    [
        ("@skip(if: true)", {}, False),
        ("@skip(if: false)", {}, True),
        ("@include(if: false)", {}, False),
        ("@include(if: $on)", {"on": True}, True),
        ("@include(if: $on)", {"on": False}, False),
        ("@include(if: $on)", {}, False),  # its default
        ("@skip(if: $on)", {}, True),
        ("@skip(if: $on) @include(if: true)", {"on": True}, False),
    ],
)
@pytest.mark.parametrize(
    "place", ["keywords {d} {{ name }}", "... {d} {{ keywords {{ name }} }}", "...K {d}"]
)
def test_what_is_skipped_is_not_wanted(
    directive: str, given: dict[str, object], *, wanted: bool, place: str
) -> None:
    inside = place.format(d=directive)
    text = f"""
      query Q($on: Boolean! = false) {{
        upstreams {{ name @include(if: $on) __typename }} {MOVIE} {{ title {inside} }}
      }}
      fragment K on Movie {{ keywords {{ name }} }}
    """
    assert (Facet.KEYWORDS in read(text, given).facets) is wanted


@pytest.mark.parametrize(
    ("argument", "given", "expected"),
    [
        ('languages: ["de", "fr"]', {}, {"de", "fr"}),
        ('languages: "de"', {}, {"de"}),
        ("languages: null", {}, set()),
        ("languages: $l", {"l": ["ja"]}, {"ja"}),
        ("languages: $l", {"l": "ja"}, {"ja"}),
        ("languages: $l", {"l": None}, set()),
        ("languages: $l", {}, set()),
        ('languages: ["de", $one]', {"one": "it"}, {"de", "it"}),
    ],
)
def test_languages_of_videos_are_collected(
    argument: str, given: dict[str, object], expected: set[str]
) -> None:
    text = f"""query Q($l: [String!], $one: String! = "en") {{
      upstreams {{ name }} {MOVIE} {{ trailers({argument}) {{ totalCount }} }} }}"""
    found = read(text, given)
    assert found.video_languages == expected
    assert Facet.VIDEOS in found.facets


def test_only_the_operation_that_runs_counts() -> None:
    text = f"query Q {{ upstreams {{ name }} }} query B {{ {MOVIE} {{ keywords {{ name }} }} }}"
    assert read(text).facets == frozenset()
    assert read(text, name="B").facets == {Facet.KEYWORDS}


def test_one_call_says_nothing_of_the_next() -> None:
    """What is remembered of an operation must not hold another call's variables."""
    operation = prepared(f"query Q {{ {MOVIE} {{ keywords @include(if: $on) {{ name }} }} }}", "Q")

    for on in (False, True, False):
        found = wants(SCHEMA, operation, {"on": on})
        assert (Facet.KEYWORDS in found.facets) is on
