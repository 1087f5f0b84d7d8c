"""Wrong values in right payloads: what an upstream may send some day."""

from __future__ import annotations

import dataclasses
import json
import math
from collections.abc import Iterator, Mapping
from datetime import datetime
from enum import Enum
from typing import Any

from hypothesis import strategies as st

Step = str | int
Place = tuple[Step, ...]

_GONE = object()
_DEEP = "\x00deep"
_ENORMOUS = "\x00enormous"

WRONG: Mapping[str, object] = {
    "missing": _GONE,
    "null": None,
    "true": True,
    "text": "x",
    "blank": "",
    "number": 7,
    "negative": -1,
    "fraction": 0.5,
    "huge": 10**30,
    "not a number": math.nan,
    "list": [],
    "list of nulls": [None],
    "object": {},
    "object of objects": {"id": {"id": {}}},
    "old date": "0001-01-01T00:00:00+14:00",
    "no date": "2013-02-31",
}
"""Values of the wrong type or range, each readable as JSON."""

HOSTILE: Mapping[str, object] = {
    **WRONG,
    "half a character": "\ud800",
    "deep": _DEEP,
    "enormous": _ENORMOUS,
    "NUL": "a\x00b",
}
"""Ditto, and values that may make the JSON itself unreadable."""


def places(value: object, here: Place = ()) -> Iterator[Place]:
    """Every place in a payload, itself included."""
    yield here
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from places(inner, (*here, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from places(inner, (*here, index))


def shape_of(place: Place) -> str:
    """``results.*.id`` for the third result's id."""
    return ".".join("*" if isinstance(step, int) else step for step in place)


def trimmed(value: object, most: int = 2) -> object:
    """The payload with short tables and lists, lists of at least two, so that one may fail."""
    if isinstance(value, dict):
        is_table = all(key.isupper() for key in value)  # by country
        return {key: trimmed(value[key]) for key in list(value)[: most if is_table else None]}
    if isinstance(value, list):
        kept = [trimmed(inner) for inner in value[:most]]
        return kept * 2 if len(kept) == 1 else kept
    return value


def mutated(payload: object, place: Place, wrong: object) -> bytes:
    """The payload as JSON with ``wrong`` at one place."""
    changed = _spoilt(payload, place, wrong)
    return _dumped(None if changed is _GONE else changed)


def _spoilt(value: object, place: Place, wrong: object) -> object:
    """A copy with ``wrong`` at ``place``, if it is still there; nothing else is copied."""
    if not place:
        return wrong
    step, rest = place[0], place[1:]
    changed: dict[Step, object]
    if isinstance(value, dict) and step in value:
        changed = dict(value)
    elif isinstance(value, list) and isinstance(step, int) and step < len(value):
        changed = dict(enumerate(value))
    else:
        return value  # an earlier mutation took the place away
    inner = _spoilt(changed.pop(step), rest, wrong)
    if inner is not _GONE:
        changed[step] = inner
    return (
        [changed[key] for key in sorted(changed, key=int)] if isinstance(value, list) else changed
    )


def _dumped(value: object) -> bytes:
    text = json.dumps(value)
    text = text.replace(json.dumps(_DEEP), "[" * 5000 + "]" * 5000)
    return text.replace(json.dumps(_ENORMOUS), "9" * 5000).encode()


@st.composite
def hostile(draw: st.DrawFn, bodies: list[tuple[Any, bytes]]) -> tuple[Any, bytes]:
    """Draw one of ``bodies`` (route and body) with one to four places spoilt."""
    route, body = draw(st.sampled_from(bodies))
    payload = json.loads(body)
    every = list(places(payload))
    for _ in range(draw(st.integers(1, 4))):
        place = every[draw(st.integers(0, len(every) - 1))]
        wrong = HOSTILE[draw(st.sampled_from(sorted(HOSTILE)))]
        payload = _spoilt(payload, place, wrong)
    return route, _dumped(None if payload is _GONE else payload)


def assert_servable(value: object) -> None:
    """A domain value that the graph can serialise: finite, in range, with aware moments."""
    if dataclasses.is_dataclass(value):
        for field in dataclasses.fields(value):
            assert_servable(getattr(value, field.name))
    elif isinstance(value, tuple | frozenset):
        for item in value:
            assert_servable(item)
    elif isinstance(value, bool | Enum) or value is None:
        return
    elif isinstance(value, int | float):
        assert math.isfinite(value)
        assert abs(value) < 2**53
    elif isinstance(value, datetime):
        assert value.tzinfo is not None
    elif isinstance(value, str):
        value.encode()
