"""The same schema is a valid subgraph of a federation, and clients see nothing of it."""

from __future__ import annotations

import re

from graphql import (
    GraphQLObjectType,
    GraphQLSchema,
    SelectionSetNode,
    assert_valid_schema,
    build_client_schema,
    build_schema,
    find_breaking_changes,
    find_dangerous_changes,
    introspection_from_schema,
    parse,
    validate,
)

from gateway.graph.federation import KEYS, subgraph_sdl, without_federation
from gateway.schema import build_schema as served
from gateway.schema import print_sdl, print_subgraph_sdl

# What the federation's specification defines, as a router adds it to a subgraph's text.
SPEC = """
directive @link(url: String!, import: [String!]) repeatable on SCHEMA
directive @key(fields: String!, resolvable: Boolean = true) repeatable on OBJECT | INTERFACE
directive @shareable repeatable on OBJECT | FIELD_DEFINITION
directive @cost(weight: Int!) on ARGUMENT_DEFINITION | ENUM | FIELD_DEFINITION
  | INPUT_FIELD_DEFINITION | OBJECT | SCALAR
directive @listSize(assumedSize: Int, slicingArguments: [String!], sizedFields: [String!],
  requireOneSlicingArgument: Boolean = true) on FIELD_DEFINITION
"""


def subgraph() -> GraphQLSchema:
    """As a router reads it."""
    text = re.sub(r"^extend schema (@link\(.*\))$", "", print_subgraph_sdl(), flags=re.MULTILINE)
    schema = build_schema(SPEC + text)
    assert_valid_schema(schema)
    return schema


def test_a_router_can_read_it() -> None:
    """Every directive in it is the federation's or defined in it, and used as it is defined."""
    assert subgraph().query_type is not None
    head = print_subgraph_sdl().splitlines()[0]
    imported = set(re.findall(r'"@(\w+)"', head))
    assert 'url: "https://specs.apollo.dev/federation/v2.' in head
    assert imported == set(re.findall(r"directive @(\w+)", SPEC)) - {"link"}


def test_keys_are_fields_that_are_always_there() -> None:
    schema = subgraph()
    assert set(KEYS) == {"Movie", "Trailer", "Request"}
    for name, keys in KEYS.items():
        kind = schema.type_map[name]
        assert isinstance(kind, GraphQLObjectType)
        assert kind.ast_node is not None
        directives = [each for each in kind.ast_node.directives or () if each.name.value == "key"]
        values = [each.arguments[0].value.value for each in directives]  # type: ignore[attr-defined] # strings
        assert values == list(keys)
        for key in keys:
            assert str(kind.fields[key].type).endswith("!")
            (definition,) = parse(f"fragment k on {name} {{ {key} }}").definitions
            assert isinstance(definition.selection_set, SelectionSetNode)  # type: ignore[attr-defined]
    shared = schema.type_map["PageInfo"].ast_node
    assert shared is not None
    assert "shareable" in {each.name.value for each in shared.directives or ()}


def changes(old: GraphQLSchema, new: GraphQLSchema) -> list[str]:
    found = (*find_breaking_changes(old, new), *find_dangerous_changes(old, new))
    return sorted(each.description for each in found)


def test_clients_see_the_same_schema_without_a_word_of_it() -> None:
    text = print_sdl()
    for word in ("_entities", "_service", "_Any", "_Entity", "@key", "@link", "@shareable"):
        assert word not in text
    told = build_client_schema(introspection_from_schema(served()._schema))
    clients = build_schema(text)
    assert changes(clients, told) == []
    assert changes(told, clients) == [
        "Field Query._entities was removed.",
        "Field Query._service was removed.",
        "_Any was removed.",
        "_Entity was removed.",
        "_Service was removed.",
    ]


def test_the_machinery_is_what_the_specification_asks_for() -> None:
    query = "query($r: [_Any!]!) { _service { sdl } _entities(representations: $r) { __typename } }"
    assert validate(served()._schema, parse(query)) == []
    root = served()._schema.query_type
    assert root is not None
    assert str(root.fields["_entities"].type) == "[_Entity]!"
    assert str(root.fields["_entities"].args["representations"].type) == "[_Any!]!"
    assert str(root.fields["_service"].type) == "_Service!"


def test_cutting_and_marking_touch_nothing_else() -> None:
    text = """
type Query {
  a: Int

  "With a description."
  _entities(x: Int): Int
}

"Gone." scalar _Any

type PageInfo { a: Int }
""".lstrip()
    assert without_federation(text) == "type Query {\n  a: Int\n}\n\ntype PageInfo { a: Int }\n"
    assert subgraph_sdl("type PageInfo implements A & B { a: Int }").splitlines()[2] == (
        "type PageInfo implements A & B @shareable { a: Int }"
    )
