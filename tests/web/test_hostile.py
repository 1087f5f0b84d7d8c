"""Whatever is sent, the answer is JSON with a code, and never our fault."""

from __future__ import annotations

import asyncio
from typing import Any

import orjson
from hypothesis import example, given, settings
from hypothesis import strategies as st

from gateway.cache.persisted import PersistedDocuments
from gateway.edge import Drain, Gate
from gateway.edge.graphql.documents import Documents
from gateway.edge.graphql.endpoint import GraphQLEndpoint
from gateway.edge.graphql.intake import Intake
from gateway.edge.graphql.pipeline import Pipeline
from tests.web.conftest import Echo, all_ready

NAMES = [
    name.encode()
    for name in [
        "accept",
        "content-type",
        "content-length",
        "content-encoding",
        "x-deadline-ms",
        "sec-fetch-site",
        "sec-fetch-mode",
        "accept-language",
        "x-freshness",
        "x-cost",
    ]
]
WORDS = [
    word.encode()
    for word in [
        "application/json",
        "*/*",
        "text/html",
        "application/graphql-response+json",
        "gzip",
        "identity",
        "cross-site",
        "99999999999999999999",
        "-1",
        "1e9",
        ";q=2",
        "utf-8",
        ",",
    ]
]
BODIES = [
    b'{"query":"{ echo(text: 1) }"}',
    b'{"query":"mutation { change }"}',
    b"[]",
    b"[{}]",
    b'{"id":"x"}',
    b'{"extensions":{"persistedQuery":{"version":1,"sha256Hash":"\xc3\xa4"}}}',
]
QUERIES = [b"query={a}", b"query=%", b"id=%zz&id="]

values = st.lists(st.sampled_from(WORDS) | st.binary(max_size=8), max_size=4).map(b"".join)
lines = st.lists(st.tuples(st.sampled_from(NAMES) | st.binary(max_size=4), values), max_size=8)
plain = st.just([(b"content-type", b"application/json")])
bodies = st.sampled_from(BODIES) | st.binary(max_size=60)


def endpoint() -> GraphQLEndpoint:
    return GraphQLEndpoint(
        intake=Intake(max_body_bytes=200, max_batch=2),
        pipeline=Pipeline(Echo(), Gate(most=4), Documents(PersistedDocuments(None))),
        drain=Drain(all_ready, lasts_s=0),
        page=None,
        deadline_s=5.0,
    )


async def answered(scope: dict[str, Any], pieces: list[bytes]) -> tuple[int, bytes]:
    sent: list[dict[str, Any]] = []
    left = [{"type": "http.request", "body": each, "more_body": True} for each in pieces]
    left.append({"type": "http.request", "body": b"", "more_body": False})

    async def receive() -> dict[str, Any]:
        return left.pop(0) if left else await asyncio.get_running_loop().create_future()

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    await endpoint()(scope, receive, send)
    start, body = sent
    return start["status"], body["body"]


@settings(max_examples=150, deadline=None)
@given(
    method=st.sampled_from(["POST", "GET", "HEAD", "PUT", "\udcff"]),
    query_string=st.binary(max_size=80) | st.sampled_from(QUERIES),
    headers=lines | st.tuples(plain, lines).map(lambda each: each[0] + each[1]),
    pieces=st.lists(bodies, max_size=3),
)
@example("POST", b"", [(b"content-type", b"application/json")] * 101, [BODIES[0]])
@example("GET", b"query={a}&variables=" + b"[" * 100, [], [])
async def test_anything(
    method: str, query_string: bytes, headers: list[tuple[bytes, bytes]], pieces: list[bytes]
) -> None:
    scope = {
        "type": "http",
        "method": method,
        "path": "/graphql",
        "query_string": query_string,
        "headers": headers,
    }
    async with asyncio.timeout(5):
        status, body = await answered(scope, pieces)
    assert status < 500
    found = orjson.loads(body)
    for each in found if isinstance(found, list) else [found]:
        assert "data" in each or each["errors"][0]["message"]
        assert status == 200 or each["errors"][0]["extensions"]["code"]
