"""Manifests of trusted documents, as the tools of GraphQL clients write them."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeAlias

from gateway.edge.graphql.ports import Graph
from gateway.engine.execute import Outcome
from gateway.engine.prepared import Prepared
from gateway.errors import ConfigError

log = logging.getLogger(__name__)

Manifest: TypeAlias = Mapping[str, str]
"""Texts by id."""

APOLLO: Final = "apollo-persisted-query-manifest"
SETTING: Final = "GATEWAY_TRUSTED_DOCUMENTS"
_LONGEST_ID: Final = 200


class _ManifestError(Exception):
    """What is wrong with a manifest, and where."""


def read_manifest(path: Path) -> Manifest:
    """Read ``{id: text}`` of graphql-codegen and of Relay's compiler, or Apollo's format.

    Raises:
        ConfigError: It cannot be read; the message names the file and the place in it.
    """
    try:
        found = json.loads(path.read_bytes(), object_pairs_hook=_unique)
        return _apollo(found) if _is_apollo(found) else _plain(found)
    except OSError as exc:
        raise _wrong(path, exc.strerror or "cannot be read") from exc
    except json.JSONDecodeError as exc:
        raise _wrong(path, f"line {exc.lineno}, column {exc.colno}: {exc.msg}") from exc
    except UnicodeDecodeError as exc:
        raise _wrong(path, f"byte {exc.start}: not UTF-8") from exc
    except RecursionError as exc:
        raise _wrong(path, "nested too deeply for a manifest") from exc
    except _ManifestError as exc:
        raise _wrong(path, str(exc)) from exc


def check_manifest(manifest: Manifest, graph: Graph, path: Path) -> None:
    """Read its documents as they would be run.

    One that the schema no longer allows is warned of: an older client may be gone by now. What is
    no GraphQL at all was never sent by anybody.

    Raises:
        ConfigError: One of them is no GraphQL; the message names its id and the line in it.
    """
    for name, text in manifest.items():
        found = graph.prepare(text, None)
        told = None if isinstance(found, Prepared) else _first_error(found)
        if told is None or told.code == "OPERATION_RESOLUTION_FAILURE":
            continue  # of several operations the client names one
        where = f'key "{name}", line {told.line} of its text'
        if told.code == "GRAPHQL_PARSE_FAILED":
            raise _wrong(path, f"{where}: {told.message}")
        log.warning("a trusted document would be refused: %s: %s", where, told.message)


@dataclass(frozen=True, slots=True)
class _Told:
    code: str
    message: str
    line: int


def _first_error(refused: Outcome) -> _Told:
    match refused.body["errors"]:
        case [{"message": str(message), "extensions": {"code": str(code)}, **rest}, *_]:
            match rest:
                case {"locations": [{"line": int(line)}, *_]}:
                    return _Told(code, message, line)
            return _Told(code, message, 1)
    raise TypeError("a refusal without an error")


def _wrong(path: Path, why: str) -> ConfigError:
    return ConfigError(f"{SETTING}: {path}: {why}")


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found: dict[str, object] = {}
    for key, value in pairs:
        if key in found:
            raise _ManifestError(f'key "{key[:_LONGEST_ID]}": is there twice')
        found[key] = value
    return found


def _is_apollo(found: object) -> bool:
    return isinstance(found, dict) and not isinstance(found.get("operations", ""), str)


def _plain(found: object) -> Manifest:
    if not isinstance(found, dict):
        raise _ManifestError("line 1: should be an object of texts by id")
    return {key: _text(value, f'key "{key[:_LONGEST_ID]}"', key) for key, value in found.items()}


def _apollo(found: dict[str, object]) -> Manifest:
    if found.get("format") != APOLLO:
        raise _ManifestError(f'key "format": should be "{APOLLO}"')
    if found.get("version") != 1:
        raise _ManifestError('key "version": should be 1')
    operations = found["operations"]
    if not isinstance(operations, list):
        raise _ManifestError('key "operations": should be a list')
    texts: dict[str, str] = {}
    for place, each in enumerate(operations):
        where = f'key "operations[{place}]"'
        if not isinstance(each, dict) or not isinstance(each.get("id"), str):
            raise _ManifestError(f'{where}: should be an object with a string "id"')
        if each["id"] in texts:
            raise _ManifestError(f'{where}: the id "{each["id"][:_LONGEST_ID]}" is there twice')
        texts[each["id"]] = _text(each.get("body"), f'{where}, "body"', each["id"])
    return texts


def _text(value: object, where: str, name: str) -> str:
    if not 0 < len(name) <= _LONGEST_ID:
        raise _ManifestError(f"{where}: an id has 1 to {_LONGEST_ID} letters")
    if not isinstance(value, str) or not value.strip():
        raise _ManifestError(f"{where}: should be the text of a document")
    return value
