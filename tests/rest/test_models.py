"""The models against the schema: the same names, null wherever the graph may say null."""

from __future__ import annotations

from enum import Enum
from typing import Any, Final, get_args

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLNonNull,
    GraphQLObjectType,
)
from pydantic import BaseModel

from gateway.domain.request import Availability, RequestStatus
from gateway.domain.request_store import RequestOrder
from gateway.domain.trailer import TrailerKind
from gateway.web.rest.models import base, movies, problem, requests
from gateway.web.rest.models.lists import Chart, Order
from tests.graph.everything import core_schema

SCHEMA: Final = core_schema()
GRAPHS: Final = {
    "MovieCard": "Movie",
    "MovieWithTrailer": "Movie",
    "RequestItem": "Request",
    "RequestState": "Request",
}
"""Models that show a part of a type, by its name in the graph; others have the type's."""
OURS: Final = {"Answer", "Fault", "Freshness", "Model", "Page", "Problem", "WrongPart"}
OURS |= {"NewRequest", "Decision"}
BESIDE: Final = {"errors", "freshness", "availability4k"}


def models() -> list[type[BaseModel]]:
    """Every model that shows a type of the graph."""
    found = [
        each
        for module in (base, movies, requests, problem)
        for each in vars(module).values()
        if isinstance(each, type) and issubclass(each, base.Model)
    ]
    return sorted({e for e in found if e.__name__.partition("[")[0] not in OURS}, key=repr)


def allows_null(annotation: Any) -> bool:  # noqa: ANN401 - a type
    return type(None) in get_args(annotation)


@pytest.mark.parametrize("model", models(), ids=lambda model: model.__name__)
def test_a_model_is_a_part_of_its_type(model: type[BaseModel]) -> None:
    name = GRAPHS.get(model.__name__, model.__name__)
    kind = SCHEMA.type_map[name]
    assert isinstance(kind, GraphQLObjectType | GraphQLInterfaceType)
    for field in model.model_fields.values():
        if field.alias in BESIDE:
            continue
        assert field.alias is not None
        may_be_null = not isinstance(kind.fields[field.alias].type, GraphQLNonNull)
        assert allows_null(field.annotation) is may_be_null


@pytest.mark.parametrize(
    ("ours", "name"),
    [
        (Chart, "MovieChart"),
        (Order, "DiscoverOrder"),
        (RequestStatus, "RequestStatus"),
        (RequestOrder, "RequestOrder"),
        (Availability, "Availability"),
        (TrailerKind, "TrailerKind"),
    ],
)
def test_words_are_the_graph_s(ours: type[Enum], name: str) -> None:
    kind = SCHEMA.type_map[name]
    assert isinstance(kind, GraphQLEnumType)
    assert [each.value for each in ours] == list(kind.values)


def test_what_is_sent_has_the_graph_s_names() -> None:
    for name, sent in (
        ("RequestMovieInput", requests.NewRequest.model_json_schema()),
        ("MovieRef", requests.NewRequest.model_json_schema()["$defs"]["MovieRef"]),
        ("DeclineRequestInput", requests.Decision.model_json_schema()),
    ):
        kind = SCHEMA.type_map[name]
        assert isinstance(kind, GraphQLInputObjectType)
        assert sent["properties"].keys() - {"decision"} <= kind.fields.keys()
