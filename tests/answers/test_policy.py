"""Apollo Server's rules, one by one: what its documentation and its own tests say."""

from __future__ import annotations

import pytest
from graphql import build_schema as build_sdl

from gateway.graph.cache_policy import UNKEPT, AnswerPolicies, AnswerPolicy
from gateway.schema import build_schema
from tests.answers.hinted import DIRECTIVE, policy, prepared, written_hint

DROID = "type Droid { id: ID! name: String! }"
TIMED = "type Droid @cacheControl(maxAge: 60) { id: ID! }"


@pytest.mark.parametrize(
    ("sdl", "text", "seconds"),
    [
        ("type Query { droid: Droid }" + DROID, "{ droid { name } }", 0),
        ("type Query { name: String }", "{ name }", 0),
        ("type Query { droid: Droid @cacheControl(maxAge: 60) }" + DROID, "{ droid { id } }", 60),
        ("type Query { droid: Droid }" + TIMED, "{ droid { id } }", 60),
        ("type Query { droid: [Droid!]! }" + TIMED, "{ droid { id } }", 60),
        ("type Query { droid: Droid @cacheControl(maxAge: 120) }" + TIMED, "{ droid { id } }", 120),
        ("type Query { droid: Droid @cacheControl(maxAge: 0) }" + TIMED, "{ droid { id } }", 0),
        ("type Query { a: Int @cacheControl(maxAge: 9) b: Int }", "{ a b }", 0),
        (
            "type Query { a: Int @cacheControl(maxAge: 9) b: Int @cacheControl(maxAge: 7) }",
            "{ a b }",
            7,
        ),
        ("type Query { a: Int @cacheControl(maxAge: 9) }", "{ a __schema { description } }", 9),
        ("type Query { a: Int @cacheControl(maxAge: 9) }", "{ __typename }", 0),
        ("type Query { a: Int @cacheControl(maxAge: 9) }", "{ a __typename }", 9),
        ("type Query { a: Int @cacheControl(inheritMaxAge: true) }", "{ a }", 0),
    ],
)
def test_the_lowest_hint_counts_and_no_hint_is_zero(sdl: str, text: str, seconds: int) -> None:
    assert policy(sdl, text) == AnswerPolicy(seconds)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("{ foo { deflt { scalar } } }", 0),
        ("{ foo { deflt { kept } } }", 0),
        ("{ foo { bar { scalar } } }", 5),
        ("{ foo { bar { kept } } }", 2),
        ("{ foo { bars { kept self { kept } } } }", 0),
        ("{ foo { typed { self { scalar } } } }", 0),
        ("{ foo { typed { scalar } } }", 5),
        ("{ foo { timed { scalar } } }", 3),
    ],
)
def test_objects_may_inherit_from_their_parents(text: str, seconds: int) -> None:
    sdl = """
    type Query { foo: Foo @cacheControl(maxAge: 5) }
    type Foo {
      bar: Bar @cacheControl(inheritMaxAge: true)
      bars: [Bar] @cacheControl(inheritMaxAge: true)
      deflt: Bar
      typed: Typed
      timed: Timed @cacheControl(inheritMaxAge: true)
    }
    type Bar { scalar: String kept: String @cacheControl(maxAge: 2) self: Bar }
    type Typed @cacheControl(inheritMaxAge: true) { scalar: String self: Bar }
    type Timed @cacheControl(maxAge: 3) { scalar: String }
    """
    assert policy(sdl, text).max_age_s == seconds


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{ own { a } }", AnswerPolicy(60, is_private=True)),
        ("{ field { a } }", AnswerPolicy(120, is_private=True)),
        ("{ again { a } }", AnswerPolicy(60)),
        ("{ all { a } }", AnswerPolicy(9)),
        ("{ all { a secret } }", AnswerPolicy(9, is_private=True)),
        ("{ all { a } own { a } }", AnswerPolicy(9, is_private=True)),
        ("{ all { child { a } } }", AnswerPolicy(9, is_private=True)),
    ],
)
def test_one_private_field_makes_all_private(text: str, expected: AnswerPolicy) -> None:
    sdl = """
    type Query {
      own: Own
      field: Own @cacheControl(maxAge: 120)
      again: Own @cacheControl(scope: PUBLIC)
      all: Shared @cacheControl(maxAge: 9, scope: PUBLIC)
    }
    type Own @cacheControl(maxAge: 60, scope: PRIVATE) { a: Int }
    type Shared {
      a: Int
      secret: Int @cacheControl(scope: PRIVATE)
      child: Shared @cacheControl(inheritMaxAge: true, scope: PRIVATE)
    }
    """
    assert policy(sdl, text) == expected


ABSTRACT = """
type Query { named: Named thing: Thing @cacheControl(maxAge: 50) plain: Plain }
interface Named @cacheControl(maxAge: 60) { name: String! }
interface Plain { name: String! }
union Thing = Droid | Alien
type Droid implements Named @cacheControl(maxAge: 30) {
  name: String!  kept: Int @cacheControl(maxAge: 20)
}
type Alien implements Named & Plain {
  name: String! @cacheControl(maxAge: 10)  own: Int @cacheControl(scope: PRIVATE)
}
"""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{ named { ... on Droid { name } } }", AnswerPolicy(60)),  # the static type's hint
        ("{ named { ... on Droid { kept } } }", AnswerPolicy(20)),
        ("{ named { name } }", AnswerPolicy(10)),  # it may be an alien
        ("{ thing { ... on Named { ... on Droid { name } } } }", AnswerPolicy(50)),
        ("{ thing { ... on Droid { ... on Named { name } } } }", AnswerPolicy(50)),
        ("{ thing { ... on Alien { own } } }", AnswerPolicy(50, is_private=True)),
        ("{ plain { name } }", AnswerPolicy(0)),
        ("{ thing { __typename } }", AnswerPolicy(50)),
        (
            "{ thing { ...D ...A } } fragment D on Droid { kept } fragment A on Alien { name }",
            AnswerPolicy(10),
        ),
    ],
)  # fmt: skip
def test_an_abstract_type_may_be_any_of_its_types(text: str, expected: AnswerPolicy) -> None:
    assert policy(ABSTRACT, text) == expected


CONDITIONAL = """
type Query { all: Int @cacheControl(maxAge: 9) own: Int @cacheControl(maxAge: 5, scope: PRIVATE) }
"""
SKIPPED = "query ($mine: Boolean!) { all own @include(if: $mine) }"
OWN, ALL = AnswerPolicy(5, is_private=True), AnswerPolicy(9)


@pytest.mark.parametrize(
    ("text", "mine", "expected"),
    [
        (SKIPPED, True, OWN),
        (SKIPPED, False, ALL),
        ("query ($mine: Boolean! = true) { all own @include(if: $mine) }", None, OWN),
        ("query ($mine: Boolean! = true) { all own @include(if: $mine) }", False, ALL),
        ("query ($mine: Boolean!) { all own @skip(if: $mine) }", True, ALL),
        ("query ($mine: Boolean!) { all own @skip(if: $mine) }", False, OWN),
        ("query ($mine: Boolean!) { all ...F @skip(if: $mine) } fragment F on Query { own }",
         False, OWN),
        ("query ($mine: Boolean!) { all ... @include(if: $mine) { own @skip(if: $mine) } }",
         True, ALL),
        ("{ all own @include(if: false) }", None, ALL),
        ("{ all own @skip(if: false) }", None, OWN),
    ],
)  # fmt: skip
def test_what_is_left_out_does_not_count(
    text: str, mine: bool | None, expected: AnswerPolicy
) -> None:
    given = {} if mine is None else {"mine": mine}
    assert policy(CONDITIONAL, text, given) == expected


def test_only_queries_are_kept() -> None:
    sdl = CONDITIONAL + "type Mutation { all: Int @cacheControl(maxAge: 9) }"
    assert policy(sdl, "mutation { all }") == UNKEPT


def test_only_what_is_private_or_changes_something_hangs_on_who_asks() -> None:
    sdl = CONDITIONAL + "type Mutation { all: Int }"
    policies = AnswerPolicies(build_sdl(DIRECTIVE + sdl), written_hint)
    assert policies.is_personal(prepared("mutation { all }"), {})
    assert policies.is_personal(prepared(SKIPPED), {"mine": True})
    assert not policies.is_personal(prepared(SKIPPED), {"mine": False})


def test_a_fragment_bomb_costs_no_more_than_its_letters() -> None:
    levels = 60
    bomb = "".join(
        f"fragment F{at} on Query {{ ...F{at + 1} ...F{at + 1} ...F{at + 1} }}"
        for at in range(levels)
    )
    text = f"{{ ...F0 }} {bomb} fragment F{levels} on Query {{ all }}"
    assert policy(CONDITIONAL, text) == ALL


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{ charts(chart: POPULAR) { nodes { title poster { url } genres { name } } } }",
         AnswerPolicy(1800)),
        ("{ charts(chart: POPULAR) { pageInfo { endCursor } edges { cursor node { title } } } }",
         AnswerPolicy(1800)),
        ("{ movie(by: {tmdbId: 603}) { title credits { cast { name profile { url } } } } }",
         AnswerPolicy(86_400)),
        ("{ movie(by: {tmdbId: 603}) { trailers { nodes { name viewCount } } } }",
         AnswerPolicy(3600)),
        ("{ movie(by: {tmdbId: 603}) { title availability } }", AnswerPolicy(30)),
        ("{ movie(by: {tmdbId: 603}) { requests { nodes { requestedBy { displayName } } } } }",
         AnswerPolicy(30)),
        ("{ movie(by: {tmdbId: 603}) { viewerRequest { status } } }",
         AnswerPolicy(30, is_private=True)),
        ("{ viewer { displayName } genres { name } }", AnswerPolicy(60, is_private=True)),
        ('{ node(id: "x") { ... on Request { status } } }', AnswerPolicy(30)),
        ("{ upstreams { name } genres { name } }", AnswerPolicy(0)),
        ("{ requests { nodes { movie { title } } totalCount } }", AnswerPolicy(30)),
    ],
)  # fmt: skip
def test_the_graph_declares_what_its_payloads_allow(text: str, expected: AnswerPolicy) -> None:
    schema = build_schema()._schema
    assert AnswerPolicies(schema).of(prepared(text), {}) == expected
