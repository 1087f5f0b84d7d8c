"""Operations over connections that last obey the rules of all others: the way is the same."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from gateway.cache.persisted import hash_of
from tests.graph.stage import Stage, staged
from tests.live.talk import Talk, asked, connected

FILM = "{ movie(by: {tmdbId: 603}) { title } }"
FOLLOW = "subscription Follow { requestChanged { kind } }"


@asynccontextmanager
async def talking(environ: Mapping[str, str]) -> AsyncIterator[tuple[Stage, Talk]]:
    async with staged(environ) as stage, connected(app_of(stage)) as talk:
        yield stage, talk


def app_of(stage: Stage) -> Any:  # noqa: ANN401 - an ASGI app
    transport = stage.http._transport
    assert isinstance(transport, httpx.ASGITransport)
    return transport.app


def code_of(told: dict[str, Any]) -> str:
    assert told["type"] == "error", told
    code: str = told["payload"][0]["extensions"]["code"]
    return code


async def title(talk: Talk, **payload: object) -> str:
    talk.say({"id": "1", "type": "subscribe", "payload": payload})
    found: str = (await talk.told())["payload"]["data"]["movie"]["title"]
    assert (await talk.told())["type"] == "complete"
    return found


async def test_a_document_is_registered_once_for_all_ways() -> None:
    by_hash = {"persistedQuery": {"version": 1, "sha256Hash": hash_of(FILM)}}
    async with talking({}) as (stage, talk):
        talk.say({"id": "1", "type": "subscribe", "payload": {"extensions": by_hash}})
        assert code_of(await talk.told()) == "PERSISTED_QUERY_NOT_FOUND"
        assert await title(talk, query=FILM, extensions=by_hash) == "The Matrix"
        assert await title(talk, extensions=by_hash) == "The Matrix"
        answer = await stage.http.post("/graphql", json={"extensions": by_hash})
        assert answer.json()["data"]["movie"]["title"] == "The Matrix"


@pytest.fixture
def trusted(tmp_path: Path) -> Mapping[str, str]:
    path = tmp_path / "documents.json"
    path.write_text(json.dumps({"film": FILM, "follow": FOLLOW}), encoding="utf-8")
    return {"GATEWAY_TRUSTED_DOCUMENTS": str(path), "GATEWAY_TRUSTED_ONLY": "true"}


async def test_only_trusted_documents_are_run(trusted: Mapping[str, str]) -> None:
    async with talking(trusted) as (stage, talk):
        for query in (FILM, FOLLOW, "{ viewer { displayName } }"):
            talk.subscribe("1", query)
            assert code_of(await talk.told()) == "TRUSTED_DOCUMENT_REQUIRED"
        assert await title(talk, documentId="film") == "The Matrix"
        async with asked(app_of(stage), FOLLOW) as stream:
            assert (await stream.start())[0] == 403


async def test_a_client_spends_what_it_has_however_it_asks() -> None:
    dear = "{ charts(chart: POPULAR, first: 100) { nodes { title } } }"
    async with talking({"GATEWAY_CLIENT_COST_PER_MINUTE": "150"}) as (stage, talk):
        talk.subscribe("1", dear)
        assert (await talk.told())["type"] == "next"
        await talk.told()
        talk.subscribe("2", dear.replace("title", "year"))
        told = await talk.told()
        assert code_of(told) == "CLIENT_RATE_LIMITED"
        assert told["payload"][0]["extensions"]["retryAfterMs"] > 0
        async with asked(app_of(stage), dear.replace("title", "id")) as stream:
            assert (await stream.start())[0] == 429


async def test_answers_are_kept_for_all_ways() -> None:
    async with talking({}) as (stage, talk):
        await stage.data(FILM)
        stage.calls()
        assert await title(talk, query=FILM) == "The Matrix"
        async with asked(app_of(stage), FILM) as stream:
            await stream.start()
            assert (await stream.next())["data"]["movie"]["title"] == "The Matrix"
        assert sum(stage.calls().values()) == 0


async def test_the_language_of_a_page_counts() -> None:
    async with (
        staged({}) as stage,
        connected(app_of(stage), {"Accept-Language": "de-DE"}) as german,
        connected(app_of(stage), headers={"accept-language": "de-DE"}) as by_header,
        connected(app_of(stage)) as plain,
    ):
        query = "{ genres { name } }"
        names = []
        for talk in (german, by_header, plain):
            talk.subscribe("1", query)
            names.append((await talk.told())["payload"]["data"]["genres"])
        assert names[0] == names[1] != names[2]
