"""Whoever keeps the requests is away: their fields fail alone, and nobody is told a lie."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from gateway.domain.request_rules import Actor
from gateway.domain.request_store import Wish
from gateway.domain.role import Role
from gateway.errors import ConfigError, UpstreamTimeoutError
from gateway.graph.writes import Writes
from gateway.sandbox import Fault
from gateway.transport.deadline import limit
from gateway.upstreams.book.client import Book
from tests.graph.stage import staged
from tests.requests.cast import as_
from tests.requests.stages import FILM, Scene, kept_in, set_up

ALL = """{ movie(by: {tmdbId: 603}) { title availability requests { nodes { id } }
  viewerRequest { id } } requests { nodes { id } } viewer { quota { used } } }"""


async def break_book(scene: Scene) -> None:
    """Let the tables be gone, as after somebody restored the wrong file."""
    store = scene.stage.gateway.runtime.store
    assert isinstance(store, Book)
    async with store.database.engines.write.begin() as connection:
        await connection.exec_driver_sql("DROP TABLE requests")


async def test_the_fields_of_requests_fail_alone(book: Scene) -> None:
    await break_book(book)
    found = await book.stage.ask(ALL, None, **as_("ann"))
    assert found["data"]["movie"] == {
        "title": "The Matrix",
        "availability": None,
        "requests": None,
        "viewerRequest": None,
    }
    assert found["data"]["requests"] is None
    for error in found["errors"]:
        extensions = error["extensions"]
        assert (extensions["upstream"], extensions["retryable"]) == ("book", True)
        assert "DROP" not in error["message"]
        assert "requests" not in error["message"].removeprefix("book: ")


async def test_a_mutation_tells_of_an_outage_as_data(book: Scene) -> None:
    await break_book(book)
    done = await book.ask_for("ann")
    assert (done["__typename"], done["upstream"]) == ("UpstreamUnavailable", "book")
    assert (done["retryable"], done["uncertain"]) == (True, False)


@pytest.mark.parametrize("word", ["approve", "cancel"])
async def test_seerr_is_away(tmp_path: Path, word: str) -> None:
    async with set_up("seerr", tmp_path) as scene:
        made = await scene.made("ann")
        scene.stage.sandbox.seerr.faults.set([Fault(kind="server_error")])
        done = await scene.step("max", word, made["id"])
        assert (done["__typename"], done["upstream"]) == ("UpstreamUnavailable", "seerr")
        scene.stage.sandbox.seerr.faults.clear()


async def test_a_folder_that_cannot_be_used_stops_the_start(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("")
    with pytest.raises(ConfigError, match="GATEWAY_DATA_DIR"):
        async with staged(kept_in(blocked / "below")):
            pytest.fail("it started")


async def test_a_write_that_was_sent_goes_on_when_time_is_up(book: Scene) -> None:
    """Whoever waits hears that it is not settled; it is done all the same."""
    context, done = asyncio.Event(), asyncio.Event()

    async def write() -> str:
        await context.wait()
        done.set()
        return "done"

    writes = Writes()
    with limit(0.01), pytest.raises(UpstreamTimeoutError):
        await writes.run("book", write)
    closing = asyncio.create_task(writes.aclose())
    context.set()
    await closing
    assert done.is_set()
    assert book.stage.gateway.runtime.store is not None


async def test_a_client_that_leaves_takes_nothing_back(book: Scene) -> None:
    """The write is a task of its own: a cancelled operation does not end it."""
    runtime = book.stage.gateway.runtime
    assert runtime.store is not None
    user = await runtime.store.enrol("key:ann", "Ann")
    sent = asyncio.Event()

    async def write() -> object:
        sent.set()
        assert runtime.store is not None
        actor = Actor(user_id=user.user_id, role=Role.REQUESTER)
        return await runtime.store.create(actor, Wish(tmdb_id=FILM))

    waiting = asyncio.create_task(runtime.writes.run("book", write))
    await sent.wait()
    waiting.cancel()
    await runtime.writes.aclose()
    assert waiting.cancelled() or waiting.cancelling()
    found = await runtime.store.by_movie([FILM], most=1)
    assert len(found[FILM]) == 1
