"""JSON as RFC 8259 has it, refusing whatever two readers could read in two ways."""

from __future__ import annotations

import json
from typing import Final, Never, TypeAlias

import orjson

from gateway.edge.graphql.refusal import RefusalCode, RefusedError

JsonObject: TypeAlias = dict[str, object]

MAX_DEPTH: Final = 64


def parse_json(body: bytes) -> object:
    """Read one document.

    orjson refuses bad UTF-8, lone surrogates and NaN; the standard library alone can see a
    repeated key, and keeps integers beyond 64 bits exact. What orjson writes again as it was
    has neither, and most clients write as tightly as it does.

    Raises:
        RefusedError: Not JSON, a repeated key, or nested beyond ``MAX_DEPTH``.
    """
    try:
        found: object = orjson.loads(body)
        if orjson.dumps(found) != body:
            found = json.loads(body, object_pairs_hook=_unique, parse_constant=_refuse_constant)
    except (ValueError, TypeError, RecursionError) as exc:
        raise RefusedError(RefusalCode.INVALID_JSON, "The body is not valid JSON.") from exc
    brackets = body.count(b"{") + body.count(b"[")
    if brackets > MAX_DEPTH and _is_deeper(found, MAX_DEPTH):
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
