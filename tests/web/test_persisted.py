"""Apollo's automatic persisted queries, by the letter of its protocol."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from gateway.cache.persisted import PersistedDocuments, hash_of
from gateway.edge.graphql.documents import Documents
from tests.web.conftest import Connect

QUERY = 'query Q { echo(text: "hi") }'
HASH = hash_of(QUERY)
NEWER = "application/graphql-response+json"


def extensions(name: str = HASH, version: object = 1) -> dict[str, Any]:
    return {"persistedQuery": {"version": version, "sha256Hash": name}}


def code(response: httpx.Response) -> str:
    (error,) = response.json()["errors"]
    return str(error["extensions"]["code"])


@pytest.fixture
async def client(connect: Connect) -> AsyncIterator[httpx.AsyncClient]:
    async with connect(documents=Documents(PersistedDocuments(None))) as found:
        yield found


@pytest.mark.parametrize("accept", ["*/*", NEWER])
async def test_not_found_then_registered_then_found(client: httpx.AsyncClient, accept: str) -> None:
    by_hash = {"extensions": extensions(), "variables": {"n": True}}
    headers = {"Accept": accept}
    missed = await client.post("/graphql", json=by_hash, headers=headers)
    assert missed.status_code == 200
    assert missed.json() == {
        "errors": [
            {
                "message": "PersistedQueryNotFound",
                "extensions": {"code": "PERSISTED_QUERY_NOT_FOUND"},
            }
        ]
    }
    assert missed.headers["cache-control"] == "private, no-cache, must-revalidate"

    sent = await client.post("/graphql", json={"query": QUERY, **by_hash}, headers=headers)
    found = await client.post("/graphql", json=by_hash, headers=headers)
    assert sent.json() == found.json() == {"data": {"echo": "hi"}}


async def test_by_get_too(client: httpx.AsyncClient) -> None:
    by_hash = {"extensions": json.dumps(extensions())}
    assert code(await client.get("/graphql", params=by_hash)) == "PERSISTED_QUERY_NOT_FOUND"
    sent = await client.get("/graphql", params={"query": QUERY, **by_hash})
    found = await client.get("/graphql", params=by_hash)
    assert sent.json() == found.json() == {"data": {"echo": "hi"}}


async def test_a_hash_of_another_text_is_400(client: httpx.AsyncClient) -> None:
    sent = {"query": QUERY + " ", "extensions": extensions()}
    response = await client.post("/graphql", json=sent)
    assert (response.status_code, code(response)) == (400, "BAD_REQUEST")
    assert response.json()["errors"][0]["message"] == "provided sha does not match query"
    missed = await client.post("/graphql", json={"extensions": extensions()})
    assert code(missed) == "PERSISTED_QUERY_NOT_FOUND"


@pytest.mark.parametrize(
    "wrong",
    [extensions(version=2), {"persistedQuery": {"version": 1}}, {"persistedQuery": HASH},
     {"persistedQuery": {"version": 1, "sha256Hash": 1}}, {"persistedQuery": []}],
)  # fmt: skip
async def test_another_version_or_shape_is_400(
    client: httpx.AsyncClient, wrong: dict[str, Any]
) -> None:
    response = await client.post("/graphql", json={"query": QUERY, "extensions": wrong})
    assert (response.status_code, code(response)) == (400, "BAD_REQUEST")


async def test_only_good_documents_are_remembered(client: httpx.AsyncClient) -> None:
    for text in ("{ echo(", "query A { fails } query B { fails }"):
        by_hash = {"extensions": extensions(hash_of(text))}
        await client.post("/graphql", json={"query": text, **by_hash})
        missed = await client.post("/graphql", json=by_hash)
        assert code(missed) == "PERSISTED_QUERY_NOT_FOUND"


async def test_a_mutation_is_not_run_over_get(client: httpx.AsyncClient) -> None:
    text = "mutation { change }"
    by_hash = extensions(hash_of(text))
    sent = await client.post("/graphql", json={"query": text, "extensions": by_hash})
    found = await client.get("/graphql", params={"extensions": json.dumps(by_hash)})
    assert (sent.status_code, found.status_code) == (200, 405)


async def test_it_can_be_switched_off(connect: Connect) -> None:
    async with connect(documents=Documents()) as client:
        for more in ({}, {"query": QUERY}):
            response = await client.post("/graphql", json={"extensions": extensions(), **more})
            assert (response.status_code, code(response)) == (200, "PERSISTED_QUERY_NOT_SUPPORTED")
            assert response.json()["errors"][0]["message"] == "PersistedQueryNotSupported"
