"""Reads the recorded answers, whatever format their source kept them in."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar

import yaml
from pydantic import BaseModel

from gateway.cache.codec import ModelCodec

RECORDED = Path(__file__).parent / "recorded"

_FORMATS = (".json", ".yaml", ".yml")

M = TypeVar("M", bound=BaseModel)


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """One recorded answer and what had been asked."""

    source: str  # file below recorded/, and the number of the exchange in it
    url: str  # path and query, of live ones the method too; for bare bodies the file's name
    status: int  # 0: no answer came
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Route(Generic[M]):
    """An endpoint we use: what its payload is, and what it becomes.

    Args:
        pattern: Matches the whole URL.
        model: The wire model.
        to_domain: The mapping.
        identity: Places without which the payload is unreadable, as ``results`` or ``id``.
    """

    pattern: str
    model: type[M]
    to_domain: Callable[[M], object]
    identity: frozenset[str] = frozenset()

    def read(self, body: bytes) -> object:
        """Parse, keep as the cache does, and map."""
        wire = self.model.model_validate_json(body)
        codec = ModelCodec(self.model)
        assert codec.decode(codec.encode(wire)) == wire, "the cache would change it"
        assert self.model.model_validate_json(wire.model_dump_json(by_alias=True)) == wire
        return self.to_domain(wire)


class _Yaml(yaml.CSafeLoader):
    """Knows the ``!binary`` that Ruby writes."""


_Yaml.add_constructor("!binary", _Yaml.yaml_constructors["tag:yaml.org,2002:binary"])


def exchanges(api: str, statuses: Mapping[str, int] | None = None) -> list[Exchange]:
    """Every recorded answer of an API.

    Args:
        api: The folder below recorded/.
        statuses: HTTP status of bare bodies that were not a 200, by file name.
    """
    files = sorted(path for path in (RECORDED / api).rglob("*") if path.suffix in _FORMATS)
    return [each for path in files for each in _read(path, statuses or {})]


def matching(url: str, patterns: Sequence[str]) -> list[str]:
    """The patterns that match the whole of ``url``."""
    return [pattern for pattern in patterns if re.fullmatch(pattern, url)]


def _read(path: Path, statuses: Mapping[str, int]) -> Iterator[Exchange]:
    where = path.relative_to(RECORDED).as_posix()
    if path.suffix == ".json":
        yield _from_json(path, where, statuses)
        return
    document = yaml.load(path.read_bytes(), _Yaml)  # noqa: S506 - a SafeLoader
    interactions = document.get("interactions") or document["http_interactions"]
    for number, each in enumerate(interactions):
        yield _from_cassette(each, f"{where}#{number}")


def _from_json(path: Path, where: str, statuses: Mapping[str, int]) -> Exchange:
    raw = path.read_bytes()
    found = json.loads(raw)
    if found.keys() >= {"request", "response", "note"}:
        return _from_live(found, where)
    if "Guid" not in found or "Response" not in found:
        status = statuses.get(path.name, 200)
        return Exchange(source=where, url=path.name, status=status, body=raw)
    answer = found["Response"]
    return Exchange(
        source=where,
        url=found["Request"]["Path"]["Matchers"][0]["Pattern"],
        status=answer["StatusCode"],
        body=json.dumps(answer["BodyAsJson"]).encode(),
    )


def _from_live(found: dict[str, Any], where: str) -> Exchange:
    request, answer = found["request"], found["response"]
    return Exchange(
        source=where,
        url=f"{request['method']} {request['path']}",
        status=answer["status"] or 0,  # no answer came
        body=b"" if answer["body"] is None else json.dumps(answer["body"]).encode(),
    )


def _from_cassette(each: dict[str, Any], where: str) -> Exchange:
    request, answer = each["request"], each["response"]
    status, body = answer.get("code", answer.get("status")), answer["body"]
    text = body["string"] if isinstance(body, dict) else body
    return Exchange(
        source=where,
        url=re.sub(r"https?://[^/]+", "", request.get("uri") or request["url"]),
        status=status["code"] if isinstance(status, dict) else status,
        body=text if isinstance(text, bytes) else text.encode(),
    )
