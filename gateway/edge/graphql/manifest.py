"""Manifests of trusted documents, as the tools of GraphQL clients write them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Final, TypeAlias

from gateway.errors import ConfigError

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
