"""Each client may spend so much in a minute; the rest is refused with the time to wait."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping

import httpx
import pytest

from tests.graph.stage import Stage, staged

FILM = "{ movie(by: {tmdbId: %d}) { title } }"  # costs 4


@pytest.fixture
async def strict() -> AsyncIterator[Stage]:
    environ = {"GATEWAY_CLIENT_COST_PER_MINUTE": "10", "GATEWAY_TRUSTED_PROXIES": "127.0.0.1"}
    async with staged(environ) as made:
        yield made


async def ask(stage: Stage, query: str, **headers: str) -> httpx.Response:
    named: Mapping[str, str] = {name.replace("_", "-"): each for name, each in headers.items()}
    return await stage.http.post("/graphql", json={"query": query}, headers=named)


async def test_what_is_left_is_told_until_nothing_is(strict: Stage) -> None:
    first = await ask(strict, FILM % 603, X_Cost="include")  # so that no cache may keep it
    assert first.status_code == 200
    assert first.headers["ratelimit-policy"] == '"cost";q=10;w=60'
    assert first.headers["ratelimit"] == '"cost";r=6;t=24'
    await ask(strict, FILM % 604)
    refused = await ask(strict, FILM % 605)
    assert refused.status_code == 429
    assert 1 <= int(refused.headers["retry-after"]) <= 12
    assert refused.headers["ratelimit"].startswith('"cost";r=2;t=4')
    assert refused.headers["cache-control"] == "no-store"
    (error,) = refused.json()["errors"]
    assert error["extensions"]["code"] == "CLIENT_RATE_LIMITED"
    assert error["extensions"]["retryable"] is True
    assert 0 < error["extensions"]["retryAfterMs"] <= 12_000
    assert "this one costs 4" in error["message"]
    assert strict.calls()["tmdb"] == 2


async def test_each_client_has_its_own(strict: Stage) -> None:
    for client, status in (("198.51.100.1", 200), ("198.51.100.1", 429), ("198.51.100.2", 200)):
        found = await ask(strict, "{ genres { id } }", X_Forwarded_For=client, X_Cost="include")
        assert found.status_code == status


async def test_what_costs_more_than_a_minute_is_let_in_once_and_paid_for(strict: Stage) -> None:
    dear = "{ charts(chart: POPULAR, first: 50) { nodes { title } } }"
    assert (await ask(strict, dear)).status_code == 200
    refused = await ask(strict, "{ __typename }")
    assert refused.status_code == 429
    assert int(refused.headers["retry-after"]) > 200


async def test_a_preview_costs_next_to_nothing(strict: Stage) -> None:
    dear = "{ charts(chart: POPULAR, first: 50) { nodes { title } } }"
    found = await ask(strict, dear, X_Cost="preview")
    assert found.headers["ratelimit"] == '"cost";r=9;t=6'


async def test_an_operation_that_is_refused_by_itself_does_not_ruin_its_client(
    strict: Stage,
) -> None:
    bomb = """{ charts(chart: POPULAR, first: 100) { nodes { similar(first: 100) {
      nodes { similar(first: 100) { nodes { title } } } } } } }"""
    assert (await ask(strict, bomb)).json()["errors"][0]["extensions"]["code"] == "TOO_MANY_OBJECTS"
    refused = await ask(strict, "{ __typename }")
    assert int(refused.headers["retry-after"]) <= 20_000 * 6


async def test_documents_that_are_refused_are_not_free(strict: Stage) -> None:
    assert (await ask(strict, "{ nothing }")).status_code == 200
    assert (await ask(strict, "{ nothing }")).status_code == 429


async def test_nobody_is_limited_by_default(stage: Stage) -> None:
    found = await ask(stage, FILM % 603)
    assert "ratelimit" not in found.headers
