"""Bodies that no client should send: a 4xx with a code, never a 500."""

from __future__ import annotations

import gzip
import json
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.edge.graphql.parameters import GraphQLParams, Requests, from_query_string
from gateway.edge.graphql.refusal import RefusedError
from gateway.edge.graphql.strict_json import MAX_DEPTH, parse_json
from gateway.engine.prepared import Prepared

Connect = Callable[..., AbstractAsyncContextManager[httpx.AsyncClient]]

JSON_HEADERS = {"Content-Type": "application/json"}


def from_json(body: bytes) -> GraphQLParams:
    found = Requests().of_body(body)
    assert isinstance(found, GraphQLParams)
    return found


def nested(depth: int) -> bytes:
    return b'{"query": "{a}", "variables": {"v": ' + b"[" * depth + b"]" * depth + b"}}"


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"", "INVALID_JSON"),
        (b"{", "INVALID_JSON"),
        (b"\xef\xbb\xbf{}", "INVALID_JSON"),
        (b'{"query": "\xff"}', "INVALID_JSON"),
        (b'{"query": "\\ud800"}', "INVALID_JSON"),
        (b'{"query": "{a}", "variables": {"v": NaN}}', "INVALID_JSON"),
        (b'{"query": "{a}", "variables": {"v": -Infinity}}', "INVALID_JSON"),
        (b'{"query": "{a}", "variables": {"v": 1e999}}', "INVALID_JSON"),
        (b'{"query": "{a}", "query": "{b}"}', "INVALID_JSON"),
        (b'{"query": "{a}", "variables": {"v": {"k": 1, "k": 2}}}', "INVALID_JSON"),
        (b'{"query": "{a}", "variables": {"v": ' + b"9" * 5000 + b"}}", "INVALID_JSON"),
        (nested(MAX_DEPTH), "INVALID_JSON"),
        (nested(1020), "INVALID_JSON"),
        (nested(100_000), "INVALID_JSON"),
        (b'[{"query": "{a}"}]', "BATCHING_NOT_SUPPORTED"),
        (b"[]", "BATCHING_NOT_SUPPORTED"),
        (b"null", "BAD_REQUEST"),
        (b'"{a}"', "BAD_REQUEST"),
        (b"{}", "BAD_REQUEST"),
        (b'{"query": null}', "BAD_REQUEST"),
        (b'{"query": {"a": 1}}', "BAD_REQUEST"),
        (b'{"query": "{a}", "operationName": 1}', "BAD_REQUEST"),
        (b'{"query": "{a}", "variables": "{}"}', "BAD_REQUEST"),
        (b'{"query": "{a}", "variables": []}', "BAD_REQUEST"),
        (b'{"query": "{a}", "extensions": [1]}', "BAD_REQUEST"),
    ],
)
@pytest.mark.parametrize("accept", ["application/json", "application/graphql-response+json"])
async def test_a_malformed_body_is_400(
    connect: Connect, body: bytes, expected: str, accept: str
) -> None:
    async with connect(max_body_bytes=1_000_000) as client:
        response = await client.post(
            "/graphql", content=body, headers={**JSON_HEADERS, "Accept": accept}
        )

    (error,) = response.json()["errors"]
    assert (response.status_code, error["extensions"]["code"]) == (400, expected)


async def test_null_parameters_are_absent_ones(client: httpx.AsyncClient) -> None:
    sent = {
        "query": '{ echo(text: "hi") }',
        "variables": None,
        "operationName": None,
        "extensions": None,
        "id": "unknown members are ignored",
    }
    response = await client.post("/graphql", json=sent)

    assert response.json() == {"data": {"echo": "hi"}}


async def test_big_integers_arrive_exact() -> None:
    sent = b'{"query": "{a}", "variables": {"v": 18446744073709551617}}'

    assert from_json(sent).variables == {"v": 2**64 + 1}


@pytest.mark.parametrize("encoding", ["gzip", "br", "deflate", "zstd", "gzip, identity"])
async def test_a_compressed_body_is_415(client: httpx.AsyncClient, encoding: str) -> None:
    response = await client.post(
        "/graphql",
        content=gzip.compress(b'{"query": "{a}"}'),
        headers={**JSON_HEADERS, "Content-Encoding": encoding},
    )

    (error,) = response.json()["errors"]
    assert response.status_code == 415
    assert error["extensions"]["code"] == "UNSUPPORTED_CONTENT_ENCODING"


async def test_a_body_at_the_limit_passes_and_one_beyond_is_413(connect: Connect) -> None:
    body = json.dumps({"query": '{ echo(text: "hi") }'}).encode()
    async with connect(max_body_bytes=len(body)) as client:
        fits = await client.post("/graphql", content=body, headers=JSON_HEADERS)
        beyond = await client.post("/graphql", content=body + b" ", headers=JSON_HEADERS)

    (error,) = beyond.json()["errors"]
    assert fits.status_code == 200
    assert (beyond.status_code, error["extensions"]["code"]) == (413, "PAYLOAD_TOO_LARGE")
    assert beyond.headers["connection"] == "close"


async def test_a_chunked_body_is_not_read_past_the_limit(connect: Connect) -> None:
    sent_bytes = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent_bytes
        while True:
            sent_bytes += 1000
            yield b" " * 1000

    async with connect(max_body_bytes=4096) as client:
        response = await client.post("/graphql", content=endless(), headers=JSON_HEADERS)

    assert response.status_code == 413
    assert sent_bytes <= 6000


async def test_an_unplanned_failure_is_masked(
    connect: Connect, caplog: pytest.LogCaptureFixture
) -> None:
    class Broken:
        def known(self, *_: object) -> Prepared | None:
            raise RuntimeError("secret")

    async with connect(graph=Broken()) as client:
        response = await client.post("/graphql", json={"query": "{a}"})

    assert response.status_code == 500
    assert "secret" not in response.text
    assert response.json()["errors"][0]["extensions"]["code"] == "INTERNAL_SERVER_ERROR"
    assert "secret" in caplog.text


@given(
    st.binary(max_size=200) | st.text(alphabet='{}[]":,0aeE.-\\u \n', max_size=60).map(str.encode)
)
def test_any_bytes_are_read_or_refused(body: bytes) -> None:
    for read in (from_json, from_query_string):
        try:
            status = 200 if isinstance(read(body).query, str) else 500
        except RefusedError as exc:
            status = exc.status
        assert status < 500


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
        | st.text(alphabet=st.characters(exclude_categories=["Cs"])),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
        max_leaves=20,
    )
)  # fmt: skip
def test_valid_json_is_read_as_it_is(document: object) -> None:
    assert (
        parse_json(json.dumps(document, ensure_ascii=False).encode("utf-8", "surrogatepass"))
        == document
    )
