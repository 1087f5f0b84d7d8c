"""Keys in the database: on a file and on a server."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from gateway.domain.api_key import ApiKey
from gateway.domain.role import Role
from gateway.upstreams.book import keys as module
from gateway.upstreams.book import schema
from gateway.upstreams.book.database import Database
from gateway.upstreams.book.engines import open_engines
from gateway.upstreams.book.keys import KeyStore
from gateway.upstreams.book.location import Location, PostgresUrl, SqliteFile
from tests.postgres import PostgresServer, new_database, postgres_server

__all__ = ["postgres_server"]

NOW = datetime(2026, 11, 20, 12, 0, 0, 123456, tzinfo=UTC)


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.slow)])
async def store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[KeyStore]:
    where: Location = SqliteFile(tmp_path / "book.sqlite")
    if request.param == "postgres":
        server: PostgresServer = request.getfixturevalue("postgres_server")
        where = PostgresUrl(await new_database(server, "keys"))
    await schema.walk(where)
    database = Database(open_engines(where))
    yield KeyStore(database)
    await database.aclose()


def key(name: str, role: Role = Role.REQUESTER, seerr_user_id: int | None = None) -> ApiKey:
    return ApiKey(
        key_id=f"id-{name}",
        name=name,
        role=role,
        digest=name.encode().ljust(32, b"."),
        created_at=NOW,
        display_name=f"The {name}",
        seerr_user_id=seerr_user_id,
    )


async def test_keys_are_kept_as_they_are(store: KeyStore) -> None:
    kept = (key("a"), key("b", Role.ADMIN, 7), key("c", Role.VIEWER))
    for each in kept:
        assert await store.add(each)
    assert await store.good() == await store.every() == kept


async def test_a_revoked_key_is_good_no_more_and_not_forgotten(store: KeyStore) -> None:
    await store.add(key("a"))
    await store.add(key("b"))
    later = NOW + timedelta(days=1)
    assert await store.revoke("id-a", later)
    assert not await store.revoke("id-a", later + timedelta(days=1))
    assert not await store.revoke("id-none", later)
    assert [each.name for each in await store.good()] == ["b"]
    assert [(each.name, each.revoked_at) for each in await store.every()] == [
        ("a", later), ("b", None)
    ]  # fmt: skip


async def test_days_of_use_never_go_back(store: KeyStore) -> None:
    for name in "abc":
        await store.add(key(name))
    await store.note_used({"id-a", "id-b"}, date(2026, 11, 20))
    await store.note_used({"id-a"}, date(2026, 11, 19))
    await store.note_used({"id-b"}, date(2026, 11, 21))
    assert [each.last_used_on for each in await store.good()] == [
        date(2026, 11, 20), date(2026, 11, 21), None
    ]  # fmt: skip


async def test_there_are_never_too_many(store: KeyStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST", 2)
    assert await store.add(key("a"))
    assert await store.add(key("b"))
    assert not await store.add(key("c"))
    await store.revoke("id-a", NOW)
    assert await store.add(key("c"))


async def test_nothing_of_a_key_itself_is_in_the_table(store: KeyStore) -> None:
    await store.add(key("a"))
    rows = await store.database.read("raw", lambda c: c.execute(sa.text("SELECT * FROM api_keys")))
    columns = set(rows.keys())
    assert columns == {
        *("id", "name", "display_name", "role", "hmac", "seerr_user_id"),
        *("created_at", "revoked_at", "last_used_on"),
    }
