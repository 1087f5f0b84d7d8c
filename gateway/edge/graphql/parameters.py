"""From bytes to ``GraphQLParams``: strict, because two readers must never differ on one body."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import parse_qsl

from gateway.edge.graphql.refusal import RefusalCode, RefusedError
from gateway.edge.graphql.strict_json import JsonObject, parse_json

MAX_QUERY_FIELDS: Final = 32
KEPT: Final = 512
LONGEST_KEPT_BYTES: Final = 4096


@dataclass(frozen=True, slots=True, kw_only=True)
class GraphQLParams:
    """One operation as a client sent it, well-formed but not yet parsed as GraphQL.

    Shared by all requests of the same bytes: nobody may change it.
    """

    query: str
    variables: dict[str, object] = field(default_factory=dict)
    operation_name: str | None = None
    extensions: dict[str, object] = field(default_factory=dict)
    read_only: bool = False


class Bodies:
    """Reads POST bodies; one that was read lately is not read again."""

    def __init__(self) -> None:
        self._known: OrderedDict[bytes, GraphQLParams] = OrderedDict()

    def read(self, body: bytes) -> GraphQLParams:
        """Read a body, or remember.

        Raises:
            RefusedError: It is no operation.
        """
        known = self._known.get(body)
        if known is not None:
            self._known.move_to_end(body)
            return known
        params = from_json(body)
        if len(body) <= LONGEST_KEPT_BYTES:
            self._known[body] = params
            if len(self._known) > KEPT:
                self._known.popitem(last=False)
        return params


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
