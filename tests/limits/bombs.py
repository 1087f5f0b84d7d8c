"""Operations that are small to send and large to answer: data, for any way in.

Each is refused by the code that stands beside it before an upstream is asked: those whose code is
``WRONG`` by the field that gets the value, all others before anything runs. What is sent is a query
and variables, except for the few that are no operation at all.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlencode

from graphql import get_introspection_query

INVALID: Final = "GRAPHQL_VALIDATION_FAILED"
UNREADABLE: Final = "GRAPHQL_PARSE_FAILED"
WRONG: Final = "BAD_USER_INPUT"
NORMAL: Final = "{ movie(by: {tmdbId: 603}) { title genres { name } } }"
"""Works before, between and after them."""
LONG: Final = 49_000
"""Characters: just below the limit, where reading costs most."""
FLOOD: Final = 250_000
"""Characters: just below what a body may hold."""


@dataclass(frozen=True, slots=True)
class Bomb:
    """One operation that is refused.

    Args:
        name: Its kind, and what is special about it.
        query: The document.
        code: By which it is refused; the first of several errors.
        variables: Beside it.
    """

    name: str
    query: str
    code: str
    variables: dict[str, object] = field(default_factory=dict)

    def body(self) -> bytes:
        """As a POST sends it."""
        sent = {"query": self.query, "variables": self.variables}
        return json.dumps(sent, ensure_ascii=False).encode()

    def query_string(self) -> bytes:
        """As a GET sends it."""
        pairs = {"query": self.query, "variables": json.dumps(self.variables)}
        return urlencode(pairs).encode()


@dataclass(frozen=True, slots=True)
class Blob:
    """A body that is no operation."""

    name: str
    body: bytes
    code: str


def times(count: int, text: str) -> str:
    """The text so often, each time with its number for ``#``."""
    return " ".join(text.replace("#", str(number)) for number in range(count))


def nested(count: int, opened: str, inside: str = "id", closed: str = "}") -> str:
    return opened * count + inside + closed * count


def chain(count: int, link: str, kind: str, last: str = "id") -> str:
    """Fragments of which each spreads the next; ``~`` is the next one's name."""
    links = [
        f"fragment f{at} on {kind} {{ {link.replace('~', f'f{at + 1}')} }}" for at in range(count)
    ]
    return " ".join([*links, f"fragment f{count} on {kind} {{ {last} }}"])


def _aliases() -> Iterator[Bomb]:
    code = "TOO_MANY_ALIASES"
    yield Bomb("alias: a hundred roots", "{ " + times(100, "a#: genres { id }") + " }", code)
    yield Bomb(
        "alias: in a fragment that is spread often",
        "{ genres { ...a ...a ...a ...a } } fragment a on Genre { " + times(9, "n#: name") + " }",
        code,
    )
    yield Bomb(
        "alias: doubled 30 times",
        "{ genres { ...f0 } } " + chain(30, "a: id ...~ ...~", "Genre"),
        "TOO_MANY_FIELDS",
    )
    yield Bomb(
        "alias: different branches, doubled 12 times",
        "{ movie(by: {tmdbId: 1}) { ...f0 } } "
        + chain(12, "a: collection { name } ...~ ...~", "Movie"),
        "TOO_MANY_FIELDS",
    )


def _directives() -> Iterator[Bomb]:
    code = "TOO_MANY_DIRECTIVES"
    yield Bomb("directive: unknown ones", "{ genres { id " + "@a " * 900 + "} }", code)
    yield Bomb("directive: one repeated", "{ __typename " + "@skip(if: false) " * 250 + "}", code)
    yield Bomb(
        "directive: over many fields",
        "{ genres { "
        + times(60, "id @include(if: true)")[: 21 * 19]
        + " } upstreams { "
        + " ".join(["name @include(if: true)"] * 18)
        + " } charts(chart: POPULAR) { nodes { "
        + " ".join(["id @include(if: true)"] * 18)
        + " } } }",
        code,
    )
    yield Bomb(
        "directive: doubled 30 times",
        "{ genres { ...f0 } } "
        + chain(30, "...~ @include(if: true) ...~ @skip(if: false)", "Genre"),
        "TOO_MANY_FIELDS",
    )


def _depth() -> Iterator[Bomb]:
    similar = "similar { nodes { "
    yield Bomb(
        "depth: a film's films",
        "{ movie(by: {tmdbId: 1}) { " + nested(8, similar, "id", " } }") + " } }",
        "QUERY_TOO_DEEP",
    )
    yield Bomb(
        "depth: through fragments",
        "{ movie(by: {tmdbId: 1}) { ...f0 } } " + chain(12, "similar { nodes { ...~ } }", "Movie"),
        "QUERY_TOO_DEEP",
    )
    yield Bomb(
        "depth: braces without names",
        "{ genres " + nested(400, "{ ... ", "{ id }") + " }",
        "QUERY_TOO_DEEP",
    )
    yield Bomb("depth: fields that are not there", nested(320, "{a", ""), "QUERY_TOO_DEEP")
    yield Bomb("depth: never closed", "{a" * 900, "QUERY_TOO_DEEP")
    yield Bomb(
        "depth: a chain of fragments",
        "{ genres { ...f0 } } " + chain(90, "...~", "Genre"),
        "QUERY_TOO_DEEP",
    )


def _fragments() -> Iterator[Bomb]:
    yield Bomb(
        "fragment: doubled 50 times",
        "{ genres { ...f0 } } " + chain(50, "id ...~ ...~", "Genre"),
        "TOO_MANY_FIELDS",
    )
    yield Bomb(
        "fragment: ten times each, 25 deep",
        "{ genres { ...f0 } } " + chain(25, "id " + "...~ " * 10, "Genre"),
        "TOO_MANY_FIELDS",
    )
    yield Bomb(
        "fragment: lists inside lists, doubled",
        "{ movie(by: {tmdbId: 1}) { ...f0 } } "
        + chain(
            3,
            "similar(first: 50) { nodes { ...~ } } recommendations(first: 50) { nodes { ...~ } }",
            "Movie",
        ),
        "TOO_MANY_OBJECTS",
    )
    yield Bomb("fragment: itself", "{ genres { ...a } } fragment a on Genre { ...a }", INVALID)
    yield Bomb(
        "fragment: two in a circle",
        "{ genres { ...a } } fragment a on Genre { ...b } fragment b on Genre { ...a }",
        INVALID,
    )
    circle = " ".join(
        f"fragment f{a} on Query {{ {' '.join(f'...f{b}' for b in range(28))} }}" for a in range(28)
    )
    yield Bomb("fragment: each spreads each", "{ ...f0 } " + circle, INVALID)
    yield Bomb(
        "fragment: more than a document may have",
        "{ genres { id } } " + times(250, "fragment f# on Genre { id }"),
        "TOO_MANY_DEFINITIONS",
    )
    yield Bomb(
        "fragment: many, unused",
        "{ genres { id } } " + times(99, "fragment f# on Genre { id }"),
        INVALID,
    )
    yield Bomb(
        "fragment: names that are not there", "{ genres { " + times(800, "...f#") + " } }", INVALID
    )
    walked = (
        times(49, "query q# { ...f0 }")
        + " "
        + chain(49, "...~ genres { id }", "Query", "__typename")
    )
    yield Bomb("fragment: each operation walks them all", walked, "OPERATION_RESOLUTION_FAILURE")


def _repeats() -> Iterator[Bomb]:
    code = "TOO_MANY_REPEATS"
    yield Bomb("repeat: one leaf", "{ genres { " + "id " * 1900 + "} }", code)
    yield Bomb(
        "repeat: one root",
        "{ " + "charts(chart: POPULAR, first: 3) { nodes { id } } " * 130 + "}",
        code,
    )
    yield Bomb(
        "overlap: fragments that all say the same",
        "{ "
        + times(99, "...f#")
        + " } "
        + times(99, "fragment f# on Query { genres { id name } }"),
        code,
    )
    same = "similar { nodes { ...~ } } "
    yield Bomb(
        "overlap: branches that join again",
        "{ movie(by: {tmdbId: 1}) { ...f0 } } " + chain(9, same * 15, "Movie"),
        "QUERY_TOO_DEEP",
    )
    yield Bomb(
        "overlap: branches that join again, not too deep",
        "{ movie(by: {tmdbId: 1}) { ...f0 } } " + chain(4, same * 3 + same * 15, "Movie"),
        "TOO_MANY_FIELDS",
    )
    yield Bomb(
        "overlap: aliases that contradict",
        "{ " + times(20, "a: genres { id } a: upstreams { name }") + " }",
        code,
    )


def _literals() -> Iterator[Bomb]:
    code = "LITERAL_TOO_LARGE"
    yield Bomb("list literal: of ids", "{ nodes(ids: [" + '"a" ' * 1900 + "]) { id } }", code)
    yield Bomb(
        "list literal: of objects", "{ movies(by: [" + "{tmdbId: 1} " * 390 + "]) { id } }", WRONG
    )
    yield Bomb(
        "list literal: in lists", "{ nodes(ids: " + nested(190, "[", "1", "]") + ") { id } }", code
    )
    yield Bomb(
        "object literal: in objects",
        "{ discover(filter: " + nested(190, "{a: ", "1") + ") { totalCount } }",
        code,
    )
    yield Bomb(
        "object literal: many fields",
        "{ discover(filter: {" + times(600, "a#: 1") + "}) { totalCount } }",
        code,
    )
    yield Bomb(
        "object literal: wrong fields",
        "{ discover(filter: {" + times(450, "a#: 1") + "}) { totalCount } }",
        INVALID,
    )
    yield Bomb(
        "literal: default of a variable",
        "query($v: [ID!]! = [" + "1 " * 600 + "]) { nodes(ids: $v) { id } }",
        code,
    )
    yield Bomb("literal: of a directive", "{ __typename @include(if: [" + "1 " * 600 + "]) }", code)
    yield Bomb(
        "huge: a whole number", "{ movie(by: {tmdbId: " + "9" * LONG + "}) { id } }", INVALID
    )
    yield Bomb(
        "huge: a whole number of 4,000 digits",
        "{ movie(by: {tmdbId: " + "9" * 4000 + "}) { id } }",
        INVALID,
    )
    yield Bomb(
        "huge: a page",
        "{ charts(chart: POPULAR, first: " + "9" * LONG + ") { nodes { id } } }",
        INVALID,
    )
    yield Bomb(
        "huge: a page of 32 bits",
        "{ charts(chart: POPULAR, first: 2147483647) { nodes { id } } }",
        "TOO_MANY_OBJECTS",
    )
    yield Bomb(
        "huge: a fraction",
        "{ discover(filter: {minRating: 11." + "9" * LONG + "}) { totalCount } }",
        WRONG,
    )
    yield Bomb("huge: a string", '{ search(query: "' + "x" * LONG + '") { totalCount } }', WRONG)
    yield Bomb(
        "huge: a string of escapes",
        '{ search(query: "' + r"\n" * (LONG // 2) + '") { totalCount } }',
        WRONG,
    )
    yield Bomb(
        "huge: a string of surrogates",
        '{ search(query: "' + r"\uD83C\uDFAC" * (LONG // 12) + '") { totalCount } }',
        WRONG,
    )
    yield Bomb(
        "huge: a block of lines",
        '{ search(query: """' + "x\n" * (LONG // 2) + '""") { totalCount } }',
        WRONG,
    )
    yield Bomb(
        "huge: a block of quotes",
        '{ search(query: """' + '"a' * (LONG // 2) + '""") { totalCount } }',
        WRONG,
    )
    yield Bomb("huge: a name", "{ " + "a" * LONG + " }", INVALID)
    yield Bomb(
        "huge: names that are nearly right", "{ " + times(900, "movi# searc#") + " }", INVALID
    )
    yield Bomb("huge: an enum", "{ charts(chart: " + "A" * LONG + ") { totalCount } }", INVALID)


def _variables() -> Iterator[Bomb]:
    nodes = "query($v: [ID!]!) { nodes(ids: $v) { id } }"
    yield Bomb(
        "variable: many declared",
        "query(" + times(390, "$v#: Int") + ") { genres { id } }",
        INVALID,
    )
    yield Bomb(
        "variable: many undeclared",
        "{ genres { " + times(19, "id @skip(if: $v#)") + " } }",
        INVALID,
    )
    yield Bomb("variable: a long list", nodes, "LITERAL_TOO_LARGE", {"v": ["a"] * 20_000})
    yield Bomb("variable: a list beyond a hundred", nodes, WRONG, {"v": ["a"] * 101})
    yield Bomb(
        "variable: lists in lists",
        nodes,
        "LITERAL_TOO_LARGE",
        {"v": json.loads(nested(50, "[", "1", "]"))},
    )
    yield Bomb(
        "variable: values that nobody named",
        "{ genres { id } }",
        "VARIABLES_TOO_LARGE",
        {f"v{n}": n for n in range(10_000)},
    )
    yield Bomb(
        "variable: many small lists", nodes, "VARIABLES_TOO_LARGE", {"v": [["a"] * 400] * 20}
    )
    yield Bomb(
        "variable: a wide object",
        nodes,
        "LITERAL_TOO_LARGE",
        {"v": {f"k{n}": n for n in range(9000)}},
    )
    yield Bomb("variable: of a wrong kind, often", nodes, WRONG, {"v": [[n] for n in range(490)]})
    yield Bomb(
        "variable: a page",
        "query($n: Int!) { charts(chart: POPULAR, first: $n) { nodes { similar(first: $n) { nodes "
        "{ similar(first: $n) { nodes { id } } } } } } }",
        "TOO_MANY_OBJECTS",
        {"n": 100},
    )
    yield Bomb(
        "variable: a string",
        "query($q: String!) { search(query: $q) { totalCount } }",
        WRONG,
        {"q": "x" * 200_000},
    )


def _introspection() -> Iterator[Bomb]:
    kinds = "types { fields { type { "
    yield Bomb(
        "introspection: round and round",
        "{ __schema { " + kinds + nested(3, "fields { type { ", "name", "} }") + " } } } } }",
        INVALID,
    )
    yield Bomb(
        "introspection: all types, possible types",
        "{ __schema { types { possibleTypes { interfaces { possibleTypes { name } } } } } }",
        INVALID,
    )
    full = get_introspection_query(input_value_deprecation=True)
    part = full[full.index("__schema") : full.index("fragment FullType")].strip().removesuffix("}")
    often = full.replace(part, " ".join(f"a{n}: {part}" for n in range(12)))
    yield Bomb("introspection: a dozen times", often, "TOO_MANY_OBJECTS")
    yield Bomb(
        "introspection: of each type in turn",
        "{ " + times(29, "t#: __schema { types { fields { args { type { name } } } } }") + " }",
        "TOO_MANY_OBJECTS",
    )
    yield Bomb(
        "introspection: the kind of a kind",
        '{ __type(name: "Movie") { ' + nested(40, "ofType { ", "name", " }") + " } }",
        "QUERY_TOO_DEEP",
    )
    yield Bomb(
        "introspection: itself through a fragment",
        "{ __schema { types { ...t } } } fragment t on __Type { fields { type { ...t } } }",
        INVALID,
    )


def _lists() -> Iterator[Bomb]:
    yield Bomb(
        "list: a hundred of a hundred of a hundred",
        "{ charts(chart: POPULAR, first: 100) { nodes { recommendations(first: 100) { nodes { "
        "recommendations(first: 100) { nodes { id } } } } } } }",
        "TOO_MANY_OBJECTS",
    )
    yield Bomb(
        "list: everything of thirty charts",
        "{ "
        + times(
            30,
            "a#: charts(chart: POPULAR, first: 100) { nodes { bestTrailer { viewCount } "
            "ratings { value } imdbId tagline keywords { name } } }",
        )
        + " }",
        "TOO_MANY_OBJECTS",
    )
    dear = "budget revenue tagline status homepage imdbId runtimeMinutes certification"
    yield Bomb(
        "cost: dear fields of many films",
        "{ "
        + times(22, f"a#: charts(chart: POPULAR, first: 100) {{ nodes {{ {dear} availability }} }}")
        + " }",
        "QUERY_TOO_EXPENSIVE",
    )
    entities = "query($r: [_Any!]!) { _entities(representations: $r) { __typename } }"
    films: list[object] = [{"__typename": "Movie", "tmdbId": n} for n in range(1, 450)]
    yield Bomb("entities: too many", entities, "TOO_MANY_REPRESENTATIONS", {"r": films})
    yield Bomb(
        "entities: too many together",
        "query($r: [_Any!]!) { "
        + times(20, "a#: _entities(representations: $r) { __typename }")
        + " }",
        "TOO_MANY_REPRESENTATIONS",
        {"r": films[:50]},
    )
    yield Bomb(
        "entities: written out",
        "{ _entities(representations: ["
        + times(220, '{__typename: "Movie"}')
        + "]) { __typename } }",
        "TOO_MANY_REPRESENTATIONS",
    )
    deep = json.loads(nested(55, '{"a": ', "1"))
    yield Bomb("entities: a deep one", entities, "LITERAL_TOO_LARGE", {"r": [deep]})


def _floods() -> Iterator[Bomb]:
    long, many = "DOCUMENT_TOO_LONG", "TOO_MANY_TOKENS"
    yield Bomb("flood: fields", "{ genres { " + "id " * 15_000 + "} }", many)
    yield Bomb("flood: braces", "{" * LONG, UNREADABLE)
    yield Bomb("flood: brackets", "{ a(b: " + "[" * 40_000, "QUERY_TOO_DEEP")
    yield Bomb("flood: short comments", "{ genres { id } } " + "#\n" * (LONG // 2), many)
    yield Bomb("flood: one comment", "{ nothing } #" + "x" * LONG, INVALID)
    yield Bomb("flood: a comment of emoji", "{ nothing } #" + "🎬" * LONG, INVALID)
    yield Bomb("flood: spaces", "{ nothing }" + " " * LONG, INVALID)
    yield Bomb("flood: commas", "{ nothing " + "," * LONG + " }", INVALID)
    yield Bomb("flood: marks of byte order", "\ufeff" * LONG + "{ nothing }", INVALID)
    yield Bomb("flood: a long comment", "{ genres { id } } #" + "x" * FLOOD, long)
    yield Bomb(
        "flood: a long string", '{ search(query: "' + "x" * FLOOD + '") { totalCount } }', long
    )
    yield Bomb(
        "flood: long escapes",
        '{ search(query: "' + r"\n" * (FLOOD // 4) + '") { totalCount } }',
        long,
    )
    yield Bomb("flood: letters of other alphabets", "{ " + "é" * (LONG // 2) + " }", UNREADABLE)
    yield Bomb("flood: control characters", "{ " + "\x00" * 5000 + " }", UNREADABLE)
    yield Bomb("flood: nothing", "", UNREADABLE)
    yield Bomb(
        "operations: too many", times(200, "query q# { genres { id } }"), "TOO_MANY_DEFINITIONS"
    )
    yield Bomb("operations: of one name", times(90, "query q { genres { id } }"), INVALID)


def _blobs() -> Iterator[Blob]:
    one = {"query": NORMAL}
    yield Blob("batch: a thousand", json.dumps([one] * 1000).encode(), "BATCHING_NOT_SUPPORTED")
    yield Blob("batch: of batches", b"[" * 3000 + b"]" * 3000, "INVALID_JSON")
    yield Blob("json: objects in objects", b'{"a":' * 5000 + b"1" + b"}" * 5000, "INVALID_JSON")
    yield Blob("json: a key twice", b'{"query": "{ a }", "query": "{ b }"}', "INVALID_JSON")
    yield Blob(
        "json: a number of 200,000 digits",
        b'{"query": "{ a }", "variables": {"v": ' + b"9" * 200_000 + b"}}",
        "INVALID_JSON",
    )
    yield Blob(
        "json: numbers",
        b'{"query": "{ genres { id } }", "variables": {"v": [' + b"1," * 100_000 + b"1]}}",
        "LITERAL_TOO_LARGE",
    )
    yield Blob(
        "json: too long",
        json.dumps({"query": "{ a }" + " " * 300_000}).encode(),
        "PAYLOAD_TOO_LARGE",
    )


BOMBS: Final = (
    *_aliases(),
    *_directives(),
    *_depth(),
    *_fragments(),
    *_repeats(),
    *_literals(),
    *_variables(),
    *_introspection(),
    *_lists(),
    *_floods(),
)
BLOBS: Final = tuple(_blobs())
