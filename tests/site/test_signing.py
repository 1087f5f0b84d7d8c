"""Signing in and out: cookies, tokens, keys that end."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from gateway.cli.keys import keys
from gateway.edge.identity.keys import new_key
from tests.graph.stage import Stage, staged
from tests.site.conftest import SECRET
from tests.site.visitor import Visitor

pytestmark = pytest.mark.asyncio(loop_scope="module")

WHO = {"query": "{ viewer { displayName } }"}


async def who(visitor: Visitor) -> str | None:
    answer = await visitor.http.post("/graphql", json=WHO)
    found: dict[str, str] | None = answer.json()["data"]["viewer"]
    return None if found is None else found["displayName"]


async def test_a_key_signs_in_and_out(visitor: Visitor) -> None:
    assert await who(visitor) is None
    page = await visitor.look("/sign-in?next=/movies/603")
    answer = await visitor.send(page.form("Ruth"))
    assert (answer.status_code, answer.headers["location"]) == (303, "/movies/603")
    cookie = answer.headers["set-cookie"].lower()
    assert {"httponly", "samesite=lax", "path=/"} <= {part.strip() for part in cookie.split(";")}
    assert "mq_" not in cookie
    assert await who(visitor) == "Ruth"
    home = await visitor.look("/")
    assert "Ruth" in home.text
    assert home.response.headers["cache-control"] == "private, no-cache"
    out = await visitor.send(home.form("Sign out"))
    assert out.status_code == 303
    assert await who(visitor) is None
    assert "Sign in" in (await visitor.look("/")).text


async def test_over_tls_the_cookie_is_this_host_s_alone(stage: Stage) -> None:
    visitor = Visitor.of(stage.http, "https://movies.example")
    page = await visitor.look("/sign-in")
    assert "mq_" not in page.text.replace("<code>mq_</code>", "")  # not from this machine
    key = (await Visitor.of(stage.http).look("/sign-in")).form("Mina").fields["key"]
    answer = await visitor.send(page.form("API key"), key=f" {key} ")
    cookies = answer.headers.get_list("set-cookie")
    assert cookies[0].startswith("__Host-marquee=")
    assert "secure" in cookies[0].lower()
    assert await who(visitor) == "Mina Manager"


async def test_bad_keys_are_refused_on_the_page(visitor: Visitor) -> None:
    page = await visitor.look("/sign-in")
    for bad in ("", "nonsense", "mq_cut", new_key(), "a.b.c"):
        answer = await visitor.send(page.form("API key"), key=bad)
        assert answer.status_code == 401
        assert "This key is not good" in answer.text
        assert bad not in answer.text or not bad
        assert await who(visitor) is None


async def test_nobody_is_led_elsewhere_or_signed_in_by_others(
    visitors: Callable[[], Visitor],
) -> None:
    """A foreign page must not sign a visitor in as somebody else, either."""
    ruth, victim = visitors(), visitors()
    form = (await ruth.look("/sign-in?next=https://evil.example/")).form("Ruth")
    assert form.fields["next"] == "/"
    victim_form = (await victim.look("/sign-in")).form("Ruth")
    foreign = {"sec-fetch-site": "cross-site", "origin": "https://evil.example"}
    for fields, headers in (
        (form.fields, {}),
        (victim_form.fields | {"csrf": ""}, {}),
        (victim_form.fields, foreign),
    ):
        answer = await victim.post("/sign-in", fields, headers)
        assert answer.status_code == 403
        assert await who(victim) is None
    assert (await victim.post("/sign-in", victim_form.fields)).status_code == 303
    forced = await victim.post("/sign-out", {}, foreign)
    assert forced.status_code == 403
    assert await who(victim) == "Ruth"


async def test_a_session_ends_with_its_key(tmp_path: Path) -> None:
    environ = {"GATEWAY_DATA_DIR": str(tmp_path), "GATEWAY_SECRET": SECRET}

    def run(*words: str) -> str:
        return CliRunner().invoke(keys, words, env=environ, catch_exceptions=False).stdout

    key = (await asyncio.to_thread(run, "create", "web", "--role", "requester")).split()[-1]
    async with staged(environ) as stage:
        visitor = Visitor.of(stage.http)
        page = await visitor.look("/sign-in")
        assert (await visitor.send(page.form("API key"), key=key)).status_code == 303
        assert "Sign out" in (await visitor.look("/")).text
        await asyncio.to_thread(run, "revoke", "web")
        stage.gateway.identity.ring.forget()
        assert "Sign out" not in (await visitor.look("/")).text
        assert await who(visitor) is None
