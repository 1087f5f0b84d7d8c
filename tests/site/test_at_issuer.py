"""Signing in at an issuer: who comes back as whom, and who does not."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx

from tests.graph.stage import Stage, staged
from tests.site.issuer import CLIENT, CLIENT_SECRET, PlayedIssuer, issuing
from tests.site.visitor import HTML, Visitor

WHO = {"query": "{ viewer { displayName role } }"}
FROM_THERE = {
    "accept": HTML,
    "sec-fetch-site": "cross-site",
    "sec-fetch-mode": "navigate",
    "sec-fetch-dest": "document",
}


@asynccontextmanager
async def joined(keys: dict[str, str]) -> AsyncIterator[tuple[PlayedIssuer, Stage]]:
    async with issuing() as issuer:
        environ = {
            **keys,
            "GATEWAY_OIDC_ISSUER": issuer.name,
            "GATEWAY_OIDC_AUDIENCE": "marquee",
            "GATEWAY_OIDC_CLIENT_ID": CLIENT,
            "GATEWAY_OIDC_CLIENT_SECRET": CLIENT_SECRET,
            "GATEWAY_OIDC_ROLES": "staff=manager",
            "GATEWAY_OIDC_ROLES_CLAIM": "realm_access.roles",
        }
        async with staged(environ) as stage:
            yield issuer, stage


async def sent_there(visitor: Visitor, path: str = "/requests") -> str:
    """Where the sign-in page sends somebody."""
    page = await visitor.look(f"/sign-in?next={path}")
    link = next(each for each in page.links if "/sign-in/issuer" in each)
    answer = await visitor.http.get(link, headers={"accept": HTML})
    assert answer.status_code == 303
    return answer.headers["location"]


async def back(visitor: Visitor, url: str) -> httpx.Response:
    return await visitor.http.get(url, headers=FROM_THERE)


async def who(visitor: Visitor) -> object:
    return (await visitor.http.post("/graphql", json=WHO)).json()["data"]["viewer"]


async def test_a_person_signs_in_and_goes_on_where_they_were(keys: dict[str, str]) -> None:
    async with joined(keys) as (issuer, stage):
        visitor = Visitor.of(stage.http)
        answer = await back(visitor, issuer.let_in(await sent_there(visitor)))
        assert (answer.status_code, answer.headers["location"]) == (303, "/requests")
        assert await who(visitor) == {"displayName": "Ann Example", "role": "MANAGER"}
        assert "Ann Example" in (await visitor.look("/")).text


async def test_over_tls_it_comes_back_over_tls(keys: dict[str, str]) -> None:
    async with joined(keys) as (issuer, stage):
        visitor = Visitor.of(stage.http, "https://movies.example")
        url = issuer.let_in(await sent_there(visitor))
        assert url.startswith("https://movies.example/sign-in/callback?")
        answer = await back(visitor, url)
        assert any(
            each.startswith("__Host-marquee=") for each in answer.headers.get_list("set-cookie")
        )


async def test_nobody_comes_back_for_somebody_else(keys: dict[str, str]) -> None:
    async with joined(keys) as (issuer, stage):
        thief, victim = Visitor.of(stage.http), Visitor.of(stage.http)
        url = issuer.let_in(await sent_there(thief))
        assert (await back(victim, url)).status_code == 401  # was not sent there at all
        await sent_there(victim)
        assert (await back(victim, url)).status_code == 401  # was sent with another state
        assert await who(victim) is None
        assert (await back(thief, url)).status_code == 303
        assert (await back(thief, url)).status_code == 401  # once is enough


async def test_what_the_issuer_tells_must_be_for_us_and_now(keys: dict[str, str]) -> None:
    async with joined(keys) as (issuer, stage):
        for spoil in ({"nonce": "other"}, {"aud": "marquee"}, {"exp": 1}, {"iss": "https://evil"}):
            visitor = Visitor.of(stage.http)
            issuer.spoil = spoil
            url = issuer.let_in(await sent_there(visitor))
            answer = await back(visitor, url)
            assert (answer.status_code, await who(visitor)) == (401, None), spoil
        issuer.spoil = {}
        for changed in ("code=nonsense", "iss=https://evil", "error=access_denied"):
            visitor = Visitor.of(stage.http)
            url = issuer.let_in(await sent_there(visitor))
            name = changed.partition("=")[0]
            kept = [each for each in url.split("&") if not each.startswith(f"{name}=")]
            kept = [
                each.replace("code=code-", "kode=") if name == "error" else each for each in kept
            ]
            if name == "code":
                kept[0] = url.partition("?")[0] + "?x=y"
            answer = await back(visitor, "&".join([*kept, changed]))
            assert (answer.status_code, await who(visitor)) == (401, None), changed


async def test_where_there_is_no_issuer_nobody_is_sent(keys: dict[str, str]) -> None:
    async with staged(keys) as stage:
        visitor = Visitor.of(stage.http)
        assert (await visitor.look("/sign-in/issuer")).status == 404
        assert "/sign-in/issuer" not in (await visitor.look("/sign-in")).text
