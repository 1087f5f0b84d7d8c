"""What a foreign page can make a visitor's browser send, and what it cannot."""

from __future__ import annotations

import httpx
import pytest

QUERY = {"query": '{ echo(text: "hi") }'}


@pytest.mark.parametrize(
    ("site", "mode", "expected"),
    [
        ("cross-site", "no-cors", 403),  # an image, a script, a style sheet
        ("cross-site", "navigate", 403),  # a link, a form
        ("cross-site", "cors", 200),  # a script, which reads the answer only if CORS lets it
        ("same-site", "no-cors", 200),
        ("same-origin", "cors", 200),
        ("none", "navigate", 200),  # typed into the address bar
        (None, None, 200),  # no browser
    ],
)
async def test_a_get(
    client: httpx.AsyncClient, site: str | None, mode: str | None, expected: int
) -> None:
    sent = {"Sec-Fetch-Site": site, "Sec-Fetch-Mode": mode}
    headers = {name: value for name, value in sent.items() if value is not None}
    response = await client.get("/graphql", params=QUERY, headers=headers)
    assert response.status_code == expected
    if expected == 403:
        assert response.json()["errors"][0]["extensions"]["code"] == "CROSS_SITE_REQUEST"


@pytest.mark.parametrize(
    "simple", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=a"]
)
async def test_a_post_of_a_form_is_never_read(client: httpx.AsyncClient, simple: str) -> None:
    """Not even with a header that only scripts can send: nobody needs another type."""
    headers = {"Content-Type": simple, "Apollo-Require-Preflight": "true"}
    response = await client.post(
        "/graphql", content=b'{"query": "mutation { change }"}', headers=headers
    )
    assert response.status_code == 415
