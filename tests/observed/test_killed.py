"""Processes that are killed at any moment of a write: what they did is told, once, as theirs."""

from __future__ import annotations

import asyncio
import random
import time
from collections import defaultdict
from pathlib import Path

import pytest

from gateway.domain.request_log import RequestEvent, RequestEventKind
from gateway.domain.role import Role
from gateway.sandbox.seerr import SandboxSeerr
from gateway.transport.socket_port import SocketPort
from gateway.upstreams.book import schema
from gateway.upstreams.book.database import Database
from gateway.upstreams.book.engines import open_engines
from gateway.upstreams.book.location import SqliteFile
from gateway.upstreams.seerr.watching import Watch
from tests.children import child
from tests.faults.house import serving
from tests.observed.conftest import log_in
from tests.observed.doer import reason_of, run
from tests.upstreams.seerr_stage import PERMISSIONS, empty_seerr, http_to, seat, store_at

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

K = RequestEventKind
KILLS = 30
DOER = 10


def killed(url: str, file: Path, first: int, after_s: float) -> None:
    """Let a process do things, and kill it."""
    with child(run, url, file, DOER, first) as process:
        assert process.word() == "ready"
        time.sleep(after_s)
        process.kill()


async def test_what_killed_processes_did_is_told(tmp_path: Path) -> None:
    file = tmp_path / "book.sqlite"
    await schema.walk(SqliteFile(file))
    seerr = empty_seerr()
    seat(seerr, DOER, "Max", PERMISSIONS[Role.ADMIN])
    database = Database(open_engines(SqliteFile(file)))
    port = SocketPort()
    dice = random.Random(7)
    async with serving(seerr.app()) as number:
        url = f"http://127.0.0.1:{number}"
        store = store_at(http_to(port, url), log=log_in(database))
        assert store.journal is not None
        watch = Watch(store.desk.client, store.journal, store.desk.purge)
        await watch.whole()
        for round_ in range(KILLS):
            after_s = dice.uniform(0.01, 0.4)
            await asyncio.to_thread(killed, url, file, 1 + round_ * 1000, after_s)
            if dice.random() < 0.5:  # else the next process comes first
                await watch.turn()
        while not await watch.whole():
            pass
        told = await store.events(0, most=10_000)
        await store.aclose()
    await port.aclose()
    await database.aclose()
    judge(seerr, told)


def judge(seerr: SandboxSeerr, told: list[RequestEvent] | tuple[RequestEvent, ...]) -> None:
    """Hold what is told against what Seerr holds."""
    stories: dict[int, list[RequestEvent]] = defaultdict(list)
    for each in told:
        stories[each.request_id].append(each)
    held = seerr.world.store.requests
    assert len(stories) > KILLS
    assert held.keys() <= stories.keys()
    for request_id, story in stories.items():
        kinds = [each.kind for each in story]
        assert len(set(kinds)) == len(kinds), (request_id, kinds)
        assert kinds[0] is K.CREATED
        assert (K.CANCELLED in kinds) == (request_id not in held), (request_id, kinds)
        if request_id in held:
            assert story[-1].status is not None
            assert story[-1].status.value == held[request_id].status.name
        for each in story:
            assert each.actor is not None, (request_id, each)
            assert each.actor.user_id == DOER
            if each.kind is K.DECLINED:
                assert each.reason == reason_of(request_id)
