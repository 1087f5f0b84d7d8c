"""The GraphQL-over-HTTP rules: methods, media types, statuses."""

from __future__ import annotations

import json

import httpx
import pytest

LEGACY = "application/json"
NEWER = "application/graphql-response+json"
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/webp,*/*;q=0.8"
HELLO = {"query": '{ echo(text: "hi") }'}


def code(response: httpx.Response) -> str:
    (error,) = response.json()["errors"]
    assert error["message"]
    return str(error["extensions"]["code"])


@pytest.mark.parametrize(
    ("accept", "answered"),
    [
        (None, LEGACY),
        ("*/*", LEGACY),
        ("application/*", LEGACY),
        (LEGACY, LEGACY),
        (NEWER, NEWER),
        (f"{NEWER}; charset=utf-8", NEWER),
        (f"{LEGACY}, {NEWER}", NEWER),
        (f"{NEWER};q=0.5, {LEGACY}", LEGACY),
        (f"{NEWER}, {LEGACY};q=0.9, */*;q=0.1", NEWER),
        (f"{NEWER}, {LEGACY};q=0", NEWER),
        (f"{LEGACY}, */*", LEGACY),
        (f"{LEGACY};q=0, */*", NEWER),
    ],
)
async def test_answers_in_the_type_that_suits_best(
    client: httpx.AsyncClient, accept: str | None, answered: str
) -> None:
    client.headers.pop("accept")
    headers = {} if accept is None else {"Accept": accept}
    response = await client.post("/graphql", json=HELLO, headers=headers)

    assert response.status_code == 200
    assert response.headers["content-type"] == f"{answered}; charset=utf-8"
    assert response.headers["vary"] == "Accept"
    assert response.headers["cache-control"] == "no-store"
    assert response.headers["x-executed"] == "true"
    assert response.json() == {"data": {"echo": "hi"}}


@pytest.mark.parametrize("accept", ["text/html", "image/png", f"{LEGACY}; charset=latin1", "junk"])
async def test_what_no_client_can_read_is_406(client: httpx.AsyncClient, accept: str) -> None:
    response = await client.post("/graphql", json=HELLO, headers={"Accept": accept})

    assert (response.status_code, code(response)) == (406, "NOT_ACCEPTABLE")


@pytest.mark.parametrize(
    "content_type",
    ["", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x",
     "application/graphql", "application/json; charset=utf-16", "application/jsonp"],
)  # fmt: skip
async def test_other_content_types_are_415(client: httpx.AsyncClient, content_type: str) -> None:
    response = await client.post(
        "/graphql", content=json.dumps(HELLO), headers={"Content-Type": content_type}
    )

    assert (response.status_code, code(response)) == (415, "UNSUPPORTED_MEDIA_TYPE")
    assert response.headers["accept-post"] == LEGACY


@pytest.mark.parametrize(
    "content_type", ["application/json; charset=utf-8", 'Application/JSON; Charset="UTF-8"']
)
async def test_utf_8_may_be_said(client: httpx.AsyncClient, content_type: str) -> None:
    response = await client.post(
        "/graphql", content=json.dumps(HELLO), headers={"Content-Type": content_type}
    )

    assert response.status_code == 200


@pytest.mark.parametrize("query", ["{ echo(", "{ unknown }", "query ($a: Int!) { echo(text: $a) }"])
async def test_a_failing_document_is_400_for_new_clients_only(
    client: httpx.AsyncClient, query: str
) -> None:
    newer = await client.post("/graphql", json={"query": query}, headers={"Accept": NEWER})
    legacy = await client.post("/graphql", json={"query": query}, headers={"Accept": LEGACY})

    assert (newer.status_code, legacy.status_code) == (400, 200)
    assert newer.json() == legacy.json()
    assert "data" not in newer.json()


async def test_a_failing_field_is_200_for_all(client: httpx.AsyncClient) -> None:
    for accept in (NEWER, LEGACY):
        response = await client.post(
            "/graphql", json={"query": "{ fails }"}, headers={"Accept": accept}
        )
        assert response.status_code == 200
        assert response.json()["data"] == {"fails": None}


async def test_an_unknown_operation_has_its_own_code(client: httpx.AsyncClient) -> None:
    sent = {"query": 'query A { echo(text: "") }', "operationName": "B"}
    response = await client.post("/graphql", json=sent, headers={"Accept": NEWER})

    assert (response.status_code, code(response)) == (400, "OPERATION_RESOLUTION_FAILURE")


async def test_get_runs_queries(client: httpx.AsyncClient) -> None:
    params = {
        "query": "query A($t: String!) { echo(text: $t) } query B { fails }",
        "variables": '{"t": "é+&"}',
        "operationName": "A",
        "extensions": "",
        "unknown": "ignored",
    }
    response = await client.get("/graphql", params=params, headers={"Accept": NEWER})

    assert response.status_code == 200
    assert response.json() == {"data": {"echo": "é+&"}}


async def test_a_mutation_over_get_is_405(client: httpx.AsyncClient) -> None:
    for accept in (NEWER, LEGACY):
        response = await client.get(
            "/graphql", params={"query": "mutation { change }"}, headers={"Accept": accept}
        )
        assert (response.status_code, code(response)) == (405, "MUTATION_OVER_GET")
        assert response.headers["allow"] == "POST"


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"])
async def test_other_methods_are_405(client: httpx.AsyncClient, method: str) -> None:
    response = await client.request(method, "/graphql")

    assert (response.status_code, code(response)) == (405, "METHOD_NOT_ALLOWED")
    assert response.headers["allow"] == "GET, HEAD, POST"


@pytest.mark.parametrize(
    "query_string",
    ["", "query", "query=%FF", "query={a}&query={b}", "query={a}&variables=[]",
     "query={a}&variables={", "query={a}&extensions=1", "&".join(["a=1"] * 40), "query=%C3"],
)  # fmt: skip
async def test_a_bad_query_string_is_400(client: httpx.AsyncClient, query_string: str) -> None:
    response = await client.get(f"/graphql?{query_string}", headers={"Accept": NEWER})

    assert response.status_code == 400
    assert response.json()["errors"][0]["message"]


async def test_a_long_query_string_is_414(client: httpx.AsyncClient) -> None:
    response = await client.get("/graphql", params={"query": "{a}" + "#" * 4096})

    assert (response.status_code, code(response)) == (414, "URI_TOO_LONG")


async def test_a_browser_gets_a_page_and_nobody_else(client: httpx.AsyncClient) -> None:
    page = await client.get("/graphql", headers={"Accept": BROWSER})
    posted = await client.post("/graphql", json=HELLO, headers={"Accept": BROWSER})
    plain = await client.get("/graphql", params=HELLO, headers={"Accept": "*/*"})

    assert page.headers["content-type"].startswith("text/html")
    assert posted.json() == plain.json() == {"data": {"echo": "hi"}}
