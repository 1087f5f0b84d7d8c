"""From bytes to ``GraphQLParams``: strict, because two readers must never differ on one body."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Never, TypeAlias
from urllib.parse import parse_qsl

import orjson

from gateway.web.refusal import RefusalCode, RefusedError

JsonObject: TypeAlias = dict[str, object]

MAX_DEPTH: Final = 64
MAX_QUERY_FIELDS: Final = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class GraphQLParams:
    """One operation as a client sent it, well-formed but not yet parsed as GraphQL."""

    query: str
    variables: dict[str, object] = field(default_factory=dict)
    operation_name: str | None = None
    extensions: dict[str, object] = field(default_factory=dict)
    read_only: bool = False


def from_json(body: bytes) -> GraphQLParams:
    """Read a POST body."""
    document = parse_json(body)
    if isinstance(document, list):
        raise RefusedError(
            RefusalCode.BATCHING_NOT_SUPPORTED,
            "Batches are not supported: send one operation per request.",
        )
    if not isinstance(document, dict):
        raise RefusedError(RefusalCode.BAD_REQUEST, "The body must be a JSON object.")
    return _params(document, read_only=False)


def from_query_string(query_string: bytes) -> GraphQLParams:
    """Read a GET's query string; ``variables`` and ``extensions`` are JSON in it."""
    found: JsonObject = {}
    for name, value in _pairs(query_string):
        if name in found:
            raise RefusedError(RefusalCode.BAD_REQUEST, "A parameter is given twice.")
        found[name] = value
    for name in ("variables", "extensions"):
        text = found.get(name)
        if isinstance(text, str):
            found[name] = parse_json(text.encode()) if text else None
    if found.get("operationName") == "":
        found["operationName"] = None
    return _params(found, read_only=True)


def _pairs(query_string: bytes) -> list[tuple[str, str]]:
    try:
        return parse_qsl(
            query_string.decode("ascii"),
            keep_blank_values=True,
            errors="strict",
            max_num_fields=MAX_QUERY_FIELDS,
        )
    except ValueError as exc:
        raise RefusedError(
            RefusalCode.BAD_REQUEST, "The query string cannot be read as UTF-8 parameters."
        ) from exc


def _params(source: Mapping[str, object], *, read_only: bool) -> GraphQLParams:
    query, name = source.get("query"), source.get("operationName")
    if not isinstance(query, str):
        raise RefusedError(RefusalCode.BAD_REQUEST, "`query` must be a string.")
    if not isinstance(name, str | None):
        raise RefusedError(RefusalCode.BAD_REQUEST, "`operationName` must be a string or null.")
    return GraphQLParams(
        query=query,
        variables=_object(source, "variables"),
        operation_name=name,
        extensions=_object(source, "extensions"),
        read_only=read_only,
    )


def _object(source: Mapping[str, object], name: str) -> JsonObject:
    found = source.get(name)
    if found is None:
        return {}
    if not isinstance(found, dict):
        raise RefusedError(RefusalCode.BAD_REQUEST, f"`{name}` must be an object or null.")
    return found


def parse_json(body: bytes) -> object:
    """Read JSON as RFC 8259 has it, refusing whatever two parsers could read in two ways.

    orjson refuses bad UTF-8, lone surrogates and NaN; the standard library alone can see a
    repeated key, and keeps integers beyond 64 bits exact.

    Raises:
        RefusedError: Not JSON, a repeated key, or nested beyond ``MAX_DEPTH``.
    """
    try:
        orjson.loads(body)
        found: object = json.loads(body, object_pairs_hook=_unique, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as exc:
        raise RefusedError(RefusalCode.INVALID_JSON, "The body is not valid JSON.") from exc
    if _is_deeper(found, MAX_DEPTH):
        raise RefusedError(RefusalCode.INVALID_JSON, f"JSON is nested beyond {MAX_DEPTH} levels.")
    return found


def _refuse_constant(_name: str) -> Never:
    raise ValueError


def _unique(pairs: list[tuple[str, object]]) -> JsonObject:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise RefusedError(RefusalCode.INVALID_JSON, "A JSON object has the same key twice.")
    return found


def _is_deeper(document: object, levels: int) -> bool:
    """Walk level by level: a recursion here would be what the check is against."""
    level: list[object] = [document]
    for _ in range(levels):
        level = [child for parent in level for child in _children(parent)]
        if not level:
            return False
    return True


def _children(parent: object) -> list[object]:
    if isinstance(parent, dict):
        return list(parent.values())
    return parent if isinstance(parent, list) else []
