"""The schema in the repository is what is served, described, and changes by addition only."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    build_schema,
    find_breaking_changes,
)

from gateway.registry import BUILT_IN, UPSTREAMS, load_built_in, load_subgraphs
from gateway.schema import print_sdl

ROOT = Path(__file__).parents[2]
RELEASED = ROOT / "tests/contract/schema.released.graphql"
SERVED = build_schema(print_sdl())
FILES = {
    "__init__",
    "client",
    "fields",
    "loaders",
    "mapping",
    "policies",
    "settings",
    "wire",
}


def test_the_schema_in_the_repository_is_the_one_served() -> None:
    text = (ROOT / "schema.graphql").read_text(encoding="utf-8")
    assert text == print_sdl(), "run `gateway schema schema.graphql`"


def described(schema: GraphQLSchema) -> Iterator[tuple[str, str | None]]:
    """Everything that a developer can point at, with what is said of it."""
    for name, each in schema.type_map.items():
        if name.startswith("__") or name in {"Int", "Float", "String", "Boolean", "ID"}:
            continue
        yield name, each.description
        if isinstance(each, GraphQLEnumType):
            for value, definition in each.values.items():
                yield f"{name}.{value}", definition.description
        if isinstance(each, GraphQLObjectType | GraphQLInterfaceType | GraphQLInputObjectType):
            for field, definition in each.fields.items():
                yield f"{name}.{field}", definition.description
                for argument, given in getattr(definition, "args", {}).items():
                    yield f"{name}.{field}({argument}:)", given.description


def test_everything_has_a_description() -> None:
    every = dict(described(SERVED))
    assert len(every) > 300
    assert [name for name, text in every.items() if not (text or "").strip()] == []
    assert [name for name, text in every.items() if not (text or "").endswith((".", ")"))] == []


def test_deprecations_name_a_date_and_a_replacement() -> None:
    for name, each in SERVED.type_map.items():
        for field, definition in getattr(each, "fields", {}).items():
            reason = definition.deprecation_reason
            assert reason is None or re.search(r"\d{4}-\d\d-\d\d.*`\w+`", reason), (name, field)


def undeclared(released: GraphQLSchema, served: GraphQLSchema, changelog: str) -> list[str]:
    """Breaking changes that the newest section of the changelog does not own up to."""
    sections = re.split(r"^## ", changelog, flags=re.MULTILINE)
    newest = sections[1] if len(sections) > 1 else ""
    declared = {
        line.removeprefix("- BREAKING: ").strip()
        for line in newest.splitlines()
        if line.startswith("- BREAKING: ")
    }
    changes = {change.description for change in find_breaking_changes(released, served)}
    return sorted(changes - declared)


def test_nothing_breaks_that_the_changelog_does_not_declare() -> None:
    changelog = ROOT / "CHANGELOG.md"
    text = changelog.read_text(encoding="utf-8") if changelog.exists() else ""
    released = build_schema(RELEASED.read_text(encoding="utf-8"))
    assert undeclared(released, SERVED, text) == []


@pytest.mark.parametrize(
    ("changelog", "left"),
    [
        ("", 1),
        ("# Changes\n\n## 0.2.0\n\n- BREAKING: {change}\n\n## 0.1.0\n", 0),
        ("# Changes\n\n## 0.2.0\n\n- More.\n\n## 0.1.0\n\n- BREAKING: {change}\n", 1),
        ("# Changes\n\n## 0.2.0\n\n- BREAKING: Something else.\n", 1),
    ],
)
def test_a_field_that_goes_must_be_declared_in_the_newest_section(
    changelog: str, left: int
) -> None:
    old = build_schema("type Query { a: Int b: Int }")
    new = build_schema("type Query { a: Int c: Int }")
    (change,) = (each.description for each in find_breaking_changes(old, new))
    assert len(undeclared(old, new, changelog.replace("{change}", change))) == left


def test_additions_are_no_breach() -> None:
    old = build_schema("type Query { a(x: Int): Int } enum E { ONE }")
    new = build_schema("type Query { a(x: Int y: Int): Int b: E } enum E { ONE TWO }")
    assert undeclared(old, new, "") == []


def folders() -> set[str]:
    parent = ROOT / "gateway/upstreams"
    return {each.name for each in parent.iterdir() if (each / "__init__.py").exists()}


def test_every_folder_is_registered_and_every_name_has_a_folder() -> None:
    assert folders() == {*UPSTREAMS, BUILT_IN}
    assert [each.name for each in load_subgraphs()] == list(UPSTREAMS)
    assert load_built_in().name == BUILT_IN


@pytest.mark.parametrize("upstream", UPSTREAMS)
def test_every_upstream_has_the_same_files(upstream: str) -> None:
    """A file that grew may be a folder, and may have neighbours that begin with its name."""
    folder = ROOT / "gateway/upstreams" / upstream
    found = {each.stem for each in folder.iterdir() if each.suffix == ".py" or each.is_dir()}
    assert found - {"__pycache__"} >= FILES
