"""What graphql-core's own tests say of directives, arguments and variables."""

from __future__ import annotations

from itertools import product
from typing import Any, Final

import pytest
from graphql import (
    GraphQLArgument,
    GraphQLDefaultInput,
    GraphQLEnumType,
    GraphQLEnumValue,
    GraphQLField,
    GraphQLFloat,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLInt,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLScalarType,
    GraphQLSchema,
    GraphQLString,
    Undefined,
    build_schema,
)

from tests.engine.plain import agreed

AB: Final = build_schema("type Query { a: String b: String c(x: Int): String }")


def ab() -> dict[str, str]:
    return {"a": "a", "b": "b"}


SWITCHED: dict[str, bool] = {
    "@include(if: true)": True,
    "@include(if: false)": False,
    "@skip(if: false)": True,
    "@skip(if: true)": False,
    "@include(if: true) @skip(if: false)": True,
    "@include(if: true) @skip(if: true)": False,
    "@include(if: false) @skip(if: false)": False,
    "@skip(if: false) @include(if: true)": True,
    "@include(if: $yes)": True,
    "@skip(if: $yes)": False,
    "@include(if: $no)": False,
    "@skip(if: $no)": True,
    "@include(if: $yes) @skip(if: $no)": True,
    "@include(if: $yes) @skip(if: $yes)": False,
}
PLACES: Final = (
    "{ a %s b }",
    "{ a ... F } fragment F on Query { b }".replace("... F", "...F %s"),
    "{ a ... on Query %s { b } }",
    "{ a ... %s { b } }",
    "{ a ... { ... %s { ...F } } } fragment F on Query { b }",
    "{ a ...F } fragment F on Query { b %s }",
)


@pytest.mark.parametrize("switch", SWITCHED)
async def test_what_is_skipped_and_included(switch: str) -> None:
    head = "query($yes: Boolean!, $no: Boolean! = false) "
    for place in PLACES:
        text = (head if "$" in switch else "") + place % switch
        if "$" in switch:  # each variable has to be used
            text = text.replace("{ a", "{ x: a @include(if: $yes) y: a @skip(if: $no) a", 1)
        seen = await agreed(AB, text, ab, {"yes": True} if "$" in switch else {})
        other = "a" if place is PLACES[0] else "b"
        assert (other in seen.data) is SWITCHED[switch]


async def test_nothing_is_left_where_all_is_skipped() -> None:
    assert (await agreed(AB, "{ a @skip(if: true) }", ab)).data == {}


@pytest.mark.parametrize("given", [{}, {"on": True}, {"on": False}, {"on": None}], ids=str)
async def test_a_switch_that_may_be_null(given: dict[str, Any]) -> None:
    """Null is an error where it is met, which a fragment may never be."""
    for default in ("true", "false"):
        for text in ("{ a @include(if: $on) b }", "{ a ... @skip(if: $on) { b } }"):
            await agreed(AB, f"query($on: Boolean = {default}) {text}", ab, given)


async def test_a_fragment_counts_once_unless_it_is_skipped() -> None:
    for first, second in product(("true", "false"), repeat=2):
        text = (
            f"{{ ...F @skip(if: {first}) b ...F @skip(if: {second}) }} fragment F on Query {{ a }}"
        )
        seen = await agreed(AB, text, ab)
        assert (
            list(seen.data)
            == (["a", "b"] if first == "false" else ["b", "a"])[
                : 1 if (first, second) == ("true", "true") else 2
            ]
        )


def _complex(value: object) -> str:
    if value != "External":
        raise ValueError(f"What is {value}?")
    return "Internal"


def _faulty(value: object) -> object:
    raise ValueError(f"Faulty {value}")


COMPLEX = GraphQLScalarType("Complex", coerce_input_value=_complex)
FAULTY = GraphQLScalarType("Faulty", coerce_input_value=_faulty)
JSON = GraphQLScalarType("JSON")
ENUM = GraphQLEnumType(
    "Enum",
    {
        "NULL": None,
        "NAN": float("nan"),
        "FALSE": False,
        "CUSTOM": "custom value",
        "DEFAULT": GraphQLEnumValue(),
    },
)
INNER = GraphQLInputObjectType(
    "Inner",
    {
        "a": GraphQLInputField(GraphQLString),
        "b": GraphQLInputField(GraphQLList(GraphQLString)),
        "c": GraphQLInputField(GraphQLNonNull(GraphQLString)),
        "d": GraphQLInputField(COMPLEX),
        "e": GraphQLInputField(FAULTY),
        "f": GraphQLInputField(GraphQLInt, out_name="eff", default=GraphQLDefaultInput(value=4)),
    },
)
POINT = GraphQLInputObjectType(
    "Point",
    {"x": GraphQLInputField(GraphQLFloat), "y": GraphQLInputField(GraphQLFloat)},
    out_type=lambda value: f"({value['x']}|{value['y']})",
)
ONE_OF = GraphQLInputObjectType(
    "OneOf",
    {"a": GraphQLInputField(GraphQLString), "b": GraphQLInputField(GraphQLString)},
    is_one_of=True,
)
OUTER = GraphQLInputObjectType(
    "Outer",
    {
        "na": GraphQLInputField(GraphQLNonNull(INNER)),
        "nb": GraphQLInputField(GraphQLNonNull(GraphQLString)),
    },
)


def echo(kind: GraphQLInputType, default: object = Undefined) -> GraphQLField:
    given = None if default is Undefined else GraphQLDefaultInput(value=default)
    return GraphQLField(
        GraphQLString,
        args={"input": GraphQLArgument(kind, default=given, out_name="given")},
        resolve=lambda _source, _info, **given: repr(given),
    )


TEXT: Final = GraphQLString
FIELDS: dict[str, GraphQLField] = {
    "enum": echo(ENUM),
    "enumMust": echo(GraphQLNonNull(ENUM)),
    "object": echo(INNER),
    "point": echo(POINT),
    "oneOf": echo(ONE_OF),
    "outer": echo(OUTER),
    "text": echo(TEXT),
    "textMust": echo(GraphQLNonNull(TEXT)),
    "preset": echo(TEXT, "preset"),
    "presetMust": echo(GraphQLNonNull(TEXT), "preset"),
    "json": echo(JSON),
    "list": echo(GraphQLList(TEXT)),
    "listMust": echo(GraphQLNonNull(GraphQLList(TEXT))),
    "listOf": echo(GraphQLList(GraphQLNonNull(TEXT))),
    "listOfMust": echo(GraphQLNonNull(GraphQLList(GraphQLNonNull(TEXT)))),
    "lists": echo(GraphQLList(GraphQLList(GraphQLInt))),
}
ECHO: Final = GraphQLSchema(GraphQLObjectType("Query", FIELDS))

LITERALS: tuple[str, ...] = (
    'object(input: {a: "foo", b: ["bar"], c: "baz"})',
    'object(input: {a: "foo", b: "bar", c: "baz"})',
    'object(input: {a: null, b: null, c: "C", d: null})',
    'object(input: {b: ["A", null, "C"], c: "C", f: null})',
    'object(input: {c: "foo", d: "External"})',
    "point(input: {x: -3.0, y: 2})",
    'outer(input: {na: {c: "c"}, nb: "b"})',
    'oneOf(input: {a: "abc"})',
    "enum(input: NULL) b: enum(input: NAN) c: enum(input: FALSE) d: enum(input: CUSTOM)",
    "enum(input: DEFAULT) b: enum(input: null) c: enum",
    "enumMust(input: NULL)",
    'text(input: "a") b: text(input: null) c: text',
    'preset b: preset(input: null) c: preset(input: "x") d: presetMust',
    'json(input: {a: "x", b: [1, null, {c: 2.5}], d: ENUM})',
    'list b: list(input: null) c: list(input: ["A"]) d: list(input: ["A", null])',
    'list(input: "A") b: list(input: [])',
    'listMust(input: ["A", null]) b: listOf(input: null) c: listOfMust(input: ["A"])',
    "lists(input: [[1], null, [2, null]]) b: lists(input: 1) c: lists(input: [1, 2])",
)


@pytest.mark.parametrize("text", LITERALS)
async def test_literals(text: str) -> None:
    seen = await agreed(ECHO, f"{{ {text} }}")
    assert all(seen.data.values())


_NOTHING: Final = object()
VARIABLES: tuple[tuple[str, str, tuple[object, ...]], ...] = (
    ("$v: Inner", "object(input: $v)", (_NOTHING, None, {"c": "c"}, {"c": "c", "d": "External"})),
    ('$v: Inner = {c: "d"}', "object(input: $v)", (_NOTHING, None, {"c": "c"})),
    ("$v: String", 'object(input: {a: $v, c: "c"})', (_NOTHING, None, "x")),
    ("$v: String!", "object(input: {c: $v, b: [$v, $v]})", ("x",)),
    ('$v: String = "d"', "object(input: {c: $v})", (_NOTHING, None, "x")),
    ("$v: Int", 'object(input: {c: "c", f: $v})', (_NOTHING, None, 5)),
    ("$v: [String]", 'object(input: {c: "c", b: $v})', (_NOTHING, None, "x", ["x", None])),
    ("$v: String!", "oneOf(input: {a: $v})", ("x",)),
    ("$v: OneOf", "oneOf(input: $v)", (_NOTHING, None, {"a": "x"})),
    ("$v: Enum", "enum(input: $v)", (_NOTHING, None, "CUSTOM", "NULL")),
    ("$v: Enum!", "enumMust(input: $v)", ("NULL", "FALSE")),
    ("$v: String", "text(input: $v)", (_NOTHING, None, "x")),
    ('$v: String = "d"', "text(input: $v)", (_NOTHING, None, "x")),
    ("$v: String = null", "text(input: $v)", (_NOTHING, None, "x")),
    ("$v: String", "preset(input: $v)", (_NOTHING, None, "x")),
    ("$v: String", "presetMust(input: $v)", (_NOTHING, None, "x")),
    ('$v: String = "d"', "textMust(input: $v)", (_NOTHING, None, "x")),
    ("$v: JSON", "json(input: $v)", (_NOTHING, None, {"a": [1, None]}, "x")),
    ("$v: JSON", "json(input: {a: $v, b: [$v]})", (_NOTHING, None, {"a": 1})),
    ("$v: [String]", "list(input: $v)", (_NOTHING, None, ["x", None], "x", [])),
    ("$v: String", "list(input: [$v])", (_NOTHING, None, "x")),
    ("$v: String", "listMust(input: [$v, $v])", (_NOTHING, None, "x")),
    ('$v: String = "d"', "listOf(input: [$v])", (_NOTHING, None, "x")),
    ("$v: [String!]", "listOf(input: $v)", (_NOTHING, None, ["x"])),
    ("$v: [String!]!", "listOfMust(input: $v)", (["x"], [])),
    ("$v: [Int]", "lists(input: [$v, $v])", (_NOTHING, None, [1, None])),
    ("$v: Point", "point(input: $v)", ({"x": 1, "y": 2},)),
)


@pytest.mark.parametrize(("definition", "field", "values"), VARIABLES)
async def test_variables(definition: str, field: str, values: tuple[object, ...]) -> None:
    text = f"query({definition}) {{ {field} again: {field} }}"
    for value in values:
        await agreed(ECHO, text, variables={} if value is _NOTHING else {"v": value})
