"""The whole gateway: who gets in, as whom, and what is said to those who do not."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from gateway.app.records import Records
from gateway.cli.keys import keys
from gateway.edge.identity.keys import new_key
from gateway.upstreams.book.keys import KeyStore
from gateway.upstreams.book.location import SqliteFile
from tests.graph.stage import Stage, staged

QUERY = {"query": "{ viewer { displayName } }"}
OPTIONS = {
    "Access-Control-Request-Method": "POST",
    "Access-Control-Request-Headers": "authorization",
}


async def made(folder: Path, role: str = "requester") -> str:
    words = ["create", role, "--role", role]
    environ = {"GATEWAY_DATA_DIR": str(folder)}
    result = await asyncio.to_thread(CliRunner().invoke, keys, words, env=environ)
    return result.stdout.split()[-1]


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    environ = {"GATEWAY_DATA_DIR": str(tmp_path), "GATEWAY_CORS_ORIGINS": "https://movies.example"}
    async with staged(environ) as found:
        yield found


def held(folder: Path) -> list[Path]:
    return list(folder.iterdir())


def bearing(credential: str) -> dict[str, str]:
    return {"authorization": f"Bearer {credential}"}


async def test_a_key_opens_the_graph(stage: Stage, tmp_path: Path) -> None:
    key = await made(tmp_path)
    answer = await stage.http.post("/graphql", json=QUERY, headers=bearing(key))
    assert answer.status_code == 200
    assert "errors" not in answer.json()


async def test_looking_for_keys_makes_no_file(stage: Stage, tmp_path: Path) -> None:
    answer = await stage.http.post("/graphql", json=QUERY, headers=bearing(new_key()))
    assert answer.status_code == 401
    assert held(tmp_path) == []


async def test_a_stranger_s_credential_is_a_401_at_every_door(stage: Stage, tmp_path: Path) -> None:
    await made(tmp_path)
    guess = new_key()
    for answer in (
        await stage.http.post("/graphql", json=QUERY, headers=bearing(guess)),
        await stage.http.get("/graphql", params=QUERY, headers=bearing(guess)),
        await stage.http.post("/graphql", content=b"{", headers=bearing(guess)),
        await stage.http.post("/graphql", json=[QUERY], headers=bearing(guess)),
    ):
        assert answer.status_code == 401
        error = answer.json()["errors"][0]
        assert error["extensions"] == {"code": "UNAUTHENTICATED"}
        assert answer.headers["www-authenticate"] == 'Bearer realm="marquee", error="invalid_token"'
        assert answer.headers["cache-control"] == "no-store"
        assert guess not in answer.text


async def test_answers_in_memory_are_not_for_bad_credentials(stage: Stage) -> None:
    """What is kept for everybody is kept for those who say who they are as well: truly."""
    query = {"query": "{ movie(by: {tmdbId: 603}) { title } }"}
    for _ in range(3):
        assert (await stage.http.post("/graphql", json=query)).status_code == 200
    answer = await stage.http.post("/graphql", json=query, headers=bearing("mq_guess"))
    assert answer.status_code == 401


async def test_a_new_key_is_good_at_once_and_a_revoked_one_is_not(
    stage: Stage, tmp_path: Path
) -> None:
    first = await made(tmp_path)
    assert (await stage.http.post("/graphql", json=QUERY, headers=bearing(first))).is_success
    second = await made(tmp_path, "manager")
    assert (await stage.http.post("/graphql", json=QUERY, headers=bearing(second))).is_success
    records = Records(SqliteFile(tmp_path / "book.sqlite"))
    store = KeyStore(await records.ready())
    await store.revoke((await store.good())[0].key_id, datetime.now(UTC))
    await records.aclose()
    stage.gateway.identity.ring.forget()
    assert (await stage.http.post("/graphql", json=QUERY, headers=bearing(first))).is_client_error
    assert (await stage.http.post("/graphql", json=QUERY, headers=bearing(second))).is_success


async def test_a_preflight_needs_no_credential(stage: Stage) -> None:
    headers = {**OPTIONS, "Origin": "https://movies.example"}
    answer = await stage.http.options("/graphql", headers=headers)
    assert answer.status_code == 200
    assert "authorization" in answer.headers["access-control-allow-headers"].lower()
    sent = {**bearing(new_key()), "Origin": "https://movies.example"}
    refused = await stage.http.post("/graphql", json=QUERY, headers=sent)
    assert refused.status_code == 401
    assert "WWW-Authenticate" in refused.headers["access-control-expose-headers"]


async def test_pages_and_health_ask_for_nothing(stage: Stage) -> None:
    for path in ("/health/live", "/health/ready", "/schema.graphql"):
        assert (await stage.http.get(path, headers=bearing("mq_x"))).status_code == 200
    headers = {**bearing("mq_x"), "accept": "text/html"}
    assert (await stage.http.get("/graphql", headers=headers)).status_code == 200


async def test_an_admin_s_key_opens_the_cache(stage: Stage, tmp_path: Path) -> None:
    path = "/admin/cache/stats"
    for role, status in (("admin", 200), ("manager", 403)):
        headers = bearing(await made(tmp_path, role))
        assert (await stage.http.get(path, headers=headers)).status_code == status
    assert (await stage.http.get(path)).status_code == 401


async def test_private_answers_are_each_caller_s_own(stage: Stage, tmp_path: Path) -> None:
    """A private answer is kept, and given to nobody else."""
    scopes = set()
    for role in ("requester", "manager"):
        key = await made(tmp_path, role)
        viewer = await stage.gateway.identity.of({b"authorization": f"Bearer {key}".encode()})
        assert viewer is not None
        scopes.add(viewer.scope)
        for _ in range(2):
            answer = await stage.http.post("/graphql", json=QUERY, headers=bearing(key))
            assert "public" not in answer.headers["cache-control"]
    assert len(scopes) == 2


async def test_a_secret_of_no_use_is_an_outage_not_a_refusal(stage: Stage, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("cut")
    answer = await stage.http.post("/graphql", json=QUERY, headers=bearing(new_key()))
    assert answer.status_code == 503
    assert answer.json()["errors"][0]["extensions"]["code"] == "IDENTITY_UNAVAILABLE"
    assert str(tmp_path) not in answer.text


async def test_no_key_and_no_secret_is_logged(
    stage: Stage, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    key, guess = await made(tmp_path), new_key()
    for credential in (key, guess, key[:-1], f"{guess}x", "a.b.c"):
        await stage.http.post("/graphql", json=QUERY, headers=bearing(credential))
    said = "\n".join(f"{each.getMessage()} {each.__dict__}" for each in caplog.records)
    assert "book" in said
    for secret in (key, guess, key[:-1], (tmp_path / "secret").read_text().strip()):
        assert secret not in said
