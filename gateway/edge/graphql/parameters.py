"""From bytes to ``GraphQLParams``: strict, because two readers must never differ on one body."""

from __future__ import annotations

import re
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
_BAD_PERCENT: Final = re.compile(rb"%(?![0-9A-Fa-f]{2})")
ID_NAMES: Final = ("documentId", "id", "doc_id")


@dataclass(frozen=True, slots=True, kw_only=True)
class GraphQLParams:
    """One operation as a client sent it, well-formed but not yet parsed as GraphQL.

    Shared by all requests of the same bytes: nobody may change it.
    """

    query: str | None  # None: by one of the names below
    variables: dict[str, object] = field(default_factory=dict)
    operation_name: str | None = None
    extensions: dict[str, object] = field(default_factory=dict)
    read_only: bool = False
    document_id: str | None = None
    persisted_hash: str | None = None  # SHA-256, as Apollo's clients send it


class Requests:
    """Reads bodies and query strings; what was read lately is not read again.

    Args:
        max_batch: Operations that one body may hold.
    """

    def __init__(self, max_batch: int = 1) -> None:
        self._max_batch = max_batch
        self._bodies = _Lately()
        self._query_strings = _Lately()

    def of_body(self, body: bytes) -> GraphQLParams | list[GraphQLParams]:
        """Read a POST's body; a list is a batch.

        Raises:
            RefusedError: It is no operation.
        """
        known = self._bodies.find(body)
        if known is not None:
            return known
        document = parse_json(body)
        if isinstance(document, list):
            return self._batch(document)
        return self._bodies.keep(body, of_document(document))

    def of_query_string(self, query_string: bytes) -> GraphQLParams:
        """Read a GET's query string.

        Raises:
            RefusedError: It is no operation.
        """
        known = self._query_strings.find(query_string)
        if known is not None:
            return known
        return self._query_strings.keep(query_string, from_query_string(query_string))

    def _batch(self, documents: list[object]) -> list[GraphQLParams]:
        if self._max_batch == 1:
            raise RefusedError(
                RefusalCode.BATCHING_NOT_SUPPORTED,
                "Batches are not supported: send one operation per request.",
            )
        if not 1 <= len(documents) <= self._max_batch:
            raise RefusedError(
                RefusalCode.BATCH_TOO_LARGE,
                f"A batch holds 1 to {self._max_batch} operations, not {len(documents)}.",
            )
        return [of_document(each) for each in documents]


class _Lately:
    """Bounded by number and by length: a flood of unlike ones costs nothing but their places."""

    def __init__(self) -> None:
        self._known: OrderedDict[bytes, GraphQLParams] = OrderedDict()

    def find(self, sent: bytes) -> GraphQLParams | None:
        known = self._known.get(sent)
        if known is not None:
            self._known.move_to_end(sent)
        return known

    def keep(self, sent: bytes, params: GraphQLParams) -> GraphQLParams:
        if len(sent) <= LONGEST_KEPT_BYTES:
            self._known[sent] = params
            if len(self._known) > KEPT:
                self._known.popitem(last=False)
        return params


def of_document(document: object) -> GraphQLParams:
    """Read one operation of a POST body.

    Raises:
        RefusedError: It is none.
    """
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
        if _BAD_PERCENT.search(query_string):
            raise ValueError("a percent sign without two digits")  # noqa: TRY301 - one way out
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
    extensions = _object(source, "extensions")
    params = GraphQLParams(
        query=_string(source, "query"),
        variables=_object(source, "variables"),
        operation_name=_string(source, "operationName"),
        extensions=extensions,
        read_only=read_only,
        document_id=_document_id(source),
        persisted_hash=_persisted_hash(extensions),
    )
    if params.query is None and params.document_id is None and params.persisted_hash is None:
        raise RefusedError(RefusalCode.BAD_REQUEST, "`query` must be a string.")
    return params


def _string(source: Mapping[str, object], name: str) -> str | None:
    found = source.get(name)
    if found is not None and not isinstance(found, str):
        raise RefusedError(RefusalCode.BAD_REQUEST, f"`{name}` must be a string or null.")
    return found


def _document_id(source: Mapping[str, object]) -> str | None:
    """As the draft on persisted documents names it, or as clients of Relay do.

    Other members of these names are none of our business.
    """
    for name in ID_NAMES:
        found = source.get(name)
        if isinstance(found, str) and found:
            return found
    return None


def _persisted_hash(extensions: JsonObject) -> str | None:
    """What Apollo's clients send."""
    found = extensions.get("persistedQuery")
    if found is None:
        return None
    if not isinstance(found, dict) or not isinstance(found.get("sha256Hash"), str):
        text = "`extensions.persistedQuery` must be an object with a `sha256Hash`."
        raise RefusedError(RefusalCode.BAD_REQUEST, text)
    if found.get("version") != 1:
        raise RefusedError(RefusalCode.BAD_REQUEST, "Unsupported persisted query version")
    return str(found["sha256Hash"])


def _object(source: Mapping[str, object], name: str) -> JsonObject:
    found = source.get(name)
    if found is None:
        return {}
    if not isinstance(found, dict):
        raise RefusedError(RefusalCode.BAD_REQUEST, f"`{name}` must be an object or null.")
    return found
