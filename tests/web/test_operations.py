"""GraphiQL's ready operations against the schema that is served."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from graphql import GraphQLSchema, OperationDefinitionNode, build_schema, parse, validate
from graphql.execution.values import get_variable_values

import gateway.web
from gateway.schema import print_sdl

FOLDER = Path(gateway.web.__file__).parent / "graphiql" / "operations"
OPERATIONS = sorted(FOLDER.glob("*.graphql"))


@pytest.fixture(scope="module")
def schema() -> GraphQLSchema:
    return build_schema(print_sdl())


def test_every_operation_is_a_tab() -> None:
    tabs = (FOLDER / "index.js").read_text()

    assert [path.stem for path in OPERATIONS] == [
        "front-page",
        "movie-page",
        "request-list",
        "search-as-you-type",
    ]
    for path in OPERATIONS:
        assert f'"./{path.name}"' in tabs
        assert f'"./{path.stem}.json"' in tabs


@pytest.mark.parametrize("path", OPERATIONS, ids=lambda path: path.stem)
def test_it_is_valid_with_its_variables(path: Path, schema: GraphQLSchema) -> None:
    document = parse(path.read_text())
    (operation,) = document.definitions
    variables = json.loads(path.with_suffix(".json").read_text())

    assert validate(schema, document) == []
    assert isinstance(operation, OperationDefinitionNode)
    definitions = operation.variable_definitions or ()
    coerced = get_variable_values(schema, definitions, variables)
    assert not isinstance(coerced, list), coerced
    declared = {each.variable.name.value for each in definitions}
    assert set(variables) <= declared


@pytest.mark.parametrize("path", OPERATIONS, ids=lambda path: path.stem)
def test_it_begins_by_telling_what_it_is(path: Path) -> None:
    lines = path.read_text().splitlines()
    comment = [line for line in lines if line.startswith("#")]

    assert lines[: len(comment)] == comment
    assert comment
    assert max(map(len, comment)) <= 64  # what the editor shows without scrolling
