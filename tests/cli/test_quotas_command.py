"""`gateway quotas` says how many films people may ask for, and what is wrong in one line."""

from __future__ import annotations

import asyncio
from pathlib import Path

from click.testing import CliRunner, Result

from gateway.cli.quotas import quotas
from gateway.domain.request_outcomes import Created, QuotaExceeded
from gateway.domain.request_rules import Actor
from gateway.domain.request_store import Wish
from gateway.domain.role import Role
from gateway.upstreams.book.client import Book
from gateway.upstreams.book.database import Database
from gateway.upstreams.book.engines import open_engines
from gateway.upstreams.book.location import SqliteFile
from gateway.upstreams.book.opening import make_ready
from gateway.upstreams.book.settings import FILE


def run(folder: Path, *words: str) -> Result:
    return CliRunner().invoke(quotas, words, env={"GATEWAY_DATA_DIR": str(folder)})


def ask_for(folder: Path, *tmdb_ids: int) -> list[type]:
    """Ask as Ruth, a requester."""

    async def ask() -> list[type]:
        where = SqliteFile(folder / FILE)
        database = Database(open_engines(where))
        try:
            await make_ready(database, where)
            book = Book(database)
            ruth = await book.enrol("key:ruth", "Ruth")
            actor = Actor(user_id=ruth.user_id, role=Role.REQUESTER)
            return [type(await book.create(actor, Wish(tmdb_id=each))) for each in tmdb_ids]
        finally:
            await database.aclose()

    return asyncio.run(ask())


def test_a_role_and_a_person_are_limited_and_set_free(tmp_path: Path) -> None:
    assert (
        run(tmp_path, "set", "requester", "1", "--days", "7").output == "requester: 1 in 7 days\n"
    )
    assert ask_for(tmp_path, 603, 604) == [Created, QuotaExceeded]
    assert run(tmp_path, "set", "1", "unlimited").exit_code == 0
    assert ask_for(tmp_path, 604) == [Created]
    listed = run(tmp_path, "list").output.splitlines()
    assert [line.split() for line in listed] == [
        ["requester", "1", "in", "7", "days"],
        ["1", "unlimited", "Ruth"],
    ]
    assert run(tmp_path, "forget", "1").exit_code == 0
    assert ask_for(tmp_path, 605) == [QuotaExceeded]
    assert run(tmp_path, "forget", "requester").exit_code == 0
    assert ask_for(tmp_path, 605) == [Created]


def test_what_is_wrong_is_told_in_one_line(tmp_path: Path) -> None:
    for words, part in (
        (("set", "boss", "1"), "one of the roles"),
        (("set", "7", "1"), "no user 7"),
        (("set", "requester", "few"), "number of films"),
    ):
        found = run(tmp_path, *words)
        assert (found.exit_code, part in found.output) == (1, True), found.output
        assert found.output.count("\n") == 1
