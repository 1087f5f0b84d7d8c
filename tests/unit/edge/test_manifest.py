"""Manifests as three tools write them, and what is said of a wrong one."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from graphql import parse

from gateway.cache.persisted import hash_of
from gateway.edge.graphql.manifest import read_manifest
from gateway.errors import ConfigError

APOLLO = {
    "format": "apollo-persisted-query-manifest",
    "version": 1,
    "operations": [{"id": "a1", "name": "A", "type": "query", "body": "query A { a }"}],
}


def written(folder: Path, text: str | bytes) -> Path:
    path = folder / "documents.json"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        ({"a1": "query A { a }"}, {"a1": "query A { a }"}),
        (APOLLO, {"a1": "query A { a }"}),
        ({"operations": "{ a }", "format": "{ b }"}, {"operations": "{ a }", "format": "{ b }"}),
        ({}, {}),
    ],
)
def test_it_is_read(tmp_path: Path, found: object, expected: object) -> None:
    assert read_manifest(written(tmp_path, json.dumps(found))) == expected


def with_operations(*operations: object) -> str:
    return json.dumps({**APOLLO, "operations": operations})


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "line 1, column 1"),
        ('{\n "a": "{ a }",\n}', "line 3"),
        ("[]", "line 1: should be an object"),
        ('{"a": "{ a }", "a": "{ b }"}', 'key "a": is there twice'),
        ('{"a": 1}', 'key "a": should be the text'),
        ('{"a": " "}', 'key "a": should be the text'),
        ('{"": "{ a }"}', "an id has"),
        (b'{"a": "\xff"}', "not UTF-8"),
        ("[" * 100_000, "nested"),
        ('{"operations": []}', 'key "format"'),
        (json.dumps({**APOLLO, "version": 2}), 'key "version"'),
        (json.dumps({**APOLLO, "operations": {}}), 'key "operations"'),
        (with_operations("x"), 'key "operations[0]"'),
        (with_operations({"id": "a"}), 'key "operations[0]", "body"'),
        (with_operations(*APOLLO["operations"] * 2), 'the id "a1" is there twice'),  # type: ignore[arg-type, operator]
    ],
)
def test_a_wrong_one_is_told_with_its_place(tmp_path: Path, text: str | bytes, said: str) -> None:
    path = written(tmp_path, text)
    with pytest.raises(ConfigError) as caught:
        read_manifest(path)
    assert str(caught.value).startswith(f"GATEWAY_TRUSTED_DOCUMENTS: {path}: ")
    assert said in str(caught.value)


def test_so_is_one_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="No such file"):
        read_manifest(tmp_path / "none.json")


@pytest.mark.parametrize(("tool", "operations"), [("codegen", 5), ("relay", 4), ("apollo", 5)])
def test_what_the_tools_wrote_is_read(tool: str, operations: int) -> None:
    """Made by ``npm run manifests`` in tests/clients."""
    folder = Path(__file__).parents[2] / "clients" / "manifests"
    manifest = read_manifest(folder / f"{tool}.json")
    assert len(manifest) == operations
    for name, text in manifest.items():
        assert parse(text).definitions
        assert name.removeprefix("sha256:") == hash_of(text)
