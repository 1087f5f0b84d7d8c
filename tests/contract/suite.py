"""What every upstream's recordings must pass."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from pydantic import ValidationError

from tests.contract.mutations import WRONG, assert_servable, mutated, places, shape_of, trimmed
from tests.contract.recordings import Exchange, Route, matching

AnyRoute = Route[Any]


def assert_each_has_one_place(
    found: Sequence[Exchange], routes: Sequence[AnyRoute], unused: Mapping[str, str]
) -> None:
    """Every exchange is read or listed with a reason, and no line of the lists is idle."""
    patterns = [route.pattern for route in routes] + list(unused)
    hits = {each.source: matching(each.url, patterns) for each in found}
    assert {source: hit for source, hit in hits.items() if len(hit) != 1} == {}
    assert set(patterns) == {pattern for hit in hits.values() for pattern in hit}


def readable(
    found: Sequence[Exchange], routes: Sequence[AnyRoute]
) -> list[tuple[AnyRoute, Exchange]]:
    """Successful answers of the endpoints we use."""
    return [
        (route, each)
        for each in found
        for route in routes
        if 200 <= each.status < 300 and matching(each.url, [route.pattern])
    ]


def params(found: Sequence[Exchange], routes: Sequence[AnyRoute]) -> list[Any]:
    """``readable`` for ``pytest.mark.parametrize("route, exchange", …)``."""
    return [pytest.param(r, each, id=each.source) for r, each in readable(found, routes)]


def spoil_everywhere(found: Sequence[Exchange], routes: Sequence[AnyRoute]) -> int:
    """Put each wrong value at each place once; only the identity may make a payload unreadable.

    Returns:
        How many payloads were tried.
    """
    tried = 0
    seen: set[tuple[str, str]] = set()
    for route, each in readable(found, routes):
        payload = trimmed(json.loads(each.body))
        for place in places(payload):
            spot = (route.pattern, shape_of(place))
            if spot in seen:
                continue
            seen.add(spot)
            for name, wrong in WRONG.items():
                tried += 1
                _assert_tolerated(route, shape_of(place), mutated(payload, place, wrong), name)
    return tried


def _assert_tolerated(route: AnyRoute, shape: str, body: bytes, name: str) -> None:
    try:
        wire = route.model.model_validate_json(body)
    except ValidationError:
        assert shape in route.identity | {""}, f"unreadable with {name} at {shape}"
        return
    assert_servable(route.to_domain(wire))


def assert_read_or_refused(route: AnyRoute, body: bytes) -> None:
    """Parsing may refuse with pydantic's error; whatever it lets through, the mapping takes."""
    try:
        wire = route.model.model_validate_json(body)
    except ValidationError:
        return
    assert_servable(route.to_domain(wire))
    assert route.model.model_validate_json(wire.model_dump_json(by_alias=True)) == wire
