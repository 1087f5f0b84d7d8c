"""How long the lists are that the schema tells of itself."""

from __future__ import annotations

from collections.abc import Mapping

from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
)


def lengths_of(schema: GraphQLSchema) -> Mapping[str, int]:
    """By field: exact where there is one such list, the mean, rounded up, where there are many."""
    kinds = list(schema.type_map.values())
    composite = [e for e in kinds if isinstance(e, GraphQLObjectType | GraphQLInterfaceType)]
    fields = [field for each in composite for field in each.fields.values()]
    args = sum(len(each.args) for each in fields)
    inputs = sum(len(e.fields) for e in kinds if isinstance(e, GraphQLInputObjectType))
    values = sum(len(e.values) for e in kinds if isinstance(e, GraphQLEnumType))
    interfaces = sum(len(each.interfaces) for each in composite)
    return {
        "types": len(kinds),
        "directives": len(schema.directives),
        "fields": _mean(len(fields), len(kinds)),
        "args": _mean(args, len(fields)),
        "inputFields": _mean(inputs, len(kinds)),
        "enumValues": _mean(values, len(kinds)),
        "interfaces": _mean(interfaces, len(kinds)),
        "possibleTypes": _mean(interfaces, len(kinds)),
    }


def _mean(count: int, among: int) -> int:
    return -(-count // max(1, among))
