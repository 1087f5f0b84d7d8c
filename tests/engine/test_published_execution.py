"""What graphql-core's own tests say of resolvers, of merging, and of what a resolver is told."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
import strawberry
from graphql import (
    GraphQLArgument,
    GraphQLField,
    GraphQLInt,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLResolveInfo,
    GraphQLScalarType,
    GraphQLSchema,
    GraphQLString,
    Undefined,
    build_schema,
    get_introspection_query,
)

from gateway.engine.plan.plans import Plans
from tests.engine.documents import Written
from tests.engine.plain import agreed, later, said
from tests.engine.trials import prepared

TREE = build_schema("""
type Deep { a: String b: String c: [String] deeper: [Tree] }
type Tree { a: String b: String c: String d: String e: String f: String
  pic(size: Int): String deep: Deep late: Tree }
schema { query: Tree }
""")


class Tree:
    """Attributes, methods and coroutines."""

    c = "Cookie"
    d = None

    def __init__(self) -> None:
        self.e = "Egg"
        self.deep = {"a": "Already", "b": lambda _info: "Boring", "c": ["x", None, "y"]}

    def a(self, _info: object) -> str:
        return "Apple"

    async def b(self, _info: object) -> object:
        return await later("Banana")

    def pic(self, _info: object, size: int = 50) -> str:
        return f"Pic of size: {size}"

    async def late(self, _info: object) -> Tree:
        await later(None)
        return Tree()


class Deeper(Tree):
    def __init__(self) -> None:
        super().__init__()
        self.deep = {**self.deep, "deeper": [Tree(), None, later(Tree())]}


FIELDS = """query Example($size: Int) { a, b, x: c ...c f ...on Tree { pic(size: $size) late { a } }
  deep { a b c deeper { a b } } } fragment c on Tree { d e deep { deeper { e late { b } } } }"""


async def test_arbitrary_code() -> None:
    seen = await agreed(TREE, FIELDS, Deeper, {"size": 100})
    assert list(seen.data) == ["a", "b", "x", "d", "e", "deep", "f", "pic", "late"]
    assert seen.data["pic"] == "Pic of size: 100"
    assert seen.data["deep"]["deeper"][2]["late"] == {"b": "Banana"}


async def test_fragments_beside_each_other_merge() -> None:
    text = """{ a ...One ...Two } fragment One on Tree { b late { b late: late { a } } }
      fragment Two on Tree { c late { c late { c } } }"""
    seen = await agreed(TREE, text, Tree)
    assert list(seen.data) == ["a", "b", "late", "c"]
    assert seen.data["late"] == {
        "b": "Banana",
        "late": {"a": "Apple", "c": "Cookie"},
        "c": "Cookie",
    }


async def test_what_is_not_there_is_null() -> None:
    assert (await agreed(TREE, "{ f deep { a } }", lambda: {"a": 1})).data == {
        "f": None,
        "deep": None,
    }
    assert (await agreed(TREE, "{ f a }", lambda: None)).data == {"f": None, "a": None}


def told(_source: object, info: GraphQLResolveInfo, **given: object) -> str:
    return repr([
        info.field_name, [node.loc and node.loc.start for node in info.field_nodes],
        str(info.return_type), info.parent_type.name, info.path.as_list(), info.path.typename,
        info.path.prev and info.path.prev.key, sorted(info.fragments), info.root_value,
        info.operation.name and info.operation.name.value, info.variable_values.coerced,
        info.context, info.abort_signal, given,
    ])  # fmt: skip


def telling() -> GraphQLSchema:
    made: Any = build_schema("""
    type Inner { told(x: Int, y: [Int] = [3]): String! inner: Inner inners: [[Inner!]] }
    type Query { told(x: Int): String inner: Inner }
    """)
    for kind in ("Inner", "Query"):
        made.type_map[kind].fields["told"].resolve = told
        made.type_map[kind].fields["inner"].resolve = lambda *_: {"one": 1}
    made.type_map["Inner"].fields["inners"].resolve = lambda *_: [[{}, {}], None, [{}]]
    return made  # type: ignore[no-any-return] # built above


async def test_what_a_resolver_is_told() -> None:
    text = """query Q($v: Int = 1) { told(x: $v) b: told told(x: $v) ...F
      inner { a: told(y: 7) inner { inners { told(x: 2, y: [$v]) } } } }
      fragment F on Query { inner { a: told(y: 7) } }"""
    seen = await agreed(telling(), text, lambda: {"root": "value"}, {"v": 5})
    assert "'inner', 'inner', 'inners', 2, 0" in repr(seen.data)
    assert "{'who': 'context'}" in seen.data["told"]


async def test_arguments_that_were_not_set_are_not_given() -> None:
    field = GraphQLField(
        GraphQLString,
        args={name: GraphQLArgument(GraphQLInt, out_name=f"{name}_py") for name in "abc"},
        resolve=lambda _source, _info, **given: repr(given),
    )
    schema = GraphQLSchema(GraphQLObjectType("Query", {"field": field}))
    seen = await agreed(schema, "query($v: Int) { field(a: 1, c: $v) b: field(b: null) }")
    assert seen.data == {"field": "{'a_py': 1}", "b": "{'b_py': None}"}


def scalar(give: object) -> GraphQLSchema:
    kind = GraphQLScalarType("Custom", coerce_output_value=lambda _value: give)
    fields = {
        "one": GraphQLField(kind, resolve=lambda *_: "X"),
        "all": GraphQLField(GraphQLList(GraphQLNonNull(kind)), resolve=lambda *_: ["X", "Y"]),
    }
    return GraphQLSchema(GraphQLObjectType("Query", fields))


@pytest.mark.parametrize("give", [Undefined, None, 0, "", [], float("nan"), {"a": None}], ids=str)
async def test_scalars_that_give_anything(give: object) -> None:
    seen = await agreed(scalar(give), "{ one all }")
    assert bool(seen.errors) is (give is None or give is Undefined)


async def test_fields_run_side_by_side() -> None:
    """Two resolvers that wait for each other both get on, in whatever order they stand."""
    schema = build_schema("type Query { foo: Boolean bar: Boolean both: [Boolean] }")

    def root() -> dict[str, object]:
        barrier, waiting = asyncio.Event(), []

        async def meet(_info: object = None) -> bool:
            waiting.append(1)
            if len(waiting) % 2 == 0:
                barrier.set()
            await barrier.wait()
            return True

        return {"foo": meet, "bar": meet, "both": lambda _info: [meet(), meet()]}

    for text in (
        "{ foo bar }",
        "{ both }",
        "{ bar both { __typename } }"[:0] or "{ foo both bar }",
    ):
        seen = await agreed(schema, text, root)
        assert not seen.errors


async def test_the_operation_that_is_meant() -> None:
    text = "query One { a } query Two { c }"
    for name in ("One", "Two"):
        plan = Plans(TREE, prepared(Written(text, {}, name)))
        assert plan.planned


async def test_what_is_left_to_graphql_core() -> None:
    """Introspection and mutations are answered, too, beside fields that are not."""
    for text in (get_introspection_query(), '{ __type(name: "Deep") { name } a late { b } }'):
        seen = await agreed(TREE, text, Tree)
        assert not seen.errors
    assert not Plans(TREE, prepared(Written(get_introspection_query(), {}))).planned


async def test_a_message_tells_nothing_of_other_fields() -> None:
    schema = build_schema("type Query { a: Int! b: Int c: Float d: Boolean e: ID }")
    root = {"a": "x", "b": 2**31, "c": "y", "d": "z", "e": 1.5}
    assert len(said(await agreed(schema, "{ b c d e }", lambda: root))) == 4
    assert said(await agreed(schema, "{ a b }", lambda: root))[-1][0] in {("a",), ("b",)}


@strawberry.type
class Base:
    one: int = 1

    @strawberry.field(name="renamed")
    def two(self, x: int = 2, *, y: str | None = None) -> str:
        return f"{self.one} {x} {y}"


@strawberry.type
class Child(Base):
    three: list[int] = strawberry.field(default_factory=lambda: [1, 2])

    @strawberry.field
    @staticmethod
    def four() -> str:
        return "four"

    @strawberry.field
    @classmethod
    async def five(cls, info: strawberry.Info) -> str:
        return f"{cls.__name__} {info.field_name} {info.context['who']}"


@strawberry.type
class Query:
    @strawberry.field
    def child(self) -> Child:
        return Child(one=7)


async def test_strawberry_schemas_with_their_own_ways() -> None:
    """Defaults, other names, static methods, inheritance: as Strawberry's users write them."""
    core = strawberry.Schema(Query)._schema
    text = '{ child { one renamed(y: "a") again: renamed(x: 3) three four five __typename } }'
    seen = await agreed(core, text)
    assert seen.data["child"]["five"] == "Child five context"
    assert not seen.errors


@strawberry.input
class Words:
    words: list[str]


@strawberry.type
class Hungry:
    @strawberry.field
    def first(self, words: list[str]) -> str:
        return words.pop(0)

    @strawberry.field
    def second(self, given: Words) -> str:
        return given.words.pop(0)


async def test_a_resolver_may_spoil_its_arguments_for_this_run_only() -> None:
    """Literals and defaults are read anew, or a client would get what another one left."""
    core = strawberry.Schema(Hungry)._schema
    seen = await agreed(core, '{ first(words: ["a"]) second(given: {words: ["b"]}) }')
    assert seen.data == {"first": "a", "second": "b"}
