"""Documents that are known before anybody sends them, by the ids of their manifest."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

from gateway.cache.persisted import PersistedDocuments, hash_of
from gateway.edge.graphql.documents import Documents
from tests.web.conftest import Connect

TEXT = 'query Greeting { echo(text: "hi") }'
MANIFEST = {"greeting-1": TEXT, hash_of(TEXT): TEXT, "change": "mutation { change }"}
HELLO = {"data": {"echo": "hi"}}
BY_ID = [
    {"documentId": "greeting-1"},
    {"documentId": f"sha256:{hash_of(TEXT)}"},
    {"id": "greeting-1"},
    {"doc_id": "greeting-1"},
    {"extensions": {"persistedQuery": {"version": 1, "sha256Hash": hash_of(TEXT)}}},
    {"id": "greeting-1", "query": TEXT},
]


def documents(*, only: bool) -> Documents:
    return Documents(PersistedDocuments(None), MANIFEST, only=only)


def code(response: httpx.Response) -> str:
    (error,) = response.json()["errors"]
    return str(error["extensions"]["code"])


@pytest.mark.parametrize("only", [False, True])
@pytest.mark.parametrize("sent", BY_ID, ids=lambda sent: next(iter(sent)))
async def test_an_id_is_as_good_as_the_text(
    connect: Connect, sent: dict[str, Any], *, only: bool
) -> None:
    async with connect(documents=documents(only=only)) as client:
        posted = await client.post("/graphql", json=sent)
        params = {k: v if isinstance(v, str) else json.dumps(v) for k, v in sent.items()}
        fetched = await client.get("/graphql", params=params)
    assert posted.json() == fetched.json() == HELLO


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        ({"query": TEXT}, (403, "TRUSTED_DOCUMENT_REQUIRED")),
        ({"query": "{ not even graphql"}, (403, "TRUSTED_DOCUMENT_REQUIRED")),
        ({"query": "{ fails }", "id": "greeting-1"}, (403, "TRUSTED_DOCUMENT_REQUIRED")),
        ({"documentId": "unknown"}, (400, "TRUSTED_DOCUMENT_NOT_FOUND")),
        ({"documentId": "unknown", "query": TEXT}, (400, "TRUSTED_DOCUMENT_NOT_FOUND")),
        ({"extensions": {"persistedQuery": {"version": 1, "sha256Hash": hash_of("{ fails }")}},
          "query": "{ fails }"}, (400, "TRUSTED_DOCUMENT_NOT_FOUND")),
    ],
)  # fmt: skip
async def test_nothing_else_is_run_in_only_mode(
    connect: Connect, sent: dict[str, Any], expected: tuple[int, str]
) -> None:
    async with connect(documents=documents(only=True)) as client:
        for _ in range(2):
            response = await client.post("/graphql", json=sent)
            assert (response.status_code, code(response)) == expected
        params = {k: v if isinstance(v, str) else json.dumps(v) for k, v in sent.items()}
        assert code(await client.get("/graphql", params=params)) == expected[1]


async def test_otherwise_texts_and_hashes_are_run_too(connect: Connect) -> None:
    other = '{ echo(text: "other") }'
    by_hash = {"persistedQuery": {"version": 1, "sha256Hash": hash_of(other)}}
    async with connect(documents=documents(only=False)) as client:
        plain = await client.post("/graphql", json={"query": TEXT})
        missed = await client.post("/graphql", json={"extensions": by_hash})
        kept = await client.post("/graphql", json={"query": other, "extensions": by_hash})
        found = await client.post("/graphql", json={"extensions": by_hash})
        unknown = await client.post("/graphql", json={"documentId": "unknown"})
    assert plain.json() == HELLO
    assert code(missed) == "PERSISTED_QUERY_NOT_FOUND"
    assert kept.json() == found.json() == {"data": {"echo": "other"}}
    assert (unknown.status_code, code(unknown)) == (400, "TRUSTED_DOCUMENT_NOT_FOUND")


async def test_a_trusted_hash_needs_no_registration(connect: Connect) -> None:
    by_hash = {"extensions": {"persistedQuery": {"version": 1, "sha256Hash": hash_of(TEXT)}}}
    async with connect(documents=Documents(None, MANIFEST)) as client:
        for sent in (by_hash, {"query": TEXT, **by_hash}):
            assert (await client.post("/graphql", json=sent)).json() == HELLO


async def test_a_trusted_mutation_is_not_run_over_get(connect: Connect) -> None:
    async with connect(documents=documents(only=True)) as client:
        assert (await client.get("/graphql", params={"id": "change"})).status_code == 405
        assert (await client.post("/graphql", json={"id": "change"})).status_code == 200


async def test_without_a_manifest_an_id_says_nothing(connect: Connect) -> None:
    async with connect() as client:
        response = await client.post("/graphql", json={"id": "greeting-1"})
    assert (response.status_code, code(response)) == (400, "BAD_REQUEST")


async def test_graphiql_says_what_to_do_instead(connect: Connect) -> None:
    async with connect(documents=documents(only=True), trusted_only=True) as client:
        page = await client.get("/graphql", headers={"Accept": "text/html"})
    assert "documentId" in page.text
    assert "GATEWAY_TRUSTED_ONLY" in page.text
    assert "<script" not in page.text
